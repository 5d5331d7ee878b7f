// SPDX-License-Identifier: MIT
// A file system as a library brings it: linked with static programs, loaded by mount() in others
// (tests/guest/shared).
#include <l4/l4re_vfs/backend>

#include <errno.h>
#include <string.h>

namespace {

/// Files whose content is their name.
class Echo_file final : public L4Re::Vfs::Be_file_stream {
public:
  explicit Echo_file(char const *name) noexcept : Be_file_stream(O_RDONLY)
  {
    strncpy(_name, name, sizeof(_name) - 1);
  }
  int fstat(struct stat *buf) const noexcept override
  {
    *buf = {};
    buf->st_mode = S_IFREG | 0444;
    return 0;
  }

protected:
  ssize_t read(void *data, size_t size) noexcept override
  {
    size_t const n = strlen(_name) < size ? strlen(_name) : size;
    memcpy(data, _name, n);
    _name[0] = '\0';
    return static_cast<ssize_t>(n);
  }
  ssize_t write(void const *, size_t) noexcept override { return -EROFS; }

private:
  char _name[32] = "";
};

class Echo_dir final : public L4Re::Vfs::Be_file {
public:
  int openat(char const *path, int, mode_t, L4Re::Vfs::File_ref *file) noexcept override
  {
    *file = L4Re::Vfs::File_ref(new Echo_file(path));
    return 0;
  }
};

class Echo_fs final : public L4Re::Vfs::Be_file_system {
public:
  Echo_fs() noexcept : Be_file_system("echo") {}
  int mount(char const *, unsigned long, void const *, L4Re::Vfs::File_ref *dir) noexcept override
  {
    *dir = L4Re::Vfs::File_ref(new Echo_dir);
    return 0;
  }
} echo_fs;

} // namespace
