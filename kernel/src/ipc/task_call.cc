// SPDX-License-Identifier: MIT
// Operations on tasks that map or unmap one small page, or unmap one capability, at once. Everything
// else, and whatever is unusual, goes the general way (obj/task.cc) with the state untouched.
#include "ipc/entry.h"
#include "ipc/system_call.h"
#include "obj/task.h"

namespace {

Task &task_of(Word entry) { return static_cast<Task &>(*Cap_slot::decode(entry).object); }

} // namespace

Thread *System_call::map_page(Thread &self, Word tag, Word selector, Word entry)
{
  Utcb &utcb = self.utcb();
  Send_item control(utcb.read_mr(1));
  Fpage page(utcb.read_mr(2)), source(utcb.read_mr(4));
  bool possible = page.is_one_page() && !control.is_grant() && utcb.read_mr(3) && source.type() == Fpage::Type::Obj;
  Cap from = Cap_slot::decode(possible ? self._task->obj().entry_of(source.raw()) : 0);
  if (!from || from.object->type() != Kobject::Type::Task ||
      !Mem_space::map_page(static_cast<Task *>(from.object)->mem(), page.address(), task_of(entry).mem(),
                           trunc_to(control.hot_spot(), Page_shift), control, page.rights()))
    return sys_object(&self, tag, selector, entry);
  self.frame().rax = reply_tag(0).raw();
  return &self;
}

Thread *System_call::unmap_page(Thread &self, Word tag, Word selector, Word entry)
{
  Utcb &utcb = self.utcb();
  Word mask = utcb.read_mr(1);
  Fpage page(utcb.read_mr(2));
  u8 access_flags;
  Tlb_batch tlb;
  if (!page.is_one_page() || !(mask & Unmap_item::All_spaces) ||
      !task_of(entry).mem().unmap_page(page.address(), access_flags, tlb))
    return sys_object(&self, tag, selector, entry);
  tlb.flush_local();
  Hold::flush(tlb.remote_cpus());
  utcb.mr[2] = page.with_rights(access_flags).raw();
  self.frame().rax = reply_tag(0, 3).raw();
  return &self;
}

Thread *System_call::unmap_capability(Thread &self, Task &task, Fpage slot)
{
  Utcb &utcb = self.utcb();
  Word mask = utcb.read_mr(1);
  utcb.mr[2] = slot.with_rights(0).raw();
  if (mask & Unmap_item::All_spaces)
    if (Kobject *last = task.obj().unmap_slot(slot, mask & Unmap_item::Delete_obj))
      Cpu::self().reclaimer.bury_at_once(*last, self);
  return Ipc::finish(self, reply_tag(0, 3));
}

Thread *System_call::task_operation(Thread &self, Word tag, Word selector, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  constexpr Word Plain = Word(Proto::Task) << 16 | 3;
  Word op = self.utcb().read_mr(0);
  bool is_alive = cap.object->type() == Kobject::Type::Task;
  if (is_alive && op == Task::Op_unmap && tag == Plain) {
    Fpage page(self.utcb().read_mr(2));
    if (page.type() != Fpage::Type::Obj) return unmap_page(self, tag, selector, entry);
    if (page.order() == 0) return unmap_capability(self, task_of(entry), page);
  } else if (is_alive && op == Task::Op_map && tag == (Plain | One_item) && cap.flags & Cap_slot::W) {
    return map_page(self, tag, selector, entry);
  }
  return sys_object(&self, tag, selector, entry);
}
