// SPDX-License-Identifier: MIT
// Operations on thread capabilities (abi/kernel-objects.md section 3).
#include "arch/arch.h"
#include "ipc/fault.h"
#include "ipc/ipc.h"
#include "ipc/page_fault_trampoline.h"
#include "ipc/vcpu.h"
#include "obj/irq.h"
#include "obj/item_object.h"
#include "obj/operation.h"
#include "obj/task.h"
#include "sched/cpu.h"

namespace {

namespace Control_flag {
constexpr Word Set_pager = 0x10000, Bind_task = 0x200000, Alien = 0x400000,
               Set_exc_handler = 0x1000000;
}
namespace Ex_regs_flag {
constexpr Word Cancel = 0x10000, Trigger_exception = 0x20000, Arch_mask = 0xff000000;
}

/// Labels compared before interrupts get a chance; a sender itself takes as long as two.
constexpr unsigned Comparisons_per_step = 192;
constexpr Word Keep = ~Word{0};

} // namespace

// ---- control ----------------------------------------------------------------------------------

/// Everything is checked before anything changes: an error leaves the thread as it was.
Outcome Thread::op_control(Invocation &call)
{
  Word flags = call.mr(0), pager = call.mr(1), exc_handler = call.mr(2), values = call.mr(4);

  if (flags & Control_flag::Bind_task) {
    Item<Task> task(call, Cap_slot::S);
    if (!task) return task.error();
    Word address = call.mr(5);
    Utcb *utcb = nullptr;
    if (!_task && address % 8 == 0)
      utcb = static_cast<Utcb *>(task->mem().ku_alias(Virt_addr(address), sizeof(Utcb)));
    if (!utcb) return Errno::Inval;
    bind(*task, utcb, address);
  }
  call.utcb.mr[1] = Word{_pager} << 12;
  call.utcb.mr[2] = Word{_exc_handler} << 12;
  if (flags & Control_flag::Set_pager) _pager = handler_index(pager);
  if (flags & Control_flag::Set_exc_handler) _exc_handler = handler_index(exc_handler);
  if (flags & Control_flag::Alien) {
    _alien = values & Control_flag::Alien;
    update_interception();
  }
  return reply_tag(0, 3);
}

/// Selectors of handlers are kept as indices; the invalid capability as one that is always empty.
u16 Thread::handler_index(Word selector)
{
  static_assert(Obj_space::Slot_count <= Word{1} << 16);
  Word index = selector >> 12;
  return index < Obj_space::Slot_count ? u16(index) : 0;
}

// ---- ex_regs ----------------------------------------------------------------------------------

Outcome Thread::op_ex_regs(Invocation &call)
{
  Word flags = call.mr(0), ip = call.mr(1), sp = call.mr(2);
  if (flags & Ex_regs_flag::Arch_mask) return Errno::Inval;

  call.utcb.mr[0] = _frame.rflags;
  call.utcb.mr[1] = _frame.rip;
  call.utcb.mr[2] = _frame.rsp;
  bool in_exception =
      _message == Message::Exception && _state != State::Dormant;
  if (in_exception && !(flags & Ex_regs_flag::Cancel)) return reply_tag(0, 3);

  if (flags & Ex_regs_flag::Cancel) {
    Ipc::cancel(*this);
    if (_state == State::Halted) Cpu::home_of(*this).make_ready(*this);
  }
  bool resumes = continuation() == Vcpu::continue_resume ||
                 continuation() == Page_fault_trampoline::continue_resume;
  if (resumes && ip != Keep)
    set_continuation(Fault::pending(*this)); // the new ip counts, not the saved
  if (ip != Keep) {
    complete_frame(); // any value: the end of a system call expects one of its own
    _frame.rip = ip;
  }
  if (sp != Keep) _frame.rsp = sp;
  if (flags & Ex_regs_flag::Trigger_exception) trigger_exception();
  if (_state == State::Dormant) start();
  return reply_tag(0, 3);
}

/// Raise trap 0xff before the next user instruction: as a continuation when nothing else is left to
/// do.
void Thread::trigger_exception()
{
  if (Page_fault_trampoline::defer_exception(*this)) return;
  _pending |= Triggered;
  if (is_ready() && !has_continuation()) set_continuation(Fault::run_pending);
}

// ---- small ones -------------------------------------------------------------------------------

Outcome Thread::op_switch_to(Invocation &call)
{
  call.caller.frame().rax = (call.receives() ? reply_tag(0) : call.tag).raw();
  if (this == &call.caller) return Outcome::ok();
  Thread *next = Cpu::self().switch_to(*this);
  if (!next) Cpu::self().yield();
  return Outcome::switched(next);
}

Outcome Thread::op_stats_time(Invocation &call)
{
  call.utcb.mr[0] = arch::ticks_to_us(cpu_ticks()).value();
  return reply_tag(0, 1);
}

Outcome Thread::op_register_deletion_irq(Invocation &call)
{
  Item<Irq_base> irq(call, Cap_slot::W);
  if (!irq) return irq.error();
  if (!Hold::is_exclusive()) return Outcome::hold();
  if (deletion_irq()) return Errno::Busy;
  if (!extend()) return Errno::No_mem;
  if (!irq->set_deletion_thread(this)) return Errno::Busy;
  _extension->deletion_irq = &*irq;
  return Outcome::ok();
}

/// Rewrite the labels of queued senders, so that a server can forget an object while messages for
/// it are under way. The first group of four words that matches applies. The queue keeps the place
/// of one such walk, so that it can go on after an interruption.
Outcome Thread::op_modify_senders(Invocation &call)
{
  unsigned words = call.tag.words();
  if (_cpu != Cpu::self().id()) return Errno::Inval; // the thread is on another CPU
  if (words < 5) return Outcome::ok();
  u16 &walk = call.caller._progress.offset;
  if (!(call.continues(Steps::Modify_senders) ? _senders.goes_on(walk) : _senders.start_walk(walk)))
    return Errno::Busy; // another run is active, or took over from this one
  unsigned each = words / 4 + 2;
  for (unsigned left = Comparisons_per_step; left >= each; left -= each) {
    Sender *s = _senders.next_walked();
    if (!s) return Outcome::ok();
    for (unsigned mr = 1; mr + 3 < words; mr += 4)
      if ((s->label() & call.mr(mr)) == call.mr(mr + 1)) {
        s->set_label((s->label() & ~call.mr(mr + 2)) | call.mr(mr + 3));
        break;
      }
  }
  return Outcome::again();
}

Outcome Thread::op_set_segment_base(Invocation &call)
{
  Word base = call.mr(1), segment = call.mr(0) >> 16;
  bool canonical = Word(i64(base << 16) >> 16) == base;
  if (!canonical || segment > 1) return Errno::Inval;
  arch::sync_segments(*this);
  (segment ? _segments.gs_base : _segments.fs_base) = base;
  (segment ? _segments.gs : _segments.fs) = 0;
  set_exit_flag(Reload_segments);
  return Outcome::ok();
}

Outcome Thread::op_segment_info(Invocation &call)
{
  call.utcb.mr[0] = User_selector::Data;
  call.utcb.mr[1] = User_selector::Code64;
  call.utcb.mr[2] = User_selector::Code32;
  return reply_tag(0, 3);
}

/// Descriptors take effect one by one; those in front of a refused one stay. A thread's are in its CPU's GDT
/// only while it runs.
Outcome Thread::op_gdt_x86(Invocation &call)
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
    if (!extend()) return Errno::No_mem;
    arch::sync_segments(*this);
    _extension->descriptors[slot] = descriptor;
    set_exit_flag(Own_descriptors | Reload_segments);
  }
  return reply_tag(i64((first << 3) + First_selector));
}

// ---- the table --------------------------------------------------------------------------------

Outcome Thread::invoke(Invocation &call)
{
  static constexpr Operation Operations[] = {
      {0, Cap_slot::S, at_least(6, Errno::Inval), by<&Thread::op_control>},
      {1, 0, exactly(3), by<&Thread::op_ex_regs>},
      {2, 0, any_words, by<&Thread::op_switch_to>},
      {3, 0, any_words, by<&Thread::op_stats_time>},
      {4, 0, any_words, by<&Vcpu::resume>},
      {5, 0, any_words, by<&Thread::op_register_deletion_irq>},
      {6, 0, any_words, by<&Thread::op_modify_senders>},
      {7, 0, any_words, by<&Vcpu::control>},
      {9, 0, any_words, by<&Page_fault_trampoline::control>},
      {0x10, 0, any_words, by<&Thread::op_gdt_x86>},
      {0x12, 0, at_least(2), by<&Thread::op_set_segment_base>},
      {0x13, 0, any_words, by<&Thread::op_segment_info>},
  };
  return serve(Operations, {.bits = 0xffff}, *this, call);
}
