// SPDX-License-Identifier: MIT
// A thread in vCPU mode whose entries the test looks at.
#pragma once

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <l4/sys/vcpu.h>

namespace Tap {

/// What a thread finds at its vCPU entry point.
struct Entry {
  l4_umword_t sp;     ///< stack pointer
  l4_umword_t di;     ///< rdi
  l4_umword_t others; ///< all other general registers or-ed together
  l4_umword_t flags;  ///< rflags
  l4_umword_t cs, ss;
  l4_umword_t fs_base, gs_base;
  l4_vcpu_state_t area; ///< the state area as it was then
  l4_umword_t mr[4];
};

/// A worker with a state area. It resumes at once; at each entry before number stop_at the handler
/// runs (it may change the area) and the worker resumes again.
class Lab {
public:
  using Guest = void (*)();
  static constexpr unsigned Max_entries = 8;

  /// `guest`: where r.ip points at first. `user_task`: run it in that task (it must share the
  /// image).
  Lab(Guest guest, unsigned saved_state, l4_cap_idx_t user_task = L4_INVALID_CAP,
      unsigned prio = Prio_high);
  ~Lab();

  /// Enable vCPU mode, start the worker: it resumes with area().r.
  void run();
  /// Wait until the last entry happened, or a resume came back.
  bool finished();
  bool finish()
  {
    run();
    return finished();
  }
  Worker &worker() { return _worker; }
  l4_cap_idx_t cap() const { return _worker.cap(); }
  l4_vcpu_state_t &area() { return *_area; }

  Entry entries[Max_entries];
  unsigned volatile count = 0;              ///< entries so far
  unsigned stop_at = 1;                     ///< the entry at which the worker stops
  void (*handle)(Lab &, Entry &) = nullptr; ///< called at each entry before stop_at
  Result resumed{};                         ///< why a resume came back
  bool volatile came_back = false;
  Item item{}; ///< sent with the next resume if not void
  l4_umword_t host_stack_top() const;
  l4_umword_t guest_stack_top() const;

  static Lab *current;
  [[noreturn]] void enter(Entry const &);

private:
  void resume();
  [[noreturn]] void end();
  static void body(Worker &);
  bool volatile _done = false;

  Worker _worker;
  l4_vcpu_state_t *_area;
};

/// Enable vCPU mode of a thread; `flags` go into MR0.
Result vcpu_control(l4_cap_idx_t thread, l4_umword_t area, l4_umword_t flags = 0);

/// Guests, without stack or UTCB: an undefined instruction, and an endless loop.
void undefined();
void spin();

/// A task that guests can run in.
struct Guest_task : Child_task {
  Guest_task();
};

/// `spin` sets it to 1; guests of a test may set it too.
extern l4_umword_t volatile spinning;
/// Start the lab's guest, which is `spin`, and wait until it does.
bool start_spinning(Lab &lab);

constexpr unsigned User = L4_VCPU_F_USER_MODE, Irqs = L4_VCPU_F_IRQ, Faults = L4_VCPU_F_PAGE_FAULTS,
                   Exceptions = L4_VCPU_F_EXCEPTIONS;
constexpr unsigned All_upcalls = Irqs | Faults | Exceptions;

} // namespace Tap
