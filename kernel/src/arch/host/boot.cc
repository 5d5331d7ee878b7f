// SPDX-License-Identifier: MIT
// The whole kernel in a process: start, and the way from one transaction to the next.
#include "arch/host/host.h"
#include "boot/kernel_main.h"
#include "boot/kip.h"
#include "boot/options.h"
#include "ipc/entry.h"
#include "ipc/system_call.h"
#include "obj/task.h"
#include "obj/thread.h"
#include "sched/cpu.h"

namespace {

struct First_thread {
  Thread *thread;
};

} // namespace

extern "C" {
Kip kip_page;
Kernel_options kernel_options;
}

void arch::start_other_cpus()
{
}
void arch::run(Thread *first)
{
  throw First_thread{first};
}

void host::boot()
{
  reset();
  Cpu *cpu = create_cpu(0);
  cpu->self_pointer = cpu;
  set_cpu(0, cpu);
  kip_page = {};
  kip_page.sigma0_ip = 0x100000;
  kip_page.root_ip = 0x140000;
  try {
    kernel_main(*cpu, 1, Phys_addr(0x1000));
  } catch (First_thread &first) {
    cpu->current = first.thread;
    leave_kernel(nullptr);
  }
}

namespace {
/// What the second stage of a system call said; the marker: it ended in the first.
Thread *const Nothing = reinterpret_cast<Thread *>(1);
Thread *after_stage = Nothing;
} // namespace

extern "C" Word enter_general(Thread *self, Word tag, Word last)
{
  after_stage = sys_general(self, tag, last);
  return 0;
}
extern "C" Word enter_object(Thread *self, Word tag, Word selector, Word entry)
{
  after_stage = sys_object(self, tag, selector, entry);
  return 0;
}
extern "C" Word enter_trigger(Thread *self, Word tag, Word selector, Word entry)
{
  return sys_trigger(self, tag, selector, entry);
}
extern "C" Word repeat_general(Thread *self, Word tag, Word last)
{
  return enter_general(self, tag, last);
}
extern "C" Word arch::switch_with_message(Thread *next, Word label, Word tag, Thread *)
{
  next->frame().rax = tag;
  next->frame().rsi = label;
  after_stage = next;
  return 0;
}

/// What the first stage tells apart (arch/amd64/first_stage.S).
static Word first_stage(Thread *self, Word tag, Word selector)
{
  constexpr Word Answer = Selector::Invalid_bit | Op::Mask, Call = Op::Send | Op::Receive;
  if constexpr (!Ipc::Has_fast_path) return enter_general(self, tag, selector);
  if ((selector & Answer) == Answer) return sys_reply(self, tag, selector);
  if ((selector & 0xfff) != Call) return sys_other(self, tag, selector);
  Word entry = self->task()->obj().entry_of(selector);
  Cap cap = Cap_slot::decode(entry);
  i64 protocol = i64(tag) >> 16;
  switch (cap ? cap.object->type() : Kobject::Type::Dead) {
  case Kobject::Type::Dead: self->utcb().error = Word(Ipc_error::Not_existent); return Msg_tag::Error;
  case Kobject::Type::Ipc_gate:
    if (protocol == Proto::Kobject) return enter_general(self, tag, selector);
    return sys_call_gate(self, tag, selector, entry);
  case Kobject::Type::Thread:
    if (protocol == Proto::Thread) return enter_object(self, tag, selector, entry);
    return sys_call_thread(self, tag, selector, entry);
  case Kobject::Type::Task: after_stage = sys_task(self, tag, selector, entry); return 0;
  default: return enter_object(self, tag, selector, entry);
  }
}

Thread *host::system_call(Thread *self, Word label, Word selector, Word tag, Word timeout)
{
  after_stage = Nothing;
  self->frame().rsi = label;
  self->frame().r8 = timeout;
  Word result = first_stage(self, tag, selector);
  if (after_stage != Nothing) return leave_kernel(after_stage);
  self->frame().rax = result;
  return leave_kernel(self);
}

Thread *host::leave_kernel(Thread *next)
{
  Cpu &cpu = arch::this_cpu();
  while (true) {
    if (!next) next = schedule();
    cpu.current = next;
    if (next->space()) arch::load_space(next->space());
    // the idle thread's continuation would wait for an interrupt
    if (!next->has_continuation() || !next->prio()) return next;
    next = run_continuation(next);
  }
}
