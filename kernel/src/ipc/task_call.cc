// SPDX-License-Identifier: MIT
// Stage of the system call for tasks: one small page is mapped or unmapped at once. Everything else,
// and whatever is unusual, goes the general way (obj/task.cc) with the state untouched.
#include "ipc/entry.h"
#include "ipc/system_call.h"
#include "obj/task.h"
#include "sched/cpu.h"

namespace {

bool is_small_page(Fpage page)
{
  return page.type() == Fpage::Type::Memory && page.order() == Page_shift &&
         page.rights() & Fpage::R;
}

} // namespace

Word System_call::map_page(Thread &self, Task &to)
{
  Utcb &utcb = self.utcb();
  Send_item control(utcb.read_mr(1));
  Fpage page(utcb.read_mr(2)), source(utcb.read_mr(4));
  if (!is_small_page(page) || control.is_grant() || !utcb.read_mr(3)) return Fail;
  if (source.type() != Fpage::Type::Obj) return Fail;
  Cap from = self._task->obj().lookup_raw(Cap_index(source.index()));
  if (!from || from.object->type() != Kobject::Type::Task) return Fail;
  bool mapped =
      Mem_space::map_page(static_cast<Task *>(from.object)->mem(), page.address(), to.mem(),
                          trunc_to(control.hot_spot(), Page_shift), {control, page.rights()});
  return mapped ? reply_tag(0).raw() : Fail;
}

Word System_call::unmap_page(Thread &self, Task &task)
{
  Utcb &utcb = self.utcb();
  Word mask = utcb.read_mr(1);
  Fpage page(utcb.read_mr(2));
  u8 access_flags;
  Tlb_batch tlb;
  if (!is_small_page(page) || !(mask & Unmap_item::All_spaces)) return Fail;
  if (!task.mem().unmap_page(page.address(), access_flags, tlb)) return Fail;
  tlb.flush_local();
  Hold::flush(tlb.remote_cpus());
  utcb.mr[2] = page.with_rights(access_flags).raw();
  return reply_tag(0, 3).raw();
}

Thread *System_call::task(Thread &self, Word tag, Word entry)
{
  Cap cap = Cap_slot::decode(entry);
  Task &task = static_cast<Task &>(*cap.object);
  Word shape = tag & (Items | 63), result = Fail;
  if (i64(tag) >> 16 == Proto::Task) {
    Word op = self.utcb().read_mr(0);
    if (op == Task::Op_map && shape == (One_item | 3) && cap.flags & Cap_slot::W)
      result = map_page(self, task);
    else if (op == Task::Op_unmap && shape == 3)
      result = unmap_page(self, task);
  }
  if (result == Fail) return Ipc::invoke(self, tag, self._selector);
  self.frame().rax = result;
  return &self;
}

extern "C" Thread *sys_task(Thread *self, Word tag, Word cap)
{
  return System_call::task(*self, tag, cap);
}
