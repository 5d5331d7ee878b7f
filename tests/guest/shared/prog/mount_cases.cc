// SPDX-License-Identifier: MIT
// File systems out of libraries that mount() loads.
#include <l4/l4re_vfs/backend>
#include <l4/libtap/tap.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <initializer_list>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

namespace {

constexpr char Library[] = "libl4revfs-fs-echo.so";

bool is_loaded(char const *library)
{
  void *const handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
  if (handle) dlclose(handle);
  return handle;
}

/// The file system answers with the name of the file.
bool echoes(char const *path, char const *name)
{
  char text[32] = "";
  int const fd = open(path, O_RDONLY);
  ssize_t const n = read(fd, text, sizeof(text));
  close(fd);
  return n == static_cast<ssize_t>(strlen(name)) && !memcmp(text, name, strlen(name));
}

} // namespace

TEST("mount() loads the library of a type, which stays")
{
  REQUIRE(mount("", "/echo", "echo", 0, nullptr) == 0);
  CHECK(is_loaded(Library));
  CHECK(echoes("/echo/a/b", "a/b"));
  int const fd = open("/echo/c", O_RDONLY);
  L4Re::Vfs::File_ref const file = L4Re::Vfs::vfs_ops->get_file(fd);
  REQUIRE(file);
  CHECK(dynamic_cast<L4Re::Vfs::Be_file_stream *>(file.get()));
  CHECK(!dynamic_cast<L4Re::Vfs::Be_file_pos *>(file.get()));
  close(fd);
  CHECK_EQ(mount("", "/echo", "echo", 0, nullptr), -1);
  CHECK_EQ(errno, EEXIST);
  CHECK_EQ(umount("/echo"), 0);
  CHECK(is_loaded(Library));
}

TEST("without a library, or with one that has no such type: ENODEV")
{
  for (char const *type : {"nowhere", "empty", "../echo", ""}) {
    errno = 0;
    CHECK_EQ(mount("", "/nothing", type, 0, nullptr), -1);
    CHECK_EQ(errno, ENODEV);
  }
  CHECK(!is_loaded("libl4revfs-fs-empty.so"));
  CHECK_EQ(access("/nothing", F_OK), -1);
}
