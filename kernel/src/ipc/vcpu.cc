// SPDX-License-Identifier: MIT
#include "ipc/vcpu.h"

#include "arch/arch.h"
#include "ipc/fault.h"
#include "ipc/ipc.h"
#include "obj/task.h"
#include "sched/cpu.h"

#include <string.h>

namespace {

using Area = Vcpu_area;

constexpr Word Trap_message = 0xfe;
constexpr Word Extended = 0x10000;
constexpr Word Special_selector = 0xc00, Selector_op = 0xf, Selector_drop = 8, Selector_cached = 1;

template <class T> T read(T const &field)
{
  return __atomic_load_n(&field, __ATOMIC_RELAXED);
}

/// A selector without operation bits in the state area is looked up once, then known as cached.
Errno cache_user_task(Thread &t)
{
  Thread_extension &ext = *t.extension();
  Word selector = read(ext.vcpu->user_task);
  bool look_up = !(selector & (Special_selector | Selector_op));
  if (!look_up && (selector & Selector_op) != Selector_drop) return Errno::Ok;

  Task *task = nullptr;
  if (look_up) {
    Cap cap = t.task()->obj().lookup(Cap_index(selector >> 12));
    if (cap && cap.object->type() == Kobject::Type::Vm)
      return Errno::Inval; // needs an extended vCPU
    if (cap && cap.object->type() == Kobject::Type::Task) task = static_cast<Task *>(cap.object);
    if (task && !(cap.flags & Cap_slot::S)) return Errno::Perm;
    ext.vcpu->user_task = selector | Selector_cached;
  }
  if (task) task->thread_bound();
  if (ext.user_task) ext.user_task->thread_gone();
  ext.user_task = task;
  return Errno::Ok;
}

} // namespace

static_assert(sizeof(Area::host_segments) == sizeof(User_segments));

// ---- operations -------------------------------------------------------------------------------

Outcome Vcpu::control(Thread &t, Invocation &call)
{
  if (call.tag.words() < 2) return Errno::Inval;
  if (call.mr(0) & Extended) return Errno::No_sys;
  Word address = call.mr(1);
  auto *area = static_cast<Area *>(t.ku_object(address, sizeof(Area)));
  if (!area) return Errno::Inval;
  if (!t.extend()) return Errno::No_mem;

  arch::sync_segments(t);
  area->version = Area::Version;
  area->user_ds32 = User_selector::Data;
  area->user_cs64 = User_selector::Code64;
  area->user_cs32 = User_selector::Code32;
  area->host_segments[0] = t.segments().fs_base;
  area->host_segments[1] = t.segments().gs_base;
  area->host_segments[2] = 0; // null selectors
  t._extension->vcpu = area;
  t._extension->vcpu_address = address;
  return Outcome::ok();
}

Outcome Vcpu::resume(Thread &t, Invocation &call)
{
  if (&call.caller != &t || !is_enabled(t)) return Errno::Inval;
  bool goes_on = call.continues(Steps::Resume);
  if (!goes_on)
    if (Errno error = cache_user_task(t); error != Errno::Ok) return error;
  if (call.tag.items()) {
    if (!t._extension->user_task) return Errno::No_ent;
    if (!goes_on) t._items.start(call.tag, t, true);
    auto status = t._items.step(t, t, call.rights);
    if (status == Item_transfer::Status::More) return Outcome::again();
    if (status != Item_transfer::Status::Done) return Ipc_error(status);
  }
  // the registers can be loaded only when those of the system call have been stored
  t.set_continuation(continue_resume);
  return Outcome::switched();
}

Thread *Vcpu::continue_resume(Thread &self)
{
  Thread_extension &ext = *self._extension;
  Area &area = *ext.vcpu;
  u16 state = read(area.saved_state);
  bool user_mode = state & Area::User_mode;
  bool message = (state & Area::Irq) && (read(area.sticky_flags) & Area::Irq_pending);
  if (!message) {
    if (user_mode) state |= Area::All_entries;
    area.state = state;
    if (user_mode && !ext.user_task) return Ipc::finish(self, reply_tag(Errno::No_ent));
  }
  memcpy(self.exception_state(), area.registers, sizeof area.registers);
  Fault::sanitize(self);
  if (message) { // as if it had come just when the saved state was loaded
    area.registers[offsetof(Frame, trapno) / sizeof(Word)] = Trap_message;
    area.registers[offsetof(Frame, error) / sizeof(Word)] = 0;
    area.state = read(area.state) & u16(~(Area::All_entries | Area::User_mode));
    start_kernel_mode(self, user_mode);
    expect_message(self);
    return Ipc::receive(self, nullptr);
  }
  set_mode(self, user_mode, !user_mode || (state & Area::Fpu_enabled));
  return Ipc::leave(self);
}

// ---- modes ------------------------------------------------------------------------------------

bool Vcpu::takes(Thread const &t, u16 flag)
{
  return is_enabled(t) && (in_user_mode(t) || (read(t._extension->vcpu->state) & flag));
}

/// Everything in which vCPU user and kernel mode differ beside the registers. FPU registers stay
/// what they are; those of a kernel mode are put away from a user mode without FPU.
void Vcpu::set_mode(Thread &t, bool user_mode, bool fpu)
{
  t._extension->user_mode = user_mode;
  t._space = &running_task(t).mem();
  if (Cpu::self().current == &t) arch::load_space(t._space);
  if (fpu)
    t.clear_exit_flag(Thread::Fpu_off);
  else {
    arch::save_live_fpu(t);
    arch::forget_live_fpu(t);
    t.set_exit_flag(Thread::Fpu_off);
  }
  t.set_exit_flag(Thread::Complete | Thread::Reload_segments); // first: segments() holds what is to be loaded
  t.update_interception();
}

/// Store the interrupted registers and go on at the entry point.
void Vcpu::enter(Thread &t)
{
  Area &area = *t._extension->vcpu;
  u16 state = read(area.state);
  arch::sync_segments(t);
  t.complete_frame();
  area.saved_state = state;
  area.state = state & u16(~(Area::All_entries | Area::User_mode));
  memcpy(area.registers, t.exception_state(), sizeof area.registers);
  start_kernel_mode(t, in_user_mode(t) || (state & Area::User_mode));
}

/// The first registers of vCPU kernel mode. Those of the interrupted mode must not shine through,
/// except for the stack of a kernel mode.
void Vcpu::start_kernel_mode(Thread &t, bool from_user)
{
  Thread_extension &ext = *t._extension;
  Frame frame{};
  frame.rsp = from_user ? read(ext.vcpu->entry_sp) : t.frame().rsp;
  frame.rip = read(ext.vcpu->entry_ip);
  frame.rdi = ext.vcpu_address;
  frame.cs = User_selector::Code64;
  frame.ss = User_selector::Data;
  t.frame() = frame;
  if (from_user) memcpy(&t.segments(), ext.vcpu->host_segments, sizeof ext.vcpu->host_segments);
  Fault::sanitize(t);
  set_mode(t, false, true);
}

[[gnu::noinline]] Thread *Vcpu::enter_by_trap(Thread &self)
{
  enter(self);
  return Ipc::leave(self);
}

// ---- messages ---------------------------------------------------------------------------------

/// The entry goes on like an open wait without time: what it gets is in the frame, where a system
/// call's result would be, until finish_message() moves it.
void Vcpu::expect_message(Thread &t)
{
  t._call = {.tag = Msg_tag(), .timeouts = Timeout_pair::zero(), .op = Op::Receive | Op::Open_wait};
  t._explicit_wait = false;
  t._partner_id = 0;
  t._pending |= Thread::Vcpu_message;
}

void Vcpu::enter_for_message(Thread &t)
{
  t.frame().trapno = Trap_message;
  t.frame().error = t.frame().pfa = 0;
  enter(t);
  expect_message(t);
}

Thread *Vcpu::finish_message(Thread &self)
{
  Area &area = *self._extension->vcpu;
  self._pending &= u8(~Thread::Vcpu_message);
  area.label = self.frame().rsi;
  area.tag = self.frame().rax;
  self.frame().rsi = self.frame().rax = 0;
  return Ipc::leave(self);
}

/// Only user code can be interrupted: a thread that is ready, has nothing left to do in the kernel,
/// and is not in a system call right now. Senders that came before are served first.
bool Vcpu::interrupt(Thread &t)
{
  if (!is_enabled(t)) return false;
  bool in_system_call = Cpu::home_of(t).current == &t && !(t.exit_flags() & Thread::Complete);
  if (!t.is_ready() || t.has_continuation() || in_system_call || !t._senders.is_empty() ||
      !takes(t, Area::Irq))
    return false;
  enter_for_message(t);
  Cpu::home_of(t).make_unready(t);
  t._state = Thread::State::Receiving;
  return true;
}

/// A sender had to queue: the user learns of it by the sticky flag, or by an entry as soon as the
/// thread is back in its user code.
void Vcpu::sender_queued(Thread &t)
{
  if (!is_enabled(t)) return;
  __atomic_fetch_or(&t._extension->vcpu->sticky_flags, Area::Irq_pending, __ATOMIC_RELAXED);
  t._pending |= Thread::Vcpu_senders;
  if (t.is_ready() && !t.has_continuation()) t.set_continuation(Fault::pending(t));
}

void Vcpu::receive_over(Thread &t)
{
  if (is_enabled(t) && t._senders.is_empty())
    __atomic_fetch_and(&t._extension->vcpu->sticky_flags, u16(~Area::Irq_pending),
                       __ATOMIC_RELAXED);
}

Thread *Vcpu::receive_queued(Thread &self)
{
  self._pending &= u8(~Thread::Vcpu_senders);
  if (!takes(self, Area::Irq) || self._senders.is_empty()) return Ipc::leave(self);
  enter_for_message(self);
  return Ipc::receive(self, nullptr);
}
