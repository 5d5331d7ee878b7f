// SPDX-License-Identifier: MIT
/*
 * The directory "/dev": null, zero, full, random, urandom, tty.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <l4/re/env>

#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

namespace L4Re::Vfs {

namespace {

enum class Kind : unsigned char { Null, Zero, Full, Random };

struct Entry {
  char const *name;
  Kind kind;
};

constexpr Entry entries[] = {
    {"null", Kind::Null},     {"zero", Kind::Zero},      {"full", Kind::Full},
    {"random", Kind::Random}, {"urandom", Kind::Random},
};
constexpr unsigned Num_entries = sizeof(entries) / sizeof(entries[0]);
/// The log, as the terminal of the program.
constexpr char Terminal[] = "tty";

void describe(struct stat *buf, ino_t number)
{
  *buf = {};
  buf->st_dev = Dev_devices;
  buf->st_ino = number;
  buf->st_mode = S_IFCHR | 0666;
  buf->st_nlink = 1;
  buf->st_blksize = L4_PAGESIZE;
}

class Device final : public Be_file_stream {
public:
  Device(Kind kind, ino_t number, int flags) noexcept
      : Be_file_stream(flags), _kind(kind), _number(number)
  {
  }

  int fstat(struct stat *buf) const noexcept override
  {
    describe(buf, _number);
    return 0;
  }
  off_t lseek(off_t, int) noexcept override { return 0; }
  ssize_t preadv(iovec const *iov, int count, off_t) noexcept override
  {
    return readv(iov, count);
  }
  ssize_t pwritev(iovec const *iov, int count, off_t) noexcept override
  {
    return writev(iov, count);
  }

protected:
  ssize_t read(void *data, size_t size) noexcept override
  {
    switch (_kind) {
    case Kind::Null:
      return 0;
    case Kind::Random:
      return getrandom(data, size, 0) < 0 ? -EIO : static_cast<ssize_t>(size);
    default:
      memset(data, 0, size);
      return static_cast<ssize_t>(size);
    }
  }
  ssize_t write(void const *, size_t size) noexcept override
  {
    return _kind == Kind::Full ? -ENOSPC : static_cast<ssize_t>(size);
  }

private:
  Kind _kind;
  ino_t _number;
};

class Device_dir final : public Be_file {
public:
  Device_dir() noexcept : Be_file(O_RDONLY) {}

  int openat(char const *path, int flags, mode_t, File_ref *file) noexcept override
  {
    if (!*path)
      *file = File_ref(new (std::nothrow) Device_dir);
    else if (!strcmp(path, Terminal))
      *file = File_ref(new (std::nothrow) Vcon_stream(
          L4::cap_cast<L4::Vcon>(L4Re::Env::env()->log()), false));
    else if (unsigned const n = find(path); n < Num_entries)
      *file = File_ref(new (std::nothrow) Device(entries[n].kind, n + 2, flags));
    else
      return missing(path, flags & O_CREAT ? -EROFS : -ENOENT);
    if ((flags & O_CREAT) && (flags & O_EXCL)) return -EEXIST;
    return *file ? 0 : -ENOMEM;
  }

  int fstatat(char const *path, struct stat *buf) noexcept override
  {
    if (!*path) return fstat(buf);
    unsigned const n = strcmp(path, Terminal) ? find(path) : Num_entries + 1;
    if (n == Num_entries) return missing(path, -ENOENT);
    describe(buf, n + 2);
    return 0;
  }

  int faccessat(char const *path, int mode) noexcept override
  {
    struct stat buf;
    if (int e = fstatat(path, &buf); e < 0) return e;
    return S_ISCHR(buf.st_mode) ? (mode & X_OK ? -EACCES : 0) : (mode & W_OK ? -EACCES : 0);
  }

  int fstat(struct stat *buf) const noexcept override
  {
    *buf = {};
    buf->st_dev = Dev_devices;
    buf->st_ino = 1;
    buf->st_mode = S_IFDIR | 0555;
    buf->st_nlink = 2;
    return 0;
  }

  ssize_t getdents(char *buffer, size_t size) noexcept override
  {
    size_t used = 0;
    for (; _next <= Num_entries; ++_next) {
      char const *const name = _next < Num_entries ? entries[_next].name : Terminal;
      size_t const n = add_dirent(buffer + used, size - used, name, strlen(name), _next + 2, DT_CHR,
                                  static_cast<off_t>(_next + 1));
      if (!n) return used ? static_cast<ssize_t>(used) : -EINVAL;
      used += n;
    }
    return static_cast<ssize_t>(used);
  }

  int rewind_dents() noexcept override
  {
    _next = 0;
    return 0;
  }

private:
  static unsigned find(char const *name)
  {
    unsigned n = 0;
    while (n < Num_entries && strcmp(entries[n].name, name))
      ++n;
    return n;
  }

  /// A path through a device is no path.
  static int missing(char const *path, int error)
  {
    size_t const first = strcspn(path, "/");
    if (!path[first]) return error;
    for (Entry const &e : entries)
      if (!strncmp(e.name, path, first) && !e.name[first]) return -ENOTDIR;
    return -ENOENT;
  }

  unsigned _next = 0;
};

} // namespace

File_ref make_device_directory() noexcept
{
  return File_ref(new (std::nothrow) Device_dir);
}

} // namespace L4Re::Vfs
