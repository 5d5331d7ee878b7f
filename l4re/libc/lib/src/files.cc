// SPDX-License-Identifier: MIT
/*
 * File descriptors: 0, 1 and 2 are the log, all others do not exist. The POSIX file system is a
 * library of its own, which replaces these functions.
 */
#include "libc_priv.h"

#include <l4/libc/slots.h>
#include <l4/sys/factory.h>
#include <l4/sys/icu.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/task.h>
#include <l4/sys/vcon.h>

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

constexpr unsigned Num_streams = 3;
unsigned closed; ///< bit n: descriptor n was closed

int fail(int error)
{
  errno = error;
  return -1;
}

/// The log if `fd` is open; programs without a log have no open descriptors.
l4_cap_idx_t stream(int fd)
{
  unsigned const n = static_cast<unsigned>(fd);
  if (n >= Num_streams || (closed & (1U << n))) return L4_INVALID_CAP;
  return l4re_global_env->log;
}

/// The log's input notification: made at the first read that finds nothing.
class Input_event {
public:
  /// Block until there may be input. \return false if the log offers no input
  bool wait(l4_cap_idx_t log)
  {
    if (l4_is_invalid_cap(_semaphore) && !bind(log)) return false;
    return !l4_msgtag_has_error(l4_semaphore_down(_semaphore, L4_IPC_NEVER));
  }

private:
  bool bind(l4_cap_idx_t log)
  {
    l4_cap_idx_t const slot = libc_slot_alloc();
    if (l4_is_invalid_cap(slot)) return false;
    if (l4_error(l4_factory_create(l4re_global_env->factory, L4_PROTO_SEMAPHORE, slot)) < 0 ||
        l4_error(l4_icu_bind(log, 0, slot)) < 0) {
      l4_task_release_cap(L4_BASE_TASK_CAP, slot);
      libc_slot_free(slot);
      return false;
    }
    _semaphore = slot;
    return true;
  }

  l4_cap_idx_t _semaphore = L4_INVALID_CAP;
} input_event;

} // namespace

extern "C" {

/**
 * Messages of at most 488 bytes; a shorter text is one message, so that the lines of several
 * programs do not mix. The caller's message registers are preserved: printing does not disturb a
 * message under construction.
 */
ssize_t write(int fd, void const *data, size_t size)
{
  l4_cap_idx_t const log = stream(fd);
  if (l4_is_invalid_cap(log)) return fail(EBADF);

  l4_msg_regs_t *const mr = l4_utcb_mr();
  l4_umword_t saved[L4_UTCB_GENERIC_DATA_SIZE];
  size_t const first = size < L4_VCON_WRITE_SIZE ? size : static_cast<size_t>(L4_VCON_WRITE_SIZE);
  size_t const words = 2 + l4_bytes_to_mwords(static_cast<unsigned>(first));
  memcpy(saved, mr->mr, words * sizeof(saved[0]));

  char const *p = static_cast<char const *>(data);
  for (size_t left = size; left;) {
    long const n = l4_vcon_write(log, p, static_cast<unsigned>(left < 0x1000 ? left : 0x1000));
    if (n <= 0) break; // the log never fails a writer; a vanished one swallows the text
    p += n;
    left -= static_cast<size_t>(n);
  }
  memcpy(mr->mr, saved, words * sizeof(saved[0]));
  return static_cast<ssize_t>(size);
}

/// Returns as soon as at least one byte was read and no more is there.
ssize_t read(int fd, void *data, size_t size)
{
  l4_cap_idx_t const log = stream(fd);
  if (l4_is_invalid_cap(log)) return fail(EBADF);

  char *p = static_cast<char *>(data);
  size_t count = 0;
  while (count < size) {
    size_t const max = L4_VCON_READ_SIZE;
    size_t const want = size - count < max ? size - count : max;
    int const n = l4_vcon_read(log, p + count, static_cast<unsigned>(want));
    if (n < 0) return count ? static_cast<ssize_t>(count) : fail(EIO);
    size_t const got = static_cast<size_t>(n) < want ? static_cast<size_t>(n) : want;
    count += got;
    bool const more = static_cast<size_t>(n) > want;
    if (count && !more) break;
    if (!got && !input_event.wait(log)) return fail(EIO);
  }
  return static_cast<ssize_t>(count);
}

int close(int fd)
{
  if (l4_is_invalid_cap(stream(fd))) return fail(EBADF);
  closed |= 1U << fd;
  return 0;
}

int fstat(int fd, struct stat *st)
{
  if (l4_is_invalid_cap(stream(fd))) return fail(EBADF);
  *st = {};
  st->st_mode = S_IFCHR | 0666;
  return 0;
}

int isatty(int fd)
{
  if (l4_is_valid_cap(stream(fd))) return 1;
  errno = EBADF;
  return 0;
}

off_t lseek(int fd, off_t, int)
{
  return fail(l4_is_valid_cap(stream(fd)) ? ESPIPE : EBADF);
}

int fcntl(int fd, int command, ...)
{
  if (l4_is_invalid_cap(stream(fd))) return fail(EBADF);
  switch (command) {
  case F_GETFL:
    return O_RDWR;
  case F_GETFD:
  case F_SETFD:
  case F_SETFL:
    return 0;
  default:
    return fail(EINVAL);
  }
}

int open(char const *, int, ...)
{
  return fail(ENOSYS);
}
int link(char const *, char const *)
{
  return fail(ENOSYS);
}
int unlink(char const *)
{
  return fail(ENOSYS);
}
int mkdir(char const *, mode_t)
{
  return fail(ENOSYS);
}
int stat(char const *, struct stat *)
{
  return fail(ENOSYS);
}

} // extern "C"
