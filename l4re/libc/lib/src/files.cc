// SPDX-License-Identifier: MIT
/*
 * File descriptors of a program that opens no files: 0, 1 and 2 are the log, all others do not
 * exist. As soon as a program uses anything of l4re/l4re_vfs, that library's functions are linked
 * and take over; a program like hello carries none of it.
 */
#include "libc_priv.h"

#include <l4/libc/park.h>
#include <l4/libc/vcon.h>
#include <l4/sys/icu.h>

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

extern "C" {

// In l4re/l4re_vfs; the conventions are those of POSIX.
#define OF_VFS __attribute__((weak))
ssize_t l4re_vfs_read(int fd, void *data, size_t size) OF_VFS;
ssize_t l4re_vfs_write(int fd, void const *data, size_t size) OF_VFS;
int l4re_vfs_close(int fd) OF_VFS;
int l4re_vfs_fstat(int fd, struct stat *st) OF_VFS;
int l4re_vfs_isatty(int fd) OF_VFS;
off_t l4re_vfs_lseek(int fd, off_t offset, int whence) OF_VFS;

} // extern "C"

namespace {

constexpr unsigned Num_streams = 3;
unsigned closed; ///< bit n: descriptor n was closed

/// The log if `fd` is open; programs without a log have no open descriptors.
l4_cap_idx_t stream(int fd)
{
  unsigned const n = static_cast<unsigned>(fd);
  if (n >= Num_streams || (closed & (1U << n))) return L4_INVALID_CAP;
  return l4re_global_env->log;
}

/// Input wakes the thread that waits for it.
bool bind_input(l4_cap_idx_t log, l4_cap_idx_t *bound)
{
  l4_cap_idx_t const own = Libc::Park::prepare();
  if (own == *bound) return true;
  if (l4_is_invalid_cap(own) || l4_error(l4_icu_bind(log, 0, own)) < 0) return false;
  *bound = own;
  return true;
}

/// Returns as soon as at least one byte was read and no more is there.
ssize_t read_log(l4_cap_idx_t log, void *data, size_t size)
{
  static l4_cap_idx_t bound = L4_INVALID_CAP;
  for (;;) {
    bool const wakes = bound == Libc::thread_state().park && l4_is_valid_cap(bound);
    ssize_t const n = libc_vcon_read(log, data, size);
    if (n < 0) return fail(EIO);
    if (n || !size) return n;
    if (wakes)
      Libc::Park::sleep_until(Libc::Park::Never);
    else if (!bind_input(log, &bound))
      return fail(EIO);
  }
}

} // namespace

extern "C" {

ssize_t write(int fd, void const *data, size_t size)
{
  if (l4re_vfs_write) return l4re_vfs_write(fd, data, size);
  l4_cap_idx_t const log = stream(fd);
  return l4_is_valid_cap(log) ? libc_vcon_write(log, data, size) : fail(EBADF);
}

ssize_t read(int fd, void *data, size_t size)
{
  if (l4re_vfs_read) return l4re_vfs_read(fd, data, size);
  l4_cap_idx_t const log = stream(fd);
  return l4_is_valid_cap(log) ? read_log(log, data, size) : fail(EBADF);
}

int close(int fd)
{
  if (l4re_vfs_close) return l4re_vfs_close(fd);
  if (l4_is_invalid_cap(stream(fd))) return fail(EBADF);
  closed |= 1U << fd;
  return 0;
}

int fstat(int fd, struct stat *st)
{
  if (l4re_vfs_fstat) return l4re_vfs_fstat(fd, st);
  if (l4_is_invalid_cap(stream(fd))) return fail(EBADF);
  *st = {};
  st->st_mode = S_IFCHR | 0666;
  return 0;
}

int isatty(int fd)
{
  if (l4re_vfs_isatty) return l4re_vfs_isatty(fd);
  if (l4_is_valid_cap(stream(fd))) return 1;
  errno = EBADF;
  return 0;
}

off_t lseek(int fd, off_t offset, int whence)
{
  if (l4re_vfs_lseek) return l4re_vfs_lseek(fd, offset, whence);
  return fail(l4_is_valid_cap(stream(fd)) ? ESPIPE : EBADF);
}

} // extern "C"
