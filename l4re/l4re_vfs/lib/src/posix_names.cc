// SPDX-License-Identifier: MIT
/*
 * Operations on names.
 */
#include "result.h"

#include <limits.h>
#include <reent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

using namespace L4Re::Vfs;

namespace {

/// Call `f(file)` for the file of a path.
template <typename F> int with_path(int dirfd, char const *path, F &&f)
{
  File_ref file;
  int const e = the_vfs.open(dirfd, path, O_RDONLY, 0, &file);
  return result(e < 0 ? e : f(*file));
}

timespec of(timeval const &t)
{
  return {t.tv_sec, t.tv_usec * 1000};
}

int set_times(File &file, timespec const *times)
{
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  timespec resolved[2] = {now, now};
  for (int i = 0; times && i < 2; ++i) {
    if (times[i].tv_nsec == UTIME_NOW) continue;
    if (times[i].tv_nsec != UTIME_OMIT && (times[i].tv_nsec < 0 || times[i].tv_nsec > 999999999))
      return -EINVAL;
    resolved[i] = times[i];
  }
  return file.utimens(resolved);
}

} // namespace

extern "C" {

int stat(char const *path, struct stat *buf)
{
  return result(the_vfs.stat(AT_FDCWD, path, buf));
}

int lstat(char const *path, struct stat *buf)
{
  return stat(path, buf);
}

int fstatat(int dirfd, char const *path, struct stat *buf, int)
{
  return result(the_vfs.stat(dirfd, path, buf));
}

int access(char const *path, int mode)
{
  return result(the_vfs.access(AT_FDCWD, path, mode));
}

int faccessat(int dirfd, char const *path, int mode, int)
{
  return result(the_vfs.access(dirfd, path, mode));
}

int mkdir(char const *path, mode_t mode)
{
  return result(the_vfs.mkdir(AT_FDCWD, path, mode));
}

int mkdirat(int dirfd, char const *path, mode_t mode)
{
  return result(the_vfs.mkdir(dirfd, path, mode));
}

int unlink(char const *path)
{
  return result(the_vfs.unlink(AT_FDCWD, path, false));
}

int rmdir(char const *path)
{
  return result(the_vfs.unlink(AT_FDCWD, path, true));
}

int unlinkat(int dirfd, char const *path, int flags)
{
  return result(the_vfs.unlink(dirfd, path, flags & AT_REMOVEDIR));
}

int rename(char const *from, char const *to)
{
  return result(the_vfs.rename(AT_FDCWD, from, AT_FDCWD, to));
}

int renameat(int from_fd, char const *from, int to_fd, char const *to)
{
  return result(the_vfs.rename(from_fd, from, to_fd, to));
}

int link(char const *from, char const *to)
{
  return result(the_vfs.link(AT_FDCWD, from, AT_FDCWD, to));
}

int linkat(int from_fd, char const *from, int to_fd, char const *to, int)
{
  return result(the_vfs.link(from_fd, from, to_fd, to));
}

int remove(char const *path)
{
  struct stat buf;
  int const e = the_vfs.stat(AT_FDCWD, path, &buf);
  return result(e < 0 ? e : the_vfs.unlink(AT_FDCWD, path, S_ISDIR(buf.st_mode)));
}

/// newlib's tmpfile() calls it by this name.
int _remove_r(_reent *, char const *path)
{
  return remove(path);
}

// No file system has symbolic links, special files or owners.

int symlink(char const *, char const *)
{
  return result(-EPERM);
}

int symlinkat(char const *, int, char const *)
{
  return result(-EPERM);
}

ssize_t readlink(char const *path, char *, size_t)
{
  struct stat buf;
  int const e = the_vfs.stat(AT_FDCWD, path, &buf);
  return result(e < 0 ? e : -EINVAL);
}

ssize_t readlinkat(int dirfd, char const *path, char *, size_t)
{
  struct stat buf;
  int const e = the_vfs.stat(dirfd, path, &buf);
  return result(e < 0 ? e : -EINVAL);
}

int mkfifo(char const *, mode_t)
{
  return result(-EPERM);
}

int mknod(char const *, mode_t, dev_t)
{
  return result(-EPERM);
}

int mkfifoat(int, char const *, mode_t)
{
  return result(-EPERM);
}

int mknodat(int, char const *, mode_t, dev_t)
{
  return result(-EPERM);
}

int chown(char const *path, uid_t, gid_t)
{
  return with_path(AT_FDCWD, path, [](File &) { return 0; });
}

int lchown(char const *path, uid_t, gid_t)
{
  return chown(path, 0, 0);
}

int fchown(int fd, uid_t, gid_t)
{
  return with_file(fd, [](File &) { return 0; });
}

int fchownat(int dirfd, char const *path, uid_t, gid_t, int)
{
  return with_path(dirfd, path, [](File &) { return 0; });
}

int chmod(char const *path, mode_t mode)
{
  return with_path(AT_FDCWD, path, [=](File &f) { return f.fchmod(mode); });
}

int fchmod(int fd, mode_t mode)
{
  return with_file(fd, [=](File &f) { return f.fchmod(mode); });
}

int fchmodat(int dirfd, char const *path, mode_t mode, int)
{
  return with_path(dirfd, path, [=](File &f) { return f.fchmod(mode); });
}

int utimensat(int dirfd, char const *path, timespec const times[2], int)
{
  return with_path(dirfd, path, [=](File &f) { return set_times(f, times); });
}

int futimens(int fd, timespec const times[2])
{
  return with_file(fd, [=](File &f) { return set_times(f, times); });
}

int utimes(char const *path, timeval const times[2])
{
  if (!times) return utimensat(AT_FDCWD, path, nullptr, 0);
  timespec const t[2] = {of(times[0]), of(times[1])};
  return utimensat(AT_FDCWD, path, t, 0);
}

int utime(char const *path, utimbuf const *times)
{
  if (!times) return utimensat(AT_FDCWD, path, nullptr, 0);
  timespec const t[2] = {{times->actime, 0}, {times->modtime, 0}};
  return utimensat(AT_FDCWD, path, t, 0);
}

int statvfs(char const *path, struct statvfs *buf)
{
  return with_path(AT_FDCWD, path, [=](File &f) { return f.statvfs(buf); });
}

int fstatvfs(int fd, struct statvfs *buf)
{
  return with_file(fd, [=](File &f) { return f.statvfs(buf); });
}

long pathconf(char const *path, int name)
{
  struct stat buf;
  if (int e = the_vfs.stat(AT_FDCWD, path, &buf); e < 0) return result(e);
  switch (name) {
  case _PC_NAME_MAX:
    return NAME_MAX;
  case _PC_PATH_MAX:
    return PATH_MAX;
  case _PC_PIPE_BUF:
    return PIPE_BUF;
  case _PC_LINK_MAX:
    return _POSIX_LINK_MAX;
  case _PC_NO_TRUNC:
    return 1;
  default:
    return result(-EINVAL);
  }
}

/// A file that is open has the limits of every other: all of them are those of the library.
long fpathconf(int fd, int name)
{
  struct stat buf;
  return fstat(fd, &buf) < 0 ? -1 : pathconf("/", name);
}

// ---- the working directory ----

int chdir(char const *path)
{
  return result(the_vfs.chdir(path));
}

int fchdir(int fd)
{
  return result(the_vfs.fchdir(fd));
}

char *getcwd(char *buffer, size_t size)
{
  char *const own = buffer ? nullptr : static_cast<char *>(malloc(size = size ? size : PATH_MAX));
  if (!buffer && !own) return nullptr;
  char *const target = buffer ? buffer : own;
  if (result(size ? the_vfs.getcwd(target, size) : -EINVAL) == 0) return target;
  free(own);
  return nullptr;
}

char *realpath(char const *path, char *buffer)
{
  Vfs::Place place;
  struct stat buf;
  int e = the_vfs.lookup(AT_FDCWD, path, &place);
  if (e >= 0) e = the_vfs.stat(AT_FDCWD, path, &buf);
  if (result(e) < 0) return nullptr;
  if (!buffer) return strdup(place.path.c_str());
  return strcpy(buffer, place.path.c_str());
}

} // extern "C"
