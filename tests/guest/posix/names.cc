// SPDX-License-Identifier: MIT
// Paths: how they are walked, and what names can become.
#include "posix.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

namespace {

CASE("POSIX open", "a file is made, written, read back, and its status fits")
{
  int const fd = open("/tmp/file", O_RDWR | O_CREAT | O_EXCL, 0640);
  REQUIRE(fd >= 0);
  CHECK_EQ(write(fd, "hello", 5), 5);
  CHECK_EQ(lseek(fd, 0, SEEK_CUR), 5);
  CHECK_EQ(lseek(fd, 1, SEEK_SET), 1);
  char text[8] = {};
  CHECK_EQ(read(fd, text, sizeof(text)), 4);
  CHECK(!strcmp(text, "ello"));
  struct stat st;
  CHECK_EQ(fstat(fd, &st), 0);
  CHECK(S_ISREG(st.st_mode));
  CHECK_EQ(st.st_mode & 0777, 0640);
  CHECK_EQ(st.st_size, 5);
  CHECK_EQ(close(fd), 0);
  CHECK_FAILS(close(fd), EBADF);
  CHECK_EQ(unlink("/tmp/file"), 0);
}

CASE("POSIX open", "its errors: ENOENT, EEXIST, ENOTDIR, EISDIR, ENAMETOOLONG")
{
  Temporary const file("/tmp/file");
  CHECK_FAILS(open("/tmp/missing", O_RDONLY), ENOENT);
  CHECK_FAILS(open("", O_RDONLY), ENOENT);
  CHECK_FAILS(open("/tmp/missing/x", O_RDWR | O_CREAT, 0600), ENOENT);
  CHECK_FAILS(open("/tmp/file", O_RDWR | O_CREAT | O_EXCL, 0600), EEXIST);
  CHECK_FAILS(open("/tmp/file/x", O_RDONLY), ENOTDIR);
  CHECK_FAILS(open("/tmp/file/", O_RDONLY), ENOTDIR);
  CHECK_FAILS(open("/tmp/file", O_RDONLY | O_DIRECTORY), ENOTDIR);
  CHECK_FAILS(open("/tmp", O_RDWR), EISDIR);
  char path[PATH_MAX + 10];
  memset(path, 'x', sizeof(path));
  path[0] = '/';
  path[NAME_MAX + 10] = '\0';
  CHECK_FAILS(open(path, O_RDONLY), ENAMETOOLONG);
}

CASE("POSIX pathname resolution", "'.', '..' and repeated slashes; '..' needs a directory")
{
  Temporary const file("/tmp/file", "x");
  CHECK(holds("//tmp/./../tmp///file", "x"));
  CHECK(holds("/../../tmp/file", "x"));
  CHECK_FAILS(open("/tmp/missing/../file", O_RDONLY), ENOENT);
  CHECK_FAILS(open("/tmp/file/../file", O_RDONLY), ENOTDIR);
}

CASE("POSIX chdir", "relative paths start at the working directory; getcwd tells it")
{
  char text[64];
  CHECK_EQ(mkdir("/tmp/d", 0755), 0);
  CHECK_EQ(chdir("/tmp/d"), 0);
  CHECK(!strcmp(getcwd(text, sizeof(text)), "/tmp/d"));
  {
    Temporary const file("inner", "in d");
    CHECK(holds("/tmp/d/inner", "in d"));
    CHECK(holds("../d/inner", "in d"));
  }
  CHECK_FAILS(chdir("/tmp/missing"), ENOENT);
  errno = 0;
  CHECK(!getcwd(text, 3));
  CHECK_EQ(errno, ERANGE);
  CHECK_EQ(chdir(".."), 0);
  CHECK(!strcmp(getcwd(text, sizeof(text)), "/tmp"));
  CHECK_EQ(chdir("/"), 0);
  CHECK_EQ(rmdir("/tmp/d"), 0);
}

CASE("POSIX openat", "paths relative to a directory's descriptor; fchdir")
{
  CHECK_EQ(mkdir("/tmp/d", 0755), 0);
  int const dir = open("/tmp/d", O_RDONLY | O_DIRECTORY);
  REQUIRE(dir >= 0);
  int const fd = openat(dir, "f", O_WRONLY | O_CREAT, 0600);
  CHECK(fd >= 0);
  close(fd);
  struct stat st;
  CHECK_EQ(fstatat(dir, "f", &st, 0), 0);
  CHECK_EQ(fchdir(dir), 0);
  CHECK_EQ(access("f", F_OK), 0);
  CHECK_EQ(chdir("/"), 0);
  CHECK_EQ(unlinkat(dir, "f", 0), 0);
  CHECK_FAILS(openat(1, "f", O_RDONLY), ENOTDIR);
  CHECK_FAILS(openat(77, "f", O_RDONLY), EBADF);
  close(dir);
  CHECK_EQ(unlinkat(AT_FDCWD, "/tmp/d", AT_REMOVEDIR), 0);
}

CASE("POSIX unlink", "an open file lives on without a name")
{
  int const fd = open("/tmp/file", O_RDWR | O_CREAT, 0600);
  CHECK_EQ(write(fd, "alive", 5), 5);
  CHECK_EQ(unlink("/tmp/file"), 0);
  CHECK_FAILS(unlink("/tmp/file"), ENOENT);
  struct stat st;
  CHECK_EQ(fstat(fd, &st), 0);
  CHECK_EQ(st.st_nlink, 0);
  char text[8] = {};
  CHECK_EQ(pread(fd, text, 5, 0), 5);
  CHECK(!strcmp(text, "alive"));
  close(fd);
}

CASE("POSIX rename", "moves, replaces, and refuses what would make no tree")
{
  CHECK_EQ(mkdir("/tmp/a", 0755), 0);
  CHECK_EQ(mkdir("/tmp/b", 0755), 0);
  Temporary const file("/tmp/a/f", "moved"), other("/tmp/b/f", "old");
  CHECK_EQ(rename("/tmp/a/f", "/tmp/b/f"), 0);
  CHECK(holds("/tmp/b/f", "moved"));
  CHECK_FAILS(access("/tmp/a/f", F_OK), ENOENT);
  CHECK_FAILS(rename("/tmp/a", "/tmp/a/below"), EINVAL);
  CHECK_FAILS(rename("/tmp/a", "/tmp/b"), ENOTEMPTY);
  CHECK_FAILS(rename("/tmp/b/f", "/tmp/a"), EISDIR);
  CHECK_FAILS(rename("/tmp/b/f", "/rom/x"), EXDEV);
  CHECK_EQ(rename("/tmp/b", "/tmp/c"), 0);
  CHECK(holds("/tmp/c/f", "moved"));
  CHECK_EQ(unlink("/tmp/c/f"), 0);
  CHECK_EQ(rmdir("/tmp/c"), 0);
  CHECK_EQ(rmdir("/tmp/a"), 0);
}

CASE("POSIX link", "two names of one file")
{
  Temporary const file("/tmp/file", "same"), gone("/tmp/link");
  CHECK_EQ(unlink("/tmp/link"), 0);
  CHECK_EQ(link("/tmp/file", "/tmp/link"), 0);
  CHECK(holds("/tmp/link", "same"));
  struct stat a, b;
  CHECK_EQ(stat("/tmp/file", &a), 0);
  CHECK_EQ(stat("/tmp/link", &b), 0);
  CHECK_EQ(a.st_ino, b.st_ino);
  CHECK_EQ(a.st_nlink, 2);
  CHECK_FAILS(link("/tmp/file", "/tmp/link"), EEXIST);
  CHECK_FAILS(link("/tmp", "/tmp/directory"), EPERM);
}

CASE("POSIX mkdir, rmdir", "directories and their errors")
{
  CHECK_EQ(mkdir("/tmp/d", 0700), 0);
  CHECK_FAILS(mkdir("/tmp/d", 0700), EEXIST);
  CHECK_FAILS(mkdir("/tmp/x/y", 0700), ENOENT);
  Temporary const file("/tmp/d/f");
  CHECK_FAILS(rmdir("/tmp/d"), ENOTEMPTY);
  CHECK_FAILS(rmdir("/tmp/d/f"), ENOTDIR);
  CHECK_FAILS(unlink("/tmp/d"), EPERM);
  CHECK_EQ(unlink("/tmp/d/f"), 0);
  CHECK_EQ(rmdir("/tmp/d"), 0);
  CHECK_FAILS(rmdir("/tmp/d"), ENOENT);
  CHECK_FAILS(rmdir("/dev"), EBUSY);
}

CASE("POSIX chmod, utimensat, umask", "modes and times are kept")
{
  mode_t const old = umask(027);
  {
    Temporary const file("/tmp/file");
    struct stat st;
    CHECK_EQ(stat("/tmp/file", &st), 0);
    CHECK_EQ(st.st_mode & 0777, 0640);
    CHECK_EQ(chmod("/tmp/file", 0600), 0);
    timespec const times[2] = {{1000, 5}, {2000, 7}};
    CHECK_EQ(utimensat(AT_FDCWD, "/tmp/file", times, 0), 0);
    CHECK_EQ(stat("/tmp/file", &st), 0);
    CHECK_EQ(st.st_mode & 0777, 0600);
    CHECK_EQ(st.st_atim.tv_sec, 1000);
    CHECK_EQ(st.st_mtim.tv_sec, 2000);
    CHECK_EQ(st.st_mtim.tv_nsec, 7);
  }
  umask(old);
}

CASE("POSIX realpath", "the canonical name of what exists")
{
  Temporary const file("/tmp/file");
  char buffer[PATH_MAX];
  CHECK(!strcmp(realpath("/tmp/../tmp/./file", buffer), "/tmp/file"));
  errno = 0;
  CHECK(!realpath("/tmp/missing", buffer));
  CHECK_EQ(errno, ENOENT);
}

CASE("POSIX symlink", "there are none: EPERM, and readlink says EINVAL")
{
  Temporary const file("/tmp/file");
  CHECK_FAILS(symlink("/tmp/file", "/tmp/link"), EPERM);
  char buffer[8];
  CHECK_FAILS(readlink("/tmp/file", buffer, sizeof(buffer)), EINVAL);
  CHECK_FAILS(mkfifo("/tmp/fifo", 0600), EPERM);
}

} // namespace
