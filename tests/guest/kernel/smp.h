// SPDX-License-Identifier: MIT
// What the tests for several CPUs share: threads placed on CPUs, waiting for them without IPC.
#pragma once

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/scheduler.h>

namespace Tap {

/// CPUs that run: the kernel numbers them from 0 without gaps here.
inline unsigned cpu_count()
{
  if (!call(env.scheduler, L4_PROTO_SCHEDULER, {L4_SCHEDULER_INFO_OP, 0}).ok()) return 0;
  unsigned count = 0;
  for (l4_umword_t map = mr(0); map; map &= map - 1)
    ++count;
  return count;
}

/// Move a thread to the CPU (modulo their number).
inline Result run_on(l4_cap_idx_t thread, unsigned cpu, unsigned prio = Prio_main)
{
  static unsigned const cpus = cpu_count();
  return call(env.scheduler, L4_PROTO_SCHEDULER,
              {L4_SCHEDULER_RUN_THREAD_OP, cpu % cpus, 1, prio, 0}, {object(thread)});
}

/// A worker with a home of its own choice.
struct Placed : Worker {
  Placed(unsigned cpu, Body body, void *data = nullptr) : Worker(body, data)
  {
    CHECK_LABEL(run_on(cap(), cpu), 0);
    start();
  }
};

inline l4_umword_t load(l4_umword_t const volatile &word)
{
  return __atomic_load_n(&word, __ATOMIC_ACQUIRE);
}
inline void count(l4_umword_t volatile &word)
{
  __atomic_fetch_add(&word, 1, __ATOMIC_ACQ_REL);
}

constexpr l4_umword_t Long_wait = 40000000; ///< microseconds: machines of a test farm are slow

/// Wait until the word has at least this value, without IPC at first, then leaving the CPU to
/// others.
inline bool reached(l4_umword_t const volatile &word, l4_umword_t value)
{
  l4_uint64_t const start = now(), end = start + Long_wait;
  while (load(word) < value) {
    if (now() > end) return false;
    if (now() > start + 1000) sleep_us(200);
  }
  return true;
}

constexpr l4_umword_t Long_patience = pair(half(Long_wait), half(Long_wait));

/// Counts in value[0], for ever.
inline void count_up(Worker &me)
{
  for (;;)
    me.value[0] = me.value[0] + 1;
}

/// Answers each call with its first word plus one, for ever.
inline void serve(Worker &me)
{
  Result r = invoke(Self | L4_SYSF_WAIT, 0, Never);
  while (true) {
    me.value[0] = me.value[0] + 1;
    mr(0) = mr(0) + 1;
    r = invoke(Self | L4_SYSF_REPLY_AND_WAIT, raw_tag(0, 1), pair(Half_zero, 0));
    while (r.failed()) // the client has gone
      r = invoke(Self | L4_SYSF_WAIT, 0, Never);
  }
}

/// One call of such a server; true if the answer is the right one.
inline bool ask(l4_cap_idx_t server, l4_umword_t value, l4_umword_t timeouts = Long_patience)
{
  mr(0) = value;
  return !invoke(server | L4_SYSF_CALL, raw_tag(0, 1), timeouts).failed() && mr(0) == value + 1;
}

} // namespace Tap
