// SPDX-License-Identifier: MIT
// The system that a fuzzer run plays in: a controller (the root task, whose capabilities nobody else has),
// and tasks whose threads do what the input says.
#pragma once

#include "check.h"
#include "input.h"
#include "../operations.h"

#include "obj/thread.h"
#include "sched/cpu.h"

#include <vector>

namespace fuzz {

/// Operation bits, and the selector of the caller itself.
constexpr Word Call = 3, Wait = 6, Receive = 2, Reply_and_wait = 15;
constexpr Word Self = 0xfffffffffffff800;
constexpr Word Both_zero = 0x04000400;

/// Slots that all tasks of the fuzzer have alike.
constexpr Word First_thread = 4, First_task = 12, First_gate = 16, First_irq = 20, First_semaphore = 22,
               Log_slot = 24, Icu_slot = 25, Scheduler_slot = 26, Debugger_slot = 27, Slots = 64;
constexpr unsigned Max_tasks = 3, Max_threads = 8, Gates = 4;

/// Memory that a task of the fuzzer has at the start, and its kernel-user memory.
constexpr Word Small_pages = 0x200000, Large_page = 0x40000000, Utcbs = 0x7000000000;
constexpr unsigned Utcbs_order = 13;

/// What must be the same before and after a run.
struct Figures {
  Word quota, threads, tasks, factories, irqs, semaphores, gates, nodes, large_nodes, pieces;
  bool operator==(Figures const &) const = default;
};

class World {
public:
  /// Boots the kernel at the first call.
  static World &get();

  /// Make tasks and threads; the first bytes of the input decide how many, and their quota.
  void build(Input &input);
  /// Kill everything, and compare. Fails if anything is left.
  void destroy();

  Thread &current() { return *arch::this_cpu().current; }
  bool controller_runs() { return &current() == _root; }
  Thread &controller() { return *_root; }
  /// One of the first threads, by its number; null if there is none, or it is dead.
  Thread *thread(unsigned number);

  /// The current thread executes a system call; afterwards another may be current.
  void invoke(Word selector, Msg_tag tag, Word timeouts, Word label = 0);
  /// The current thread raises a trap.
  void trap(Word number, Word error, Word address);
  /// Time passes; what is due happens, and the running thread may be preempted.
  void pass_time(Word us);
  /// Let the controller run: it kills nothing, but cancels, starts and reschedules one thread, then sleeps.
  void control(Input &input);

  u64 system_calls = 0;

private:
  World();
  Msg_tag call(Word cap, i64 label, std::vector<Word> words, std::vector<Word> items = {});
  void create(i64 type, Word slot, std::vector<Word> arguments = {});
  void give(Word task, Word slot, Word to, u8 rights);
  void get_memory(Word address, Word frame, unsigned order, Fpage::Type type = Fpage::Type::Memory);
  void make_objects(Input &input);
  void make_threads(Input &input);
  void sleep(Word us);
  void wake();
  void settle();
  Figures figures();

  Thread *_sigma0 = nullptr, *_root = nullptr;
  unsigned _tasks = 0, _threads = 0;
  Figures _start{};
  Word _kernel_bytes = 0; ///< in use after the first run
};

} // namespace fuzz
