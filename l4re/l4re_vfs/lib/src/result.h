// SPDX-License-Identifier: MIT
#pragma once

#include "objects.h"
#include "vfs_impl.h"

#include <l4/libc/wait.h>

#include <errno.h>

namespace L4Re::Vfs {

/// From negated errors to the convention of POSIX.
template <typename T> T result(T value)
{
  if (value >= 0) return value;
  errno = static_cast<int>(-value);
  return -1;
}

/// Call `f(file)` for the file of a descriptor.
template <typename F> auto with_file(int fd, F &&f)
{
  File_ref const file = the_vfs.get_file(fd);
  return result(file ? f(*file) : static_cast<decltype(f(*file))>(-EBADF));
}

/**
 * As with_file(), for an operation that may block: a cancellation point, repeated when a handler
 * with SA_RESTART interrupted it.
 */
template <typename F> auto blocking(int fd, F &&f)
{
  Libc::cancellation_point();
  File_ref file = the_vfs.get_file(fd);
  if (!file) return result(static_cast<decltype(f(*file))>(-EBADF));
  for (;;) {
    auto const r = f(*file);
    if (r != -EINTR) return result(r);
    if (Libc::cancelled()) {
      // The thread will not come back here: give the reference up first.
      file = nullptr;
      Libc::cancellation_point();
    }
    if (!Libc::thread_state().restart) return result(r);
  }
}

} // namespace L4Re::Vfs
