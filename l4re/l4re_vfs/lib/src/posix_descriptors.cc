// SPDX-License-Identifier: MIT
/*
 * Operations on descriptors: open, duplicate, control.
 */
#include "result.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace L4Re::Vfs;

namespace {

int open_at(int dirfd, char const *path, int flags, mode_t mode)
{
  Libc::cancellation_point();
  File_ref file;
  if (int e = the_vfs.open(dirfd, path, flags, mode, &file); e < 0) return result(e);
  file->set_status_flags(flags);
  return result(the_vfs.alloc_fd(file, 0, flags & O_CLOEXEC ? FD_CLOEXEC : 0));
}

int duplicate(int fd, int start, int flags)
{
  File_ref const file = the_vfs.get_file(fd);
  return result(file ? the_vfs.alloc_fd(file, start, flags) : -EBADF);
}

int lock(File &file, int command, struct flock *l)
{
  return command == F_GETLK ? file.get_lock(l) : file.set_lock(l, command == F_SETLKW);
}

} // namespace

extern "C" {

int open(char const *path, int flags, ...)
{
  va_list args;
  va_start(args, flags);
  mode_t const mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
  va_end(args);
  return open_at(AT_FDCWD, path, flags, mode);
}

int openat(int dirfd, char const *path, int flags, ...)
{
  va_list args;
  va_start(args, flags);
  mode_t const mode = flags & O_CREAT ? va_arg(args, mode_t) : 0;
  va_end(args);
  return open_at(dirfd, path, flags, mode);
}

int creat(char const *path, mode_t mode)
{
  return open_at(AT_FDCWD, path, O_WRONLY | O_CREAT | O_TRUNC, mode);
}

int dup(int fd)
{
  return duplicate(fd, 0, 0);
}

int dup3(int from, int to, int flags)
{
  if (from == to || (flags & ~O_CLOEXEC)) return result(-EINVAL);
  File_ref const file = the_vfs.get_file(from);
  if (!file) return result(-EBADF);
  return result(the_vfs.set_fd(to, file, flags & O_CLOEXEC ? FD_CLOEXEC : 0));
}

int dup2(int from, int to)
{
  if (from != to) return dup3(from, to, 0);
  return the_vfs.get_file(from) ? to : result(-EBADF);
}

int fcntl(int fd, int command, ...)
{
  va_list args;
  va_start(args, command);
  long const argument = va_arg(args, long);
  va_end(args);
  switch (command) {
  case F_DUPFD:
    return duplicate(fd, static_cast<int>(argument), 0);
  case F_DUPFD_CLOEXEC:
    return duplicate(fd, static_cast<int>(argument), FD_CLOEXEC);
  case F_GETFD:
    return result(the_vfs.get_fd_flags(fd));
  case F_SETFD:
    return result(the_vfs.set_fd_flags(fd, static_cast<int>(argument)));
  case F_GETFL:
    return with_file(fd, [](File &f) { return f.get_status_flags(); });
  case F_SETFL:
    return with_file(fd, [=](File &f) { return f.set_status_flags(argument); });
  case F_GETLK:
  case F_SETLK:
  case F_SETLKW:
    return with_file(
        fd, [=](File &f) { return lock(f, command, reinterpret_cast<struct flock *>(argument)); });
  default:
    return result(-EINVAL);
  }
}

int ioctl(int fd, unsigned long request, ...)
{
  va_list args;
  va_start(args, request);
  int r;
  if (request == FIONBIO) {
    bool const on = *va_arg(args, int *);
    r = with_file(fd, [=](File &f) {
      int const flags = f.get_status_flags();
      return f.set_status_flags(on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK);
    });
  } else
    r = with_file(fd, [&](File &f) { return f.ioctl(request, args); });
  va_end(args);
  return r;
}

/// There is one process: nobody else holds a lock.
int flock(int fd, int operation)
{
  int const kind = operation & ~LOCK_NB;
  if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN) return result(-EINVAL);
  return with_file(fd, [](File &) { return 0; });
}

int lockf(int fd, int, off_t)
{
  return with_file(fd, [](File &) { return 0; });
}

int getdtablesize()
{
  return Descriptor_table::Max;
}

int mount(char const *source, char const *target, char const *type, unsigned long flags,
          void const *data)
{
  return result(the_vfs.mount(source, target, type, flags, data));
}

int umount(char const *target)
{
  return result(the_vfs.unmount(target));
}

} // extern "C"
