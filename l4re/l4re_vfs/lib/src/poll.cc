// SPDX-License-Identifier: MIT
/*
 * Waiting for several files: look at all; when none is ready, sleep until any file of the process
 * reports a change (Vfs::notify()) or a source of events wakes this thread itself.
 */
#include "result.h"

#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>

using namespace L4Re::Vfs;

namespace {

/// The number of descriptors with something to say.
int look(pollfd *fds, nfds_t count)
{
  int ready = 0;
  for (nfds_t i = 0; i < count; ++i) {
    fds[i].revents = 0;
    if (fds[i].fd < 0) continue;
    File_ref const file = the_vfs.get_file(fds[i].fd);
    fds[i].revents = file ? file->check_ready(fds[i].events) : POLLNVAL;
    if (fds[i].revents) ++ready;
  }
  return ready;
}

/// \return true if one of the files wakes this thread directly
bool bind_sources(pollfd const *fds, nfds_t count)
{
  bool any = false;
  for (nfds_t i = 0; i < count; ++i)
    if (File_ref const file = fds[i].fd < 0 ? File_ref() : the_vfs.get_file(fds[i].fd))
      any |= file->bind_wakeup(Libc::Park::prepare());
  return any;
}

int poll_until(pollfd *fds, nfds_t count, l4_uint64_t deadline)
{
  Libc::cancellation_point();
  if (int const ready = look(fds, count); ready || !deadline) return ready;
  the_vfs.begin_poll();
  bool const bound = bind_sources(fds, count);
  int ready, error = 0;
  for (;;) {
    unsigned const seen = Libc::load(*the_vfs.activity());
    ready = look(fds, count);
    if (ready || error) break;
    error = Libc::wait(the_vfs.activity(), seen, deadline, Libc::Wait_mode::Any_wake);
  }
  the_vfs.end_poll();
  // Somebody who reads from the same source may have to bind it anew.
  if (bound) the_vfs.notify();
  if (ready || error == ETIMEDOUT) return ready;
  Libc::cancellation_point();
  return -EINTR;
}

struct Signal_mask {
  explicit Signal_mask(sigset_t const *mask) : used(mask)
  {
    if (used) sigprocmask(SIG_SETMASK, mask, &old);
  }
  ~Signal_mask()
  {
    if (used) sigprocmask(SIG_SETMASK, &old, nullptr);
  }
  bool used;
  sigset_t old;
};

/// select() by poll(): a list of the descriptors in the sets.
class Select {
public:
  int prepare(int n, fd_set const *read, fd_set const *write, fd_set const *except)
  {
    for (int fd = 0; fd < n; ++fd) {
      short events = 0;
      if (read && FD_ISSET(fd, read)) events |= POLLIN;
      if (write && FD_ISSET(fd, write)) events |= POLLOUT;
      if (except && FD_ISSET(fd, except)) events |= POLLPRI;
      if (!events) continue;
      if (!the_vfs.get_file(fd)) return -EBADF;
      _fds[_count++] = {fd, events, 0};
    }
    return 0;
  }

  int wait(l4_uint64_t deadline) { return poll_until(_fds, _count, deadline); }

  int report(fd_set *read, fd_set *write, fd_set *except)
  {
    if (read) FD_ZERO(read);
    if (write) FD_ZERO(write);
    if (except) FD_ZERO(except);
    int ready = 0;
    for (nfds_t i = 0; i < _count; ++i) {
      pollfd const &p = _fds[i];
      ready += mark(p, POLLIN, POLLIN | POLLHUP | POLLERR, read);
      ready += mark(p, POLLOUT, POLLOUT | POLLERR, write);
      ready += mark(p, POLLPRI, POLLPRI, except);
    }
    return ready;
  }

private:
  static int mark(pollfd const &p, short asked, short events, fd_set *set)
  {
    if (!(p.events & asked) || !(p.revents & events)) return 0;
    FD_SET(p.fd, set);
    return 1;
  }

  pollfd _fds[FD_SETSIZE];
  nfds_t _count = 0;
};

int select_until(int n, fd_set *read, fd_set *write, fd_set *except, l4_uint64_t deadline)
{
  if (n < 0 || n > FD_SETSIZE) return -EINVAL;
  Select s;
  if (int e = s.prepare(n, read, write, except); e < 0) return e;
  if (int e = s.wait(deadline); e < 0) return e;
  return s.report(read, write, except);
}

} // namespace

extern "C" {

int poll(pollfd *fds, nfds_t count, int timeout_ms)
{
  if (count > OPEN_MAX) return result(-EINVAL);
  timespec const t = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};
  l4_uint64_t deadline = timeout_ms < 0 ? Libc::Never : 0;
  if (timeout_ms > 0) Libc::deadline_in(&t, &deadline);
  return result(poll_until(fds, count, deadline));
}

int ppoll(pollfd *fds, nfds_t count, timespec const *timeout, sigset_t const *mask)
{
  if (count > OPEN_MAX) return result(-EINVAL);
  l4_uint64_t deadline = Libc::Never;
  if (timeout && !Libc::deadline_in(timeout, &deadline)) return result(-EINVAL);
  Signal_mask const masked(mask);
  return result(poll_until(fds, count, deadline));
}

int pselect(int n, fd_set *read, fd_set *write, fd_set *except, timespec const *timeout,
            sigset_t const *mask)
{
  l4_uint64_t deadline = Libc::Never;
  if (timeout && !Libc::deadline_in(timeout, &deadline)) return result(-EINVAL);
  Signal_mask const masked(mask);
  return result(select_until(n, read, write, except, deadline));
}

int select(int n, fd_set *read, fd_set *write, fd_set *except, timeval *timeout)
{
  if (!timeout) return pselect(n, read, write, except, nullptr, nullptr);
  timespec const t = {timeout->tv_sec, timeout->tv_usec * 1000};
  return pselect(n, read, write, except, &t, nullptr);
}

} // extern "C"
