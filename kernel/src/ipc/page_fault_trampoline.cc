// SPDX-License-Identifier: MIT
#include "ipc/page_fault_trampoline.h"

#include "arch/arch.h"
#include "ipc/fault.h"
#include "ipc/ipc.h"

#include <string.h>

namespace {

enum Sub_op : Word { Setup, Resume, Reflect, Disable, Enable };
using Area = Trampoline_area;

} // namespace

static_assert(sizeof(Area::frame) == sizeof(Frame));

Outcome Page_fault_trampoline::control(Thread &t, Invocation &call)
{
  Word sub_op = call.mr(0) >> 16 & 0xffff;
  if (sub_op > Enable) return Errno::No_sys;
  unsigned words = sub_op == Setup ? 2 : 1;
  if (call.tag.words() < words) return Errno::Msg_too_short;
  if (call.tag.words() > words || call.tag.items()) return Errno::Msg_too_long;

  if (sub_op == Setup) {
    Word address = call.mr(1);
    auto *area = static_cast<Area *>(t.ku_object(address, sizeof(Area)));
    if (!area) return Errno::Inval;
    if (!t.extend()) return Errno::No_mem;
    t._extension->trampoline = area;
    t._extension->trampoline_address = address;
  }
  Thread_extension *ext = t._extension;
  bool has_area = ext && ext->trampoline, enabled = has_area && ext->trampoline_enabled;
  if (sub_op == Disable) {
    if (has_area) ext->trampoline_enabled = false;
    call.utcb.mr[0] = enabled;
    return reply_tag(0, 1);
  }
  bool resumes = sub_op == Resume || sub_op == Reflect;
  if (resumes && &call.caller != &t) return Errno::Perm;
  if (!has_area || (resumes && enabled)) return Errno::Inval;
  if (!resumes) {
    ext->trampoline_enabled = true;
    return Outcome::ok();
  }
  // the registers can be loaded only when those of the system call have been stored
  t.set_continuation(sub_op == Resume ? continue_resume : continue_reflect);
  return Outcome::switched();
}

[[gnu::noinline]] bool Page_fault_trampoline::take(Thread &self, Word word)
{
  Thread_extension *ext = self._extension;
  if (!ext || !ext->trampoline_enabled) return false;
  Area &area = *ext->trampoline;
  Frame &frame = self.frame();
  ext->trampoline_enabled = false;
  memcpy(area.frame, &frame, sizeof frame);
  area.saved_mr0 = self.utcb().read_mr(0);
  __atomic_fetch_or(&area.flags, Area::In_progress, __ATOMIC_RELAXED);
  frame.rip = __atomic_load_n(&area.ip, __ATOMIC_RELAXED);
  frame.rdi = ext->trampoline_address;
  frame.rsi = word;
  return true;
}

bool Page_fault_trampoline::defer_exception(Thread &t)
{
  Thread_extension *ext = t._extension;
  if (!ext || !ext->trampoline || ext->trampoline_enabled) return false;
  Word &flags = ext->trampoline->flags;
  if (!(__atomic_load_n(&flags, __ATOMIC_RELAXED) & Area::In_progress)) return false;
  __atomic_fetch_or(&flags, Area::Trigger_exception, __ATOMIC_RELAXED);
  return true;
}

void Page_fault_trampoline::restore(Thread &self)
{
  Area &area = *self._extension->trampoline;
  arch::sync_segments(self); // those are not part of the area
  memcpy(&self.frame(), area.frame, sizeof area.frame);
  Fault::sanitize(self);
  self.set_exit_flag(Thread::Complete);
  self.utcb().mr[0] = area.saved_mr0;
  self._extension->trampoline_enabled = true;
  Word flags = __atomic_exchange_n(&area.flags, 0, __ATOMIC_RELAXED);
  if (flags & Area::Trigger_exception) self._pending |= Thread::Triggered;
}

Thread *Page_fault_trampoline::continue_resume(Thread &self)
{
  restore(self);
  return Ipc::leave(self);
}

Thread *Page_fault_trampoline::continue_reflect(Thread &self)
{
  restore(self);
  self.frame().trapno = Fault::Trap_page_fault;
  return Fault::raise_exception(self);
}
