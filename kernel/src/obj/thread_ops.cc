// SPDX-License-Identifier: MIT
// Operations on thread capabilities (abi/kernel-objects.md section 3).
#include "arch/arch.h"
#include "ipc/fault.h"
#include "ipc/ipc.h"
#include "ipc/page_fault_trampoline.h"
#include "ipc/vcpu.h"
#include "obj/irq.h"
#include "obj/item_object.h"
#include "obj/thread_ops.h"
#include "sched/cpu.h"

namespace {

enum Op : u16 {
  Op_control = 0,
  Op_ex_regs = 1,
  Op_switch = 2,
  Op_stats_time = 3,
  Op_vcpu_resume = 4,
  Op_register_del_irq = 5,
  Op_modify_senders = 6,
  Op_vcpu_control = 7,
  Op_register_doorbell_irq = 8,
  Op_pf_tramp_control = 9,
  Op_gdt_x86 = 0x10,
  Op_set_segment_base = 0x12,
  Op_segment_info = 0x13,
};

namespace Control_flag {
constexpr Word Set_pager = 0x10000, Bind_task = 0x200000, Alien = 0x400000,
               Set_exc_handler = 0x1000000;
}
namespace Ex_regs_flag {
constexpr Word Cancel = 0x10000, Trigger_exception = 0x20000, Arch_mask = 0xff000000;
}

/// Queued senders looked at before interrupts get a chance.
constexpr unsigned Senders_per_step = 32;
constexpr Word Keep = ~Word{0};

} // namespace

Outcome Thread::invoke(Invocation &call)
{
  if (!call.tag.words()) return Errno::Msg_too_short;
  switch (u16(call.mr(0))) {
  case Op_control: return Thread_ops::control(*this, call);
  case Op_ex_regs: return Thread_ops::ex_regs(*this, call);
  case Op_switch: return Thread_ops::switch_to(*this, call);
  case Op_stats_time: return Thread_ops::stats_time(*this, call);
  case Op_vcpu_resume: return Vcpu::resume(*this, call);
  case Op_vcpu_control: return Vcpu::control(*this, call);
  case Op_pf_tramp_control: return Page_fault_trampoline::control(*this, call);
  case Op_gdt_x86: return Thread_ops::gdt_x86(*this, call);
  case Op_register_del_irq: return Thread_ops::register_deletion_irq(*this, call);
  case Op_modify_senders: return Thread_ops::modify_senders(*this, call);
  case Op_set_segment_base: return Thread_ops::set_segment_base(*this, call);
  case Op_segment_info: return Thread_ops::segment_info(call);
  default: return Errno::No_sys;
  }
}

// ---- control ----------------------------------------------------------------------------------

/// Everything is checked before anything changes: an error leaves the thread as it was.
Outcome Thread_ops::control(Thread &t, Invocation &call)
{
  if (!(call.rights & Cap_slot::S)) return Errno::Perm;
  if (call.tag.words() < 6) return Errno::Inval;
  Word flags = call.mr(0), pager = call.mr(1), exc_handler = call.mr(2), values = call.mr(4);

  if (flags & Control_flag::Bind_task) {
    auto item = item_object<Task>(call, Kobject::Type::Task);
    if (!item) return item.outcome();
    if (!(item.rights() & Cap_slot::S)) return Errno::Perm;
    Word address = call.mr(5);
    Utcb *utcb = nullptr;
    if (!t._task && address % 8 == 0)
      utcb = static_cast<Utcb *>(item.object().mem().ku_alias(Virt_addr(address), sizeof(Utcb)));
    if (!utcb) return Errno::Inval;
    t.bind(item.object(), utcb, address);
  }
  tell_handlers(t, call.utcb);
  if (flags & Control_flag::Set_pager) t._pager = handler_index(pager);
  if (flags & Control_flag::Set_exc_handler) t._exc_handler = handler_index(exc_handler);
  if (flags & Control_flag::Alien) {
    t._alien = values & Control_flag::Alien;
    t.update_interception();
  }
  return reply_tag(0, 3);
}

/// Selectors of handlers are kept as indices; the invalid capability as one that is always empty.
u32 Thread_ops::handler_index(Word selector)
{
  Word index = selector >> 12;
  return index < Obj_space::Slot_count ? u32(index) : 0;
}

// ---- ex_regs ----------------------------------------------------------------------------------

Outcome Thread_ops::ex_regs(Thread &t, Invocation &call)
{
  Word flags = call.mr(0), ip = call.mr(1), sp = call.mr(2);
  if (call.tag.words() != 3 || (flags & Ex_regs_flag::Arch_mask)) return Errno::Inval;

  Frame &frame = t.frame();
  call.utcb.mr[0] = frame.rflags;
  call.utcb.mr[1] = frame.rip;
  call.utcb.mr[2] = frame.rsp;
  bool in_exception =
      t._message == Thread::Message::Exception && t._state != Thread::State::Dormant;
  if (in_exception && !(flags & Ex_regs_flag::Cancel)) return reply_tag(0, 3);

  if (flags & Ex_regs_flag::Cancel) {
    Ipc::cancel(t);
    if (t._state == Thread::State::Halted) Cpu::home_of(t).make_ready(t);
  }
  bool resumes = t.continuation() == Vcpu::continue_resume ||
                 t.continuation() == Page_fault_trampoline::continue_resume;
  if (resumes && ip != Keep) t.set_continuation(Fault::pending(t)); // the new ip counts, not the saved
  if (ip != Keep) frame.rip = ip;
  if (sp != Keep) frame.rsp = sp;
  if (flags & Ex_regs_flag::Trigger_exception) trigger_exception(t);
  if (t._state == Thread::State::Dormant) t.start(Keep, Keep);
  return reply_tag(0, 3);
}

/// Raise trap 0xff before the next user instruction: as a continuation when nothing else is left to
/// do.
void Thread_ops::trigger_exception(Thread &t)
{
  if (Page_fault_trampoline::defer_exception(t)) return;
  t._pending |= Thread::Triggered;
  if (t.is_ready() && !t.has_continuation()) t.set_continuation(Fault::run_pending);
}

// ---- small ones -------------------------------------------------------------------------------

Outcome Thread_ops::switch_to(Thread &t, Invocation &call)
{
  call.caller.frame().rax = (call.receives() ? reply_tag(0) : call.tag).raw();
  if (&t == &call.caller) return Outcome::ok();
  Thread *next = Cpu::self().switch_to(t);
  if (!next) Cpu::self().yield();
  return Outcome::switched(next);
}

Outcome Thread_ops::stats_time(Thread &t, Invocation &call)
{
  call.utcb.mr[0] = arch::ticks_to_us(t.cpu_ticks()).value();
  return reply_tag(0, 1);
}

Outcome Thread_ops::register_deletion_irq(Thread &t, Invocation &call)
{
  auto item = item_object(call);
  if (!item) return item.outcome();
  auto type = item.object().type();
  if (type != Kobject::Type::Irq && type != Kobject::Type::Semaphore) return Errno::Inval;
  if (!(item.rights() & Cap_slot::W)) return Errno::Perm;
  if (!Hold::is_exclusive()) return Outcome::hold();
  if (t._deletion_irq) return Errno::Busy;
  auto &irq = static_cast<Irq_base &>(item.object());
  if (!irq.set_deletion_thread(&t)) return Errno::Busy;
  t._deletion_irq = &irq;
  return Outcome::ok();
}

/// Rewrite the labels of queued senders, so that a server can forget an object while messages for
/// it are under way. The first group of four words that matches applies. The queue keeps the place
/// of one such walk, so that it can go on after an interruption.
Outcome Thread_ops::modify_senders(Thread &t, Invocation &call)
{
  unsigned words = call.tag.words();
  if (words < 5) return Outcome::ok();
  if (!call.repeated) {
    if (t._senders.is_walked()) return Errno::Busy;
    t._senders.start_walk();
  }
  for (unsigned n = Senders_per_step; Sender *s = t._senders.next_walked(); --n) {
    if (!n) return Outcome::again();
    for (unsigned mr = 1; mr + 3 < words; mr += 4)
      if ((s->label() & call.mr(mr)) == call.mr(mr + 1)) {
        s->set_label((s->label() & ~call.mr(mr + 2)) | call.mr(mr + 3));
        break;
      }
  }
  return Outcome::ok();
}

Outcome Thread_ops::set_segment_base(Thread &t, Invocation &call)
{
  if (call.tag.words() < 2) return Errno::Msg_too_short;
  Word base = call.mr(1);
  bool canonical = Word(i64(base << 16) >> 16) == base;
  if (!canonical) return Errno::Inval;
  arch::sync_segments(t);
  switch (call.mr(0) >> 16) {
  case 0:
    t._segments.fs_base = base;
    t._segments.fs = 0;
    break;
  case 1:
    t._segments.gs_base = base;
    t._segments.gs = 0;
    break;
  default:
    return Errno::Inval;
  }
  t.set_exit_flag(Execution_context::Reload_segments);
  return Outcome::ok();
}

Outcome Thread_ops::segment_info(Invocation &call)
{
  call.utcb.mr[0] = User_selector::Data;
  call.utcb.mr[1] = User_selector::Code64;
  call.utcb.mr[2] = User_selector::Code32;
  return reply_tag(0, 3);
}

/// Descriptors take effect one by one; those in front of a refused one stay. A thread's are in its CPU's GDT
/// only while it runs.
Outcome Thread_ops::gdt_x86(Thread &t, Invocation &call)
{
  constexpr Word First_index = 11, First_selector = First_index << 3 | 3;
  constexpr Word Present = Word{1} << 47, Code_or_data = Word{1} << 44, Dpl3 = Word{3} << 45;
  unsigned words = call.tag.words();
  if (words == 1) {
    call.utcb.mr[0] = First_index;
    return reply_tag(0, 1);
  }
  Word first = call.mr(1);
  for (unsigned i = 2; i < words; ++i) {
    Word descriptor = call.mr(i), slot = first + i - 2;
    bool harmless = (descriptor & Code_or_data) && (descriptor & Dpl3) == Dpl3;
    if ((descriptor & Present) && !harmless) return Errno::Inval;
    if (slot >= Thread_extension::Descriptors) continue;
    if (!t.extend()) return Errno::No_mem;
    arch::sync_segments(t);
    t._extension->descriptors[slot] = descriptor;
    t.set_exit_flag(Thread::Own_descriptors);
    t.set_exit_flag(Thread::Reload_segments);
  }
  return reply_tag(i64((first << 3) + First_selector));
}
