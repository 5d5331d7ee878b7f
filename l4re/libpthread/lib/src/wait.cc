// SPDX-License-Identifier: MIT
#include "wait.h"
#include "thread.h"

#include <l4/sys/ipc.h>
#include <l4/sys/kip.h>
#include <l4/sys/semaphore.h>

#include <errno.h>

namespace {

struct Sleeper {
  Sleeper *next;
  unsigned *word;
  l4_cap_idx_t semaphore;
  bool woken;
};

/// Sleepers of many addresses, in the order of arrival.
struct Bucket {
  Internal_lock lock;
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

/// Wait for the semaphore, at most until the deadline.
void down(l4_cap_idx_t semaphore, l4_uint64_t deadline, l4_uint64_t now)
{
  l4_timeout_t timeout = L4_IPC_NEVER;
  if (deadline != Wait::Never) {
    l4_uint64_t const left = deadline - now;
    timeout = l4_timeout(L4_IPC_TIMEOUT_NEVER, l4_timeout_from_us(left < L4_TIMEOUT_US_MAX
                                                                      ? left
                                                                      : L4_TIMEOUT_US_MAX));
  }
  l4_semaphore_down(semaphore, timeout);
}

} // namespace

int Wait::wait(unsigned *word, unsigned expected, l4_uint64_t deadline)
{
  Bucket &bucket = bucket_of(word);
  Sleeper self = {nullptr, word, Thread::self()->semaphore, false};
  bucket.lock.acquire();
  if (load(*word) != expected) {
    bucket.lock.release();
    return 0;
  }
  append(bucket, &self);
  bucket.lock.release();

  // The semaphore may hold wake-ups of earlier waits: the flag decides.
  while (!load(self.woken)) {
    l4_uint64_t const now = deadline == Never ? 0 : l4_kip_clock(l4_kip());
    if (now < deadline) {
      down(self.semaphore, deadline, now);
      continue;
    }
    bucket.lock.acquire();
    bool const woken = load(self.woken);
    if (!woken) remove(bucket, &self);
    bucket.lock.release();
    return woken ? 0 : ETIMEDOUT;
  }
  return 0;
}

void Wait::wake(unsigned *word, unsigned count)
{
  Bucket &bucket = bucket_of(word);
  bucket.lock.acquire();
  for (Sleeper **at = &bucket.first; *at && count;) {
    Sleeper *const sleeper = *at;
    if (sleeper->word != word) {
      at = &sleeper->next;
      continue;
    }
    *at = sleeper->next;
    --count;
    // The record is gone as soon as its owner sees the flag; the semaphore stays (memory.cc).
    l4_cap_idx_t const semaphore = sleeper->semaphore;
    store(sleeper->woken, true);
    l4_semaphore_up(semaphore);
  }
  bucket.lock.release();
}

bool Wait::deadline(timespec const *end, l4_uint64_t *us)
{
  constexpr long Ns_per_s = 1000000000, Ns_per_us = 1000;
  if (end->tv_nsec < 0 || end->tv_nsec >= Ns_per_s) return false;
  // Both clocks count from the start of the system (libc, time.cc).
  *us = end->tv_sec < 0 ? 0
                        : static_cast<l4_uint64_t>(end->tv_sec) * 1000000 +
                              static_cast<l4_uint64_t>(end->tv_nsec + Ns_per_us - 1) / Ns_per_us;
  return true;
}
