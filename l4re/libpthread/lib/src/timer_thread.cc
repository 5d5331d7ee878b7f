// SPDX-License-Identifier: MIT
/*
 * Timers that call a function in a thread of its own (SIGEV_THREAD).
 *
 * One thread, made for the first such timer, waits for expiries and starts a thread for each.
 */
#include "thread.h"

#include <errno.h>
#include <new>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

extern "C" {
// In libc, timer.cc.
int libc_timer_create(clockid_t clock, sigevent *event, timer_t *id);
unsigned libc_timer_take_due();
unsigned *libc_timer_due_epoch();
}

namespace {

constexpr unsigned Max_timers = 32;

/// What to call when a timer expires.
struct Call {
  void (*function)(sigval) = nullptr;
  sigval value = {};
  pthread_attr_t attributes = {};
  bool has_attributes = false;
};

/// Of each timer. The lock is held from looking for a due timer until its entry was read: a timer
/// that is made anew meanwhile waits, so that no expiry of the old one calls the function of the
/// new one.
Call calls[Max_timers];
Libc::Mutex calls_lock;
bool running;

void *call(void *arg)
{
  Call const c = *static_cast<Call *>(arg);
  free(arg);
  c.function(c.value);
  return nullptr;
}

/// Without memory for a thread an expiry is lost.
void start(Call const &c)
{
  void *const memory = malloc(sizeof(Call));
  if (!memory) return;
  auto const own = new (memory) Call(c);
  pthread_t thread;
  if (pthread_create(&thread, c.has_attributes ? &own->attributes : nullptr, call, own)) {
    free(memory);
    return;
  }
  pthread_detach(thread); // EINVAL if the attributes said so already
}

bool take_due(Call *c)
{
  Guard guard(calls_lock);
  unsigned const n = libc_timer_take_due();
  if (n) *c = calls[n];
  return n;
}

void *watch(void *)
{
  for (;;) {
    unsigned const epoch = load(*libc_timer_due_epoch());
    Call c;
    while (take_due(&c))
      start(c);
    Libc::wait(libc_timer_due_epoch(), epoch);
  }
}

/// The calling thread's signals are blocked: threads inherit that, and disturb nobody's handlers.
bool run_watcher()
{
  if (running) return true;
  sigset_t all, old;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &old);
  pthread_t thread;
  running = pthread_create(&thread, nullptr, watch, nullptr) == 0;
  pthread_sigmask(SIG_SETMASK, &old, nullptr);
  if (running) pthread_detach(thread);
  return running;
}

int create(clockid_t clock, sigevent *event, timer_t *id)
{
  Guard guard(calls_lock);
  if (!run_watcher()) {
    errno = EAGAIN;
    return -1;
  }
  if (int const r = libc_timer_create(clock, event, id); r < 0) return r;
  Call &c = calls[*id];
  c = {};
  c.function = event->sigev_notify_function;
  c.value = event->sigev_value;
  c.has_attributes = event->sigev_notify_attributes;
  if (c.has_attributes) c.attributes = *event->sigev_notify_attributes;
  return 0;
}

} // namespace

extern "C" int timer_create(clockid_t clock, sigevent *event, timer_t *id)
{
  bool const thread = event && event->sigev_notify == SIGEV_THREAD;
  return thread ? create(clock, event, id) : libc_timer_create(clock, event, id);
}
