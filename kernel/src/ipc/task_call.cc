// SPDX-License-Identifier: MIT
// Operations on tasks that map or unmap one small page, or unmap one capability, at once. Everything
// else, and whatever is unusual, goes the general way (obj/task.cc) with the state untouched.
#include "ipc/entry.h"
#include "ipc/system_call.h"
#include "obj/task.h"

bool System_call::map_page(Thread &self, Task &to)
{
  Utcb &utcb = self.utcb();
  Send_item control(utcb.read_mr(1));
  Fpage page(utcb.read_mr(2)), source(utcb.read_mr(4));
  if (!page.is_one_page() || control.is_grant() || !utcb.read_mr(3)) return false;
  if (source.type() != Fpage::Type::Obj) return false;
  Cap from = self._task->obj().lookup_raw(Cap_index(source.index()));
  if (!from || from.object->type() != Kobject::Type::Task) return false;
  bool mapped =
      Mem_space::map_page(static_cast<Task *>(from.object)->mem(), page.address(), to.mem(),
                          trunc_to(control.hot_spot(), Page_shift), control, page.rights());
  if (mapped) self.frame().rax = reply_tag(0).raw();
  return mapped;
}

bool System_call::unmap_page(Thread &self, Task &task)
{
  Utcb &utcb = self.utcb();
  Word mask = utcb.read_mr(1);
  Fpage page(utcb.read_mr(2));
  u8 access_flags;
  Tlb_batch tlb;
  if (!page.is_one_page() || !(mask & Unmap_item::All_spaces)) return false;
  if (!task.mem().unmap_page(page.address(), access_flags, tlb)) return false;
  tlb.flush_local();
  Hold::flush(tlb.remote_cpus());
  utcb.mr[2] = page.with_rights(access_flags).raw();
  self.frame().rax = reply_tag(0, 3).raw();
  return true;
}

Thread *System_call::task_operation(Thread &self, Word tag, Word selector, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  if (cap.object->type() != Kobject::Type::Task) // it has died
    return sys_object(&self, tag, selector, entry);
  Task &task = static_cast<Task &>(*cap.object);
  constexpr Word Plain = Word(Proto::Task) << 16 | 3;
  Word op = self.utcb().read_mr(0);
  if (op == Task::Op_map && tag == (Plain | One_item) && cap.flags & Cap_slot::W) {
    if (map_page(self, task)) return &self;
  } else if (op == Task::Op_unmap && tag == Plain) {
    if (unmap_page(self, task)) return &self;
    if (unmap_capability(self, task)) return Ipc::finish(self, reply_tag(0, 3));
  }
  return sys_object(&self, tag, selector, entry);
}

bool System_call::unmap_capability(Thread &self, Task &task)
{
  Utcb &utcb = self.utcb();
  Fpage slot(utcb.read_mr(2));
  if (slot.order() != 0 || slot.type() != Fpage::Type::Obj) return false;
  Word mask = utcb.read_mr(1);
  if (mask & Unmap_item::All_spaces)
    task.obj().unmap_slot(Cap_index(slot.index()), slot.rights(), mask & Unmap_item::Delete_obj);
  utcb.mr[2] = slot.with_rights(0).raw();
  Cpu::self().reclaimer.bury_at_once(self);
  return true;
}
