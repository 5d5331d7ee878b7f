// SPDX-License-Identifier: MIT
// The operation table: every operation of abi/kernel-objects.md with the kinds of its arguments, so that
// most of what the fuzzers send passes the first checks. Knows neither the kernel's headers nor l4sys's: it is
// the third opinion.
#pragma once

#include <cstdint>

namespace fuzz {

/// How an argument word is made from input bytes.
enum class Arg : std::uint8_t {
  None,
  Small,       ///< 0..255
  Any,         ///< any 64 bits
  Selector,    ///< of one of the task's slots
  Control,     ///< control word of a send item: hot spot, attributes, grant
  Page,        ///< flexpage of memory, ports or capabilities
  Ku_page,     ///< memory flexpage that kernel-user memory can have
  Unmap_mask,
  Limit,       ///< of a factory, in bytes
  Gate_label,
  Prio,
  Quantum,
  Cpus,        ///< offset and granularity
  Map,         ///< bit map of CPUs
  Control_flags, ///< of thread control
  Ex_flags,
  Address,     ///< inside kernel-user memory, or near it
  Pin,
};

/// Slots in which every task of the fuzzer has objects of one kind.
enum class Target : std::uint8_t { Task, Factory, Thread, Gate, Irq, Semaphore, Log, Icu, Scheduler, Debugger };

constexpr unsigned Max_args = 7;

struct Operation {
  Target target;
  long label;
  unsigned long opcode; ///< MR0, unless it has a kind of its own
  Arg first;   ///< or-ed to MR0
  Arg args[Max_args];
  bool has_item;
  Target item; ///< object in the item
};

namespace table {
namespace Proto {
constexpr long Platform_ctl = 0, Irq = -1, Kobject = -10, Task = -11, Thread = -12, Log = -13, Scheduler = -14,
               Factory = -15, Vm = -16, Irq_sender = -18, Semaphore = -20, Debugger = -23;
} // namespace Proto
using Word = unsigned long;
using enum Arg;

constexpr Operation Operations[] = {
  // factory
  {Target::Factory, Proto::Factory, 0, None, {Small, Gate_label}, true, Target::Thread},
  {Target::Factory, Proto::Factory, 0, None, {}, false, {}},
  {Target::Factory, Proto::Factory, Word(Proto::Task), None, {Small, Ku_page}, false, {}},
  {Target::Factory, Proto::Factory, Word(Proto::Thread), None, {}, false, {}},
  {Target::Factory, Proto::Factory, Word(Proto::Factory), None, {Small, Limit}, false, {}},
  {Target::Factory, Proto::Factory, Word(Proto::Irq_sender), None, {}, false, {}},
  {Target::Factory, Proto::Factory, Word(Proto::Semaphore), None, {}, false, {}},
  {Target::Factory, Proto::Factory, Word(Proto::Vm), None, {}, false, {}},
  {Target::Factory, Proto::Factory, 0, Any, {Any}, false, {}},
  // task
  {Target::Task, Proto::Task, 0, None, {Control, Page}, true, Target::Task},
  {Target::Task, Proto::Task, 1, None, {Unmap_mask, Page}, false, {}},
  {Target::Task, Proto::Task, 1, None, {Unmap_mask, Page, Page, Page}, false, {}},
  {Target::Task, Proto::Task, 2, None, {Selector}, false, {}},
  {Target::Task, Proto::Task, 2, None, {Selector, Selector}, false, {}},
  {Target::Task, Proto::Task, 3, None, {Ku_page}, false, {}},
  {Target::Task, Proto::Task, 3, None, {Ku_page, Ku_page}, false, {}},
  // thread
  {Target::Thread, Proto::Thread, 0, Control_flags, {Selector, Selector, Small, Any, Address}, true, Target::Task},
  {Target::Thread, Proto::Thread, 1, Ex_flags, {Any, Any}, false, {}},
  {Target::Thread, Proto::Thread, 2, None, {}, false, {}},
  {Target::Thread, Proto::Thread, 3, None, {}, false, {}},
  {Target::Thread, Proto::Thread, 4, None, {}, true, Target::Task},
  {Target::Thread, Proto::Thread, 5, None, {}, true, Target::Irq},
  {Target::Thread, Proto::Thread, 6, None, {Small, Small, Small, Small}, false, {}},
  {Target::Thread, Proto::Thread, 7, Ex_flags, {Address}, false, {}},
  {Target::Thread, Proto::Thread, 9, Any, {Address}, false, {}},
  {Target::Thread, Proto::Thread, 0x10, None, {Small, Any, Any}, false, {}},
  {Target::Thread, Proto::Thread, 0x10012, None, {Any}, false, {}},
  {Target::Thread, Proto::Thread, 0x13, None, {}, false, {}},
  // gate
  {Target::Gate, Proto::Kobject, 0x10, None, {Gate_label}, true, Target::Thread},
  {Target::Gate, Proto::Kobject, 0x11, None, {}, false, {}},
  {Target::Gate, Proto::Kobject, 0x80, None, {}, false, {}},
  {Target::Gate, Proto::Kobject, 0x81, None, {}, false, {}},
  {Target::Gate, Proto::Kobject, 0, None, {Any}, false, {}},
  {Target::Gate, Proto::Kobject, 0, None, {Small}, false, {}},
  // interrupts and semaphores
  {Target::Irq, Proto::Kobject, 0x10, None, {Any}, true, Target::Thread},
  {Target::Irq, Proto::Irq_sender, 1, None, {}, false, {}},
  {Target::Irq, Proto::Irq, 2, None, {}, false, {}},
  {Target::Irq, Proto::Irq, 4, None, {}, false, {}},
  {Target::Semaphore, Proto::Semaphore, 0, None, {}, false, {}},
  {Target::Semaphore, Proto::Irq, 2, None, {}, false, {}},
  {Target::Semaphore, Proto::Irq, 4, None, {}, false, {}},
  // interrupt controllers
  {Target::Icu, Proto::Irq, 0, None, {Pin}, true, Target::Irq},
  {Target::Icu, Proto::Irq, 0, None, {Pin}, true, Target::Semaphore},
  {Target::Icu, Proto::Irq, 1, None, {Pin}, true, Target::Irq},
  {Target::Icu, Proto::Irq, 2, None, {}, false, {}},
  {Target::Icu, Proto::Irq, 3, None, {Pin, Any}, false, {}},
  {Target::Icu, Proto::Irq, 4, None, {Pin}, false, {}},
  {Target::Icu, Proto::Irq, 5, None, {Pin}, false, {}},
  {Target::Icu, Proto::Irq, 6, None, {Pin, Small}, false, {}},
  {Target::Icu, Proto::Platform_ctl, 2, None, {Small, Small}, false, {}},
  {Target::Log, Proto::Irq, 0, None, {Pin}, true, Target::Irq},
  {Target::Log, Proto::Irq, 1, None, {Pin}, true, Target::Irq},
  {Target::Scheduler, Proto::Irq, 0, None, {Pin}, true, Target::Irq},
  // scheduler
  {Target::Scheduler, Proto::Scheduler, 0, None, {Cpus}, false, {}},
  {Target::Scheduler, Proto::Scheduler, 1, None, {Cpus, Map, Prio, Quantum}, true, Target::Thread},
  {Target::Scheduler, Proto::Scheduler, 1, None, {Cpus, Map, Any, Small, Quantum, Prio}, true, Target::Thread},
  {Target::Scheduler, Proto::Scheduler, 2, None, {Cpus, Map}, false, {}},
  // log and debugger
  {Target::Log, Proto::Log, 0, None, {Small, Any, Any}, false, {}},
  {Target::Log, Proto::Log, 1, Any, {}, false, {}},
  {Target::Log, Proto::Log, 2, None, {Any, Any, Any}, false, {}},
  {Target::Log, Proto::Log, 3, None, {}, false, {}},
  {Target::Debugger, Proto::Debugger, 0x100, None, {Any, Any}, true, Target::Thread},
  {Target::Debugger, Proto::Debugger, 0x108, None, {}, true, Target::Task},
  {Target::Debugger, Proto::Debugger, 0, Small, {Small, Any}, false, {}},
  {Target::Debugger, Proto::Debugger, 0x501, None, {}, false, {}},
  {Target::Debugger, Proto::Debugger, 0x502, None, {Small}, true, Target::Task},
};
} // namespace table

using table::Operations;
constexpr unsigned Operation_count = sizeof(Operations) / sizeof(Operations[0]);

} // namespace fuzz
