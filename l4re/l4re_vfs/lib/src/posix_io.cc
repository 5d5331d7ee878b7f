// SPDX-License-Identifier: MIT
/*
 * Reading and writing by descriptor.
 */
#include "result.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <sys/random.h>
#include <sys/uio.h>
#include <termios.h>
#include <unistd.h>

using namespace L4Re::Vfs;

namespace {

iovec piece(void const *data, size_t size)
{
  return {const_cast<void *>(data), size < SSIZE_MAX ? size : SSIZE_MAX};
}

bool bad_count(int count)
{
  return count <= 0 || count > IOV_MAX;
}

} // namespace

extern "C" {

// ---- those that programs without files have, too (l4re/libc, files.cc) ----

ssize_t l4re_vfs_read(int fd, void *data, size_t size)
{
  iovec const iov = piece(data, size);
  return blocking(fd, [&](File &f) { return f.readv(&iov, 1); });
}

ssize_t l4re_vfs_write(int fd, void const *data, size_t size)
{
  iovec const iov = piece(data, size);
  return blocking(fd, [&](File &f) { return f.writev(&iov, 1); });
}

int l4re_vfs_close(int fd)
{
  Libc::cancellation_point();
  File_ref file = the_vfs.free_fd(fd);
  if (!file) return result(-EBADF);
  file->unlock_all_locks();
  return 0;
}

int l4re_vfs_fstat(int fd, struct stat *buf)
{
  return with_file(fd, [=](File &f) { return f.fstat(buf); });
}

int l4re_vfs_isatty(int fd)
{
  termios t;
  return tcgetattr(fd, &t) == 0;
}

off_t l4re_vfs_lseek(int fd, off_t offset, int whence)
{
  return with_file(fd, [=](File &f) { return f.lseek(offset, whence); });
}

// ---- the others ----

ssize_t readv(int fd, iovec const *iov, int count)
{
  if (bad_count(count)) return result(-EINVAL);
  return blocking(fd, [=](File &f) { return f.readv(iov, count); });
}

ssize_t writev(int fd, iovec const *iov, int count)
{
  if (bad_count(count)) return result(-EINVAL);
  return blocking(fd, [=](File &f) { return f.writev(iov, count); });
}

ssize_t preadv(int fd, iovec const *iov, int count, off_t offset)
{
  if (bad_count(count)) return result(-EINVAL);
  return blocking(fd, [=](File &f) { return f.preadv(iov, count, offset); });
}

ssize_t pwritev(int fd, iovec const *iov, int count, off_t offset)
{
  if (bad_count(count)) return result(-EINVAL);
  return blocking(fd, [=](File &f) { return f.pwritev(iov, count, offset); });
}

ssize_t pread(int fd, void *data, size_t size, off_t offset)
{
  iovec const iov = piece(data, size);
  return preadv(fd, &iov, 1, offset);
}

ssize_t pwrite(int fd, void const *data, size_t size, off_t offset)
{
  iovec const iov = piece(data, size);
  return pwritev(fd, &iov, 1, offset);
}

int fsync(int fd)
{
  return with_file(fd, [](File &f) { return f.fsync(); });
}

int fdatasync(int fd)
{
  return with_file(fd, [](File &f) { return f.fdatasync(); });
}

void sync()
{
}

int ftruncate(int fd, off_t size)
{
  return with_file(fd, [=](File &f) { return f.ftruncate(size); });
}

int truncate(char const *path, off_t size)
{
  File_ref file;
  int e = the_vfs.open(AT_FDCWD, path, O_WRONLY, 0, &file);
  if (e >= 0) e = file->ftruncate(size);
  return result(e);
}

/// Each page is written with what it holds, so that nobody is refused it later.
int posix_fallocate(int fd, off_t start, off_t size)
{
  constexpr off_t Page = L4_PAGESIZE;
  if (start < 0 || size <= 0) return EINVAL;
  off_t const end = start + size;
  struct stat buf;
  if (end < start) return EFBIG;
  if (fstat(fd, &buf) < 0) return errno;
  if (!S_ISREG(buf.st_mode)) return S_ISFIFO(buf.st_mode) ? ESPIPE : ENODEV;
  if (buf.st_size < end && ftruncate(fd, end) < 0) return errno;
  for (off_t at = start; at < end; at = (at / Page + 1) * Page) {
    char byte;
    if (pread(fd, &byte, 1, at) != 1 || pwrite(fd, &byte, 1, at) != 1) return errno;
  }
  return 0;
}

/// Everything is in memory.
int posix_fadvise(int fd, off_t, off_t, int)
{
  struct stat buf;
  if (fstat(fd, &buf) < 0) return errno;
  return S_ISFIFO(buf.st_mode) ? ESPIPE : 0;
}

int pipe2(int fds[2], int flags)
{
  if (flags & ~(O_CLOEXEC | O_NONBLOCK)) return result(-EINVAL);
  File_ref reader, writer;
  if (int e = make_pipe(&reader, &writer, flags); e < 0) return result(e);
  int const fd_flags = flags & O_CLOEXEC ? FD_CLOEXEC : 0;
  int const in = the_vfs.alloc_fd(reader, 0, fd_flags);
  if (in < 0) return result(in);
  int const out = the_vfs.alloc_fd(writer, 0, fd_flags);
  if (out < 0) {
    the_vfs.free_fd(in);
    return result(out);
  }
  fds[0] = in;
  fds[1] = out;
  return 0;
}

int pipe(int fds[2])
{
  return pipe2(fds, 0);
}

} // extern "C"
