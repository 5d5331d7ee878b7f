// SPDX-License-Identifier: MIT
// Files that are L4Re objects: boot modules, the log; file systems of the program itself.
#include "posix.h"

#include <l4/l4re_vfs/vfs.h>

#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/random.h>
#include <termios.h>

namespace {

CASE("process-environment.md 13", "a boot module is a read-only file with the right content")
{
  int const fd = open("rom/test_posix_files", O_RDONLY);
  REQUIRE(fd >= 0);
  char magic[4];
  CHECK_EQ(read(fd, magic, 4), 4);
  CHECK(!memcmp(magic, "\177ELF", 4));
  struct stat st, named;
  CHECK_EQ(fstat(fd, &st), 0);
  CHECK_EQ(stat("/rom/test_posix_files", &named), 0);
  CHECK_EQ(st.st_size, named.st_size);
  CHECK_EQ(st.st_mode & 0777, 0644);
  CHECK_EQ(lseek(fd, 0, SEEK_END), st.st_size);
  CHECK_EQ(read(fd, magic, 4), 0);
  close(fd);
  CHECK_FAILS(open("rom/missing", O_RDONLY), ENOENT);
  CHECK_FAILS(open("rom/missing", O_WRONLY | O_CREAT, 0600), EROFS);
  CHECK_EQ(access("rom/test_posix_files", R_OK), 0);
  CHECK_FAILS(access("rom/test_posix_files", W_OK), EACCES);
}

CASE("process-environment.md 13", "writing to a boot module: EROFS")
{
  int const fd = open("rom/test_posix_files", O_RDWR);
  REQUIRE(fd >= 0);
  CHECK_FAILS(write(fd, "x", 1), EROFS);
  close(fd);
  CHECK_FAILS(unlink("rom/test_posix_files"), EROFS);
  CHECK_FAILS(mkdir("rom/d", 0755), EROFS);
}

CASE("process-environment.md 13", "the log is a terminal at descriptors 0, 1 and 2")
{
  for (int fd = 0; fd < 3; ++fd) {
    CHECK_EQ(isatty(fd), 1);
    struct stat st;
    CHECK_EQ(fstat(fd, &st), 0);
    CHECK(S_ISCHR(st.st_mode));
    CHECK_EQ(st.st_mode & 0777, 0666);
  }
  CHECK_FAILS(lseek(1, 0, SEEK_CUR), ESPIPE);
  termios t;
  CHECK_EQ(tcgetattr(1, &t), 0);
  CHECK_EQ(tcsetattr(1, TCSANOW, &t), 0);
  CHECK_FAILS(ioctl(1, TIOCGWINSZ, nullptr), ENOTTY);
  int const fd = open("/dev/tty", O_RDWR);
  CHECK(isatty(fd));
  close(fd);
}

CASE("POSIX /dev", "null, zero, full, random")
{
  char data[16], other[16];
  int fd = open("/dev/null", O_RDWR);
  CHECK_EQ(write(fd, data, 16), 16);
  CHECK_EQ(read(fd, data, 16), 0);
  CHECK_EQ(isatty(fd), 0);
  CHECK_EQ(errno, ENOTTY);
  close(fd);
  fd = open("/dev/zero", O_RDONLY);
  memset(data, 1, sizeof(data));
  CHECK_EQ(read(fd, data, 16), 16);
  for (char c : data)
    CHECK_EQ(c, 0);
  close(fd);
  fd = open("/dev/full", O_RDWR);
  CHECK_FAILS(write(fd, data, 16), ENOSPC);
  close(fd);
  for (char const *name : {"/dev/random", "/dev/urandom"}) {
    fd = open(name, O_RDONLY);
    CHECK_EQ(read(fd, data, 16), 16);
    CHECK_EQ(read(fd, other, 16), 16);
    CHECK(memcmp(data, other, 16));
    close(fd);
  }
  CHECK_EQ(getrandom(other, 16, 0), 16);
  CHECK(memcmp(data, other, 16));
}

CASE("c-api-l4re.md 6", "a file system of a library, registered by its constructor")
{
  using L4Re::Vfs::vfs_ops;
  L4Re::Vfs::File_system *const echo_fs = vfs_ops->get_file_system("echo");
  REQUIRE(echo_fs);
  CHECK_EQ(vfs_ops->mount("", "/echo", "echo", 0, nullptr), 0);
  CHECK(holds("/echo/a/b", "a/b"));
  CHECK_EQ(vfs_ops->unmount("/echo"), 0);
  CHECK_EQ(vfs_ops->register_file_system(echo_fs), -EEXIST);
  CHECK_FAILS(mount("", "/nothing", "no-such-type", 0, nullptr), ENODEV);
}

} // namespace
