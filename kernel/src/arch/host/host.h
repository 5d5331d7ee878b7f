// SPDX-License-Identifier: MIT
// What a test sees of the host architecture: knobs to set, records to read.
#pragma once

#include "types/types.h"

#include <array>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

class Cpu;
class Mem_space;
class Thread;

/// The machine that the host architecture pretends to be. One per process; reset() before each
/// test.
namespace host {

constexpr unsigned Max_cpus = 64;
/// Physical address and size of the kernel heap. It lives as long as the process: slabs keep
/// blocks.
constexpr Word Heap_phys = 0x10000000, Heap_bytes = Word{96} << 20;

/// Set the machine back to its initial state; the heap is set up at the first call.
void reset();

/// The Cpu object that arch::this_cpu() names on this host thread, and its number.
void set_cpu(Cpu_id id, Cpu *cpu);

struct Flush {
  Cpu_id cpu;
  std::optional<Word> page; ///< none: all user pages
};
struct Pin {
  bool attached = false, masked = true;
  unsigned mode = 0;
};

/// All state, public for tests. Written by the functions of arch/arch.h.
struct Machine {
  std::vector<Flush> flushes;
  std::vector<Mem_space const *> flushed_spaces; ///< that were not loaded
  std::vector<Cpu_id> ipis;
  std::array<Mem_space *, Max_cpus> loaded = {};
  std::array<std::vector<u8>, Max_cpus> io_bitmap = {}; ///< empty: no port is allowed
  Word clock_us = 0;
  std::optional<Word> timer_us;
  std::string console;    ///< what the kernel printed
  std::deque<char> input; ///< what it will read
  bool console_input_enabled = false;
  std::map<unsigned, Pin> pins, msis;
  unsigned pin_count = 24, msi_count = 8;
  unsigned interrupt_windows = 0;
  void (*on_interrupt_window)() = nullptr; ///< a test's chance to interfere between two steps
  bool powered_off = false;
};
extern Machine machine;

/// Start the whole portable kernel on the calling host thread as CPU 0, with sigma0 and a root task
/// that have entry points but no code, and leave it: the first thread is current. Once per process.
/// Only for programs that link all of the kernel (boot.cc).
void boot();
/// A whole system call of the current thread. Result as leave_kernel().
Thread *system_call(Thread *self, Word label, Word selector, Word tag, Word timeout);
/// The rest of a trap, as the entry code does it: switch to `next` (null: ask the
/// scheduler) and run continuations, until a thread is about to return to user mode or the CPU is
/// idle. Returns that thread, which is current.
Thread *leave_kernel(Thread *next);

/// Thrown instead of not returning: halt_forever(), reboot().
struct Stopped {
  char const *how;
};

} // namespace host
