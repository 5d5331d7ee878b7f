// SPDX-License-Identifier: MIT
/*
 * timer_create() of programs without libpthread, whose own comes first: in a file of its own.
 */
#include <errno.h>
#include <signal.h>
#include <time.h>

extern "C" {

int libc_timer_create(clockid_t clock, sigevent *event, timer_t *id); // timer.cc

int timer_create(clockid_t clock, sigevent *event, timer_t *id)
{
  if (!event || event->sigev_notify != SIGEV_THREAD) return libc_timer_create(clock, event, id);
  errno = ENOTSUP;
  return -1;
}

} // extern "C"
