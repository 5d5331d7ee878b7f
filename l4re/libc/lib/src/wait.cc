// SPDX-License-Identifier: MIT
#include <l4/libc/wait.h>

#include "libc_priv.h"

#include <errno.h>

namespace Libc {

namespace {

struct Sleeper {
  Sleeper *next;
  unsigned *word;
  l4_cap_idx_t park;
  bool woken;
};

/// Sleepers of many addresses, in the order of arrival.
struct Bucket {
  Mutex lock;
  Sleeper *first = nullptr;
};

constexpr unsigned Buckets = 64;
Bucket buckets[Buckets];

Bucket &bucket_of(unsigned *word)
{
  l4_addr_t const a = reinterpret_cast<l4_addr_t>(word);
  return buckets[(a >> 3 ^ a >> 9) % Buckets];
}

void append(Bucket &bucket, Sleeper *self)
{
  Sleeper **end = &bucket.first;
  while (*end)
    end = &(*end)->next;
  *end = self;
}

void remove(Bucket &bucket, Sleeper *self)
{
  Sleeper **at = &bucket.first;
  while (*at != self)
    at = &(*at)->next;
  *at = self->next;
}

/// Leave the queue. \return `reason`, or 0 if a wake-up was faster
int withdraw(Bucket &bucket, Sleeper *self, int reason)
{
  Guard guard(bucket.lock);
  if (load(self->woken)) return 0;
  remove(bucket, self);
  return reason;
}

} // namespace

int wait(unsigned *word, unsigned expected, l4_uint64_t deadline, Wait_mode mode)
{
  Thread_state const &thread = thread_state();
  unsigned const interrupts = load(thread.interrupts);
  Bucket &bucket = bucket_of(word);
  Sleeper self = {nullptr, word, Park::prepare(), false};
  {
    Guard guard(bucket.lock);
    if (load(*word) != expected) return 0;
    append(bucket, &self);
  }
  for (;;) {
    // The semaphore may hold wake-ups of earlier waits: the flag decides.
    if (load(self.woken)) return 0;
    if (mode != Wait_mode::Steady && (load(thread.interrupts) != interrupts || cancelled()))
      return withdraw(bucket, &self, EINTR);
    if (deadline != Never && libc_now_us() >= deadline)
      return withdraw(bucket, &self, ETIMEDOUT);
    Park::sleep_until(deadline);
    if (mode == Wait_mode::Any_wake && load(thread.interrupts) == interrupts && !cancelled() &&
        (deadline == Never || libc_now_us() < deadline))
      return withdraw(bucket, &self, 0);
  }
}

void wake(unsigned *word, unsigned count)
{
  Bucket &bucket = bucket_of(word);
  Guard guard(bucket.lock);
  for (Sleeper **at = &bucket.first; *at && count;) {
    Sleeper *const sleeper = *at;
    if (sleeper->word != word) {
      at = &sleeper->next;
      continue;
    }
    *at = sleeper->next;
    --count;
    // The record is gone as soon as its owner sees the flag; the semaphore stays (park.h).
    l4_cap_idx_t const park = sleeper->park;
    store(sleeper->woken, true);
    Park::wake(park);
  }
}

bool deadline(clockid_t clock, timespec const *end, l4_uint64_t *us)
{
  constexpr long Ns_per_s = 1000000000, Ns_per_us = 1000;
  if (end->tv_nsec < 0 || end->tv_nsec >= Ns_per_s) return false;
  if (clock != CLOCK_REALTIME && clock != CLOCK_MONOTONIC) return false;
  // Both clocks count from the start of the system (time.cc).
  *us = end->tv_sec < 0 ? 0
                        : static_cast<l4_uint64_t>(end->tv_sec) * 1000000 +
                              static_cast<l4_uint64_t>(end->tv_nsec + Ns_per_us - 1) / Ns_per_us;
  return true;
}

bool deadline_in(timespec const *t, l4_uint64_t *us)
{
  if (t->tv_sec < 0 || !deadline(CLOCK_MONOTONIC, t, us)) return false;
  *us += libc_now_us();
  return true;
}

} // namespace Libc

/// \return microseconds left; not 0 after a signal
extern "C" l4_uint64_t libc_sleep_until(l4_uint64_t end)
{
  unsigned nobody_wakes = 0;
  Libc::cancellation_point();
  int const error = Libc::wait(&nobody_wakes, 0, end, Libc::Wait_mode::Interruptible);
  if (error != EINTR) return 0;
  Libc::cancellation_point();
  l4_uint64_t const now = libc_now_us();
  return now < end ? end - now : 0;
}
