// SPDX-License-Identifier: MIT
// A thread that does random system calls.
#pragma once

#include <l4/libtap/message.h>

namespace fuzz {

/// Capability slots that all hostile tasks have alike; more come from what they do.
enum : l4_umword_t {
  Own_task = 1,
  Small_factory = 2,
  First_thread = 4,
  First_task = 12,
  First_gate = 16,
  First_irq = 20,
  First_semaphore = 22,
  Slots = 64,
};
constexpr unsigned Tasks = 3, Threads = 6, Gates = 4, Irqs = 2, Semaphores = 2;

/// Memory that hostile tasks pass around: 16 pages here at the start, and nothing else is ever named
/// in their messages, so that they keep their code and stacks.
constexpr l4_addr_t Area = 0x200000000000;
constexpr unsigned Area_order = 16;

/// Lies at the bottom of the thread's stack; the controller reads it.
struct Job {
  l4_umword_t random;        ///< state of the generator, never 0
  l4_umword_t volatile calls; ///< system calls done
};

[[noreturn]] void run_hostile(Job *job);

} // namespace fuzz
