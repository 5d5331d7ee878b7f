// SPDX-License-Identifier: MIT
#include "ipc/fault.h"

#include "arch/arch.h"
#include "boot/root_tasks.h"
#include "diag/print.h"
#include "ipc/entry.h"
#include "ipc/ipc.h"
#include "ipc/page_fault_trampoline.h"
#include "ipc/vcpu.h"
#include "jdb/explain.h"
#include "jdb/hooks.h"
#include "jdb/trace.h"
#include "obj/task.h"
#include "sched/cpu.h"

#include <string.h>

namespace {

constexpr unsigned Exception_words = 26;
/// rflags a handler may set: arithmetic flags, TF, DF, RF, AC, ID. IOPL, NT, VM stay clear, IF set.
constexpr Word Settable_rflags = 0x250dd5, Fixed_rflags = 0x202;

[[noreturn]] void panic_in_sigma0(Thread const &self, char const *what)
{
  Frame const &frame = self.frame();
  panic("%s in sigma0: trap %lu, error %lx, ip %lx, address %lx", what, frame.trapno, frame.error,
        frame.rip, frame.pfa);
}

/// MR0 of a page-fault message from the CPU's error code (P, W, I/D are bits 0, 1, 4).
Word fault_word(Frame const &frame)
{
  Word error = frame.error;
  return (frame.pfa & ~Word{7}) | (error & 3) | (error & 0x10 ? 4 : 0);
}

} // namespace

Word const *Fault::compose(Thread &sender, Word *buffer)
{
  if (sender._message == Thread::Message::Exception) return sender.exception_state();
  bool is_io = sender._message == Thread::Message::Io_fault;
  buffer[0] = is_io ? sender.frame().pfa : fault_word(sender.frame());
  buffer[1] = sender.frame().rip;
  return buffer;
}

void Fault::sanitize(Thread &t)
{
  t.frame().rflags = (t.frame().rflags & Settable_rflags) | Fixed_rflags;
  arch::sanitize_user_state(t);
}

bool Fault::ignores(Thread const &receiver, Msg_tag tag)
{
  return receiver._message == Thread::Message::Exception && tag.words() < Exception_words;
}

void Fault::take_answer_words(Thread &receiver, Word const *from, unsigned words)
{
  if (receiver._message != Thread::Message::Exception) {
    // the first two message registers belong to the interrupted user code
    for (unsigned i = 2; i < words; ++i)
      receiver.utcb().mr[i] = from[i];
  } else if (words >= Exception_words) {
    Frame &frame = receiver.frame(), old = frame;
    memcpy(receiver.exception_state(), from, Exception_words * sizeof(Word));
    frame.cs = old.cs;
    frame.ss = old.ss;
    sanitize(receiver);
    receiver.set_exit_flag(Thread::Complete | Thread::Reload_segments);
  }
}

Thread::Continuation Fault::answered(Thread &t, Msg_tag tag, Ipc_error error)
{
  t._call.tag = tag;
  t._fault_error = error;
  return continue_after_answer;
}

/// After a page fault the instruction is tried again, unless the pager refuses or is gone.
Thread *Fault::continue_after_answer(Thread &self)
{
  i64 label = self._call.tag.label();
  Ipc_error error = self._fault_error;
  bool exception = self._message == Thread::Message::Exception;
  self._message = Thread::Message::User;
  if (exception) {
    if (error == Ipc_error::None && label == Proto::Allow_syscall) self._allow_syscall = true;
    return Ipc::leave(self);
  }
  if (error != Ipc_error::None) self.utcb().error = Word(error);
  bool refused = error == Ipc_error::None ? label < 0 : error == Ipc_error::Not_existent;
  return refused ? raise_exception(self) : Ipc::leave(self);
}

/// Call the pager or exception handler, or halt without one. The capability is looked up in the thread's own
/// task at each fault (abi/kernel-objects.md section 3, control).
Thread *Fault::call_handler(Thread &self, u32 handler, Thread::Message message, Msg_tag tag,
                            Thread::State without)
{
  Cap cap = self.task()->obj().lookup(Cap_index(handler));
  if (!cap) {
    self._state = without;
    if constexpr (Debug_kernel) jdb::explain_halt(self);
    if (without == Thread::State::Dormant) self._started = false;
    return nullptr;
  }
  self._message = message;
  self._call.tag = tag;
  self._call.timeouts = Timeout_pair(0);
  self._call.op = Op::Send | Op::Receive;
  self._call.rights = cap.flags;
  self.set_label(0);
  return Ipc::pass(self, cap);
}

Thread *Fault::raise_exception(Thread &self)
{
  if (Root_tasks::is_sigma0(self)) panic_in_sigma0(self, "exception");
  self.complete_frame();
  if (Vcpu::takes(self, Vcpu_area::Exceptions)) return Vcpu::enter_by_trap(self);
  arch::sync_segments(self);
  return call_handler(self, self._exc_handler, Thread::Message::Exception,
                      Msg_tag(Proto::Exception, Exception_words, 0, Msg_tag::Transfer_fpu),
                      Thread::State::Halted);
}

/// Who owns all memory gets it from the kernel.
[[gnu::noinline]] Thread *Fault::serve_sigma0(Thread &self)
{
  Frame const &frame = self.frame();
  bool known = frame.pfa <= User_max && !(frame.error & 1);
  if (known && self.task()->mem().map_identity(Virt_addr(frame.pfa))) return Ipc::leave(self);
  panic_in_sigma0(self, "unresolvable page fault");
}

[[gnu::noinline]] Thread *Fault::page_fault(Thread &self)
{
  Frame const &frame = self.frame();
  bool in_user_space = frame.pfa <= User_max;
  if (Root_tasks::is_sigma0(self)) [[unlikely]]
    return serve_sigma0(self);
  if (self._extension) [[unlikely]] {
    if (Vcpu::takes(self, Vcpu_area::Page_faults)) return Vcpu::enter_by_trap(self);
    if (in_user_space && Page_fault_trampoline::take(self, fault_word(frame)))
      return Ipc::leave(self);
  }
  if (!in_user_space || self._alien) return raise_exception(self);
  return call_handler(self, self._pager, Thread::Message::Page_fault,
                      Msg_tag(Proto::Page_fault, 2, 0), Thread::State::Dormant);
}

Thread *Fault::handle(Thread &self)
{
  Frame const &frame = self.frame();
  if (frame.trapno == Trap_page_fault) return page_fault(self);
  if (frame.trapno == Trap_system_call) return system_call(self);
  // The CPU's I/O bitmap follows the task's ports only now, when an instruction may have wanted
  // them.
  if (frame.trapno == Trap_protection && frame.error == 0 && Vcpu::running_task(self).io().load())
    return Ipc::leave(self);
  return raise_exception(self);
}

Thread *Fault::handle_again(Thread &self)
{
  bool exception = self._message == Thread::Message::Exception;
  self._message = Thread::Message::User;
  return exception ? raise_exception(self) : handle(self);
}

Thread *Fault::run_pending(Thread &self)
{
  if (self._pending & Thread::Vcpu_message) return Vcpu::finish_message(self);
  bool after = self._pending & Thread::After_syscall;
  if (!after && !(self._pending & Thread::Triggered)) return Vcpu::receive_queued(self);
  self._pending &= u8(~(after ? Thread::After_syscall : Thread::Triggered));
  self.frame().trapno = after ? Trap_system_call : Trap_ex_regs;
  self.frame().error = after;
  self.frame().pfa = 0;
  return raise_exception(self);
}

/// A system call of a thread whose system calls are intercepted: it becomes an exception, with the
/// ip back at the instruction. The handler of an alien may have allowed this one; then a second
/// exception follows behind it (abi/kernel-entry.md section 9).
Thread *Fault::system_call(Thread &self)
{
  constexpr Word Syscall_bytes = 2;
  Frame &frame = self.frame();
  if (!self._allow_syscall || Vcpu::in_user_mode(self)) {
    frame.rip -= Syscall_bytes;
    return raise_exception(self);
  }
  self._allow_syscall = false;
  self._pending |= Thread::After_syscall;
  return sys_general(&self, frame.rax, frame.rdx);
}

extern "C" Thread *handle_trap(Thread *self)
{
  Frame const &frame = self->frame();
  jdb::trace(jdb::Trace::Fault, self, frame.trapno, frame.error, frame.rip, frame.pfa);
  Thread *next = Fault::handle(*self);
  return next ? next : Cpu::self().schedule();
}
