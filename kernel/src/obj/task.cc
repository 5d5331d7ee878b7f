// SPDX-License-Identifier: MIT
#include "obj/task.h"

#include "ipc/reply_table.h"
#include "jdb/trace.h"
#include "obj/item_object.h"
#include "obj/operation.h"
#include "sched/cpu.h"

#include <string.h>

namespace {

constexpr Word Special_selector = 0xc00;

/// No CPU uses any longer what the step removed.
void flush(Tlb_batch &tlb)
{
  tlb.flush_local();
  Hold::flush(tlb.remote_cpus());
}

} // namespace

// ---- life -------------------------------------------------------------------------------------

Task *Task::create(Quota &quota, Map_space::Identity identity)
{
  Task *task = Slab_of<Task>::create(quota);
  if (!task) return nullptr;
  if (!task->_mem.init(quota, identity)) {
    Slab_of<Task>::destroy(*task);
    return nullptr;
  }
  task->_io.init(quota, identity);
  return task;
}

/// A dead task with threads first lets go of all it holds. Its tables stay until the last bound thread is gone: such a
/// thread may still run, fault, and receive. Without threads all goes at once; that there are none is known
/// only when all CPUs are outside of their transactions, which may bind one: in free().
bool Task::dismantle()
{
  if (_stage == Stage::Whole) return true;
  Tlb_batch tlb;
  Budget budget;
  bool done;
  Stage rest = _replies ? Stage::Replies : Stage::Gone; // what needs a step of its own
  do {
    done = dismantle_step(budget, tlb);
    if (done) _stage = Stage(u8(_stage) + 1);
  } while (done && _stage > Stage::Bound && _stage < rest && !budget.is_spent());
  flush(tlb);
  return _stage == Stage::Bound || _stage == Stage::Gone;
}

bool Task::dismantle_step(Budget &budget, Tlb_batch &tlb)
{
  switch (_stage) {
  case Stage::Contents: return unmap_step(*this, _everything, _space) == Step::Done;
  case Stage::Capabilities: return _obj.clear(quota(), budget) == Step::Done;
  case Stage::Io_ports: return _io.clear(budget, tlb) == Step::Done;
  case Stage::Tables:
    if (Cpu::self().loaded_space == &_mem) arch::load_space(nullptr);
    // no thread uses it: who has it loaded is idle and lets go of it
    Hold::flush(_mem.active_cpus());
    return _mem.clear(budget, tlb) == Step::Done;
  case Stage::Replies: return !_replies || _replies->clear(quota(), _replies_cleared);
  default: return true;
  }
}

void Task::thread_gone()
{
  if (__atomic_sub_fetch(&_users, 1, __ATOMIC_ACQ_REL)) return;
  _stage = Stage::Capabilities; // those that came in the meantime
  Cpu::self().reclaimer.add(*this, true);
}

void Task::free()
{
  if (_stage == Stage::Whole && _users > 1) {
    _stage = Stage::Contents;
    return Cpu::self().reclaimer.add(*this, true);
  }
  if (_stage <= Stage::Bound) return thread_gone();
  if (_replies) _replies->free(quota());
  Slab_of<Task>::destroy(*this);
}

Reply_slot *Task::reply_slot(Word index, bool create)
{
  if (index >= Reply_table::Slot_count) return nullptr;
  if (!_replies) {
    if (!create) return nullptr;
    _replies = Reply_table::create(quota());
  }
  return _replies ? _replies->slot(index, create ? &quota() : nullptr) : nullptr;
}

// ---- steps ------------------------------------------------------------------------------------

Step map_step(Task &from, Task &to, Map_item &item)
{
  jdb::trace(jdb::Trace::Map, nullptr, item.send.raw(), &to);
  Fpage::Type type = item.send.type();
  if (type == Fpage::Type::Obj) return Obj_space::map(from.obj(), to.obj(), to.quota(), item);
  if (type == Fpage::Type::Special) return Step::Done;
  Tlb_batch tlb;
  Step step = type == Fpage::Type::Memory ? Mem_space::map(from.mem(), to.mem(), item, tlb)
                                          : Io_space::map(from.io(), to.io(), item, tlb);
  flush(tlb);
  return step;
}

Step unmap_step(Task &task, Unmap_item &item, Fpage::Type &space)
{
  jdb::trace(jdb::Trace::Unmap, nullptr, item.pages.raw(), &task);
  if (!item.pages.is_all_spaces()) space = item.pages.type();
  if (space == Fpage::Type::Obj) return task.obj().unmap(item);
  if (space == Fpage::Type::Special) return Step::Done;
  Tlb_batch tlb;
  Step step = space == Fpage::Type::Memory ? task.mem().unmap(item, tlb)
                                           : task.io().unmap(item, tlb);
  flush(tlb);
  if (step != Step::Done || !item.pages.is_all_spaces()) return step;
  space = Fpage::Type(u8(space) + 1); // memory, then ports, then objects
  item.progress = 0;
  return Step::More;
}

// ---- operations (abi/kernel-objects.md section 2) -----------------------------------------------

Outcome Task::op_map(Invocation &call)
{
  Item<Task> source(call);
  if (!source) return source.error();
  Map_item &map = call.caller.work().map;
  if (!call.continues(Steps::Map)) {
    Fpage send(call.mr(2));
    bool pass_s = call.rights & source.rights() & Cap_slot::S;
    if (send.type() == Fpage::Type::Obj && !pass_s)
      send = send.with_rights(send.rights() & ~Fpage::Cap_s);
    bool too_small = send.type() == Fpage::Type::Memory && send.order() < Page_shift;
    if (send.type() == Fpage::Type::Special || too_small) return Outcome::ok();
    map = Map_item::into(Fpage(Fpage::All_spaces), send, Send_item(call.mr(1)));
  }
  Step step = map_step(*source, *this, map);
  if (step == Step::No_memory)
    return Ipc_error::Send_map_failed; // the destination has no memory left for tables
  return step == Step::More ? Outcome::again() : Outcome::ok();
}

/// Words come back as sent, with the access flags in place of the rights.
Outcome Task::op_unmap(Invocation &call)
{
  unsigned words = call.tag.words();
  Operation_progress &progress = call.caller.progress();
  Unmap_item &item = call.caller.work().unmap;
  auto start = [&](unsigned index) {
    Word mask = call.mr(1);
    bool own = mask & Unmap_item::All_spaces;
    progress.index = u8(index);
    progress.space = Fpage::Type::Memory;
    item = {.pages = Fpage(call.mr(index)),
            .own = own,
            .delete_obj = own && (mask & Unmap_item::Delete_obj)};
  };
  if (!call.continues(Steps::Unmap)) start(2);
  if (progress.index >= words) return reply_tag(0, words);

  if (unmap_step(*this, item, progress.space) == Step::Done) {
    call.utcb.mr[progress.index] = item.pages.with_rights(item.access_flags).raw();
    if (progress.index + 1u >= words) return reply_tag(0, words);
    start(progress.index + 1);
  }
  return Outcome::again();
}

Outcome Task::op_cap_info(Invocation &call)
{
  if (call.tag.words() == 2) return reply_tag(cap_valid(call.mr(1)));
  if (call.tag.words() != 3) return Errno::Inval;
  Word a = call.mr(1), b = call.mr(2);
  if ((a | b) & Special_selector) return reply_tag(a >> 10 == b >> 10);
  if (a >> 12 == b >> 12) return reply_tag(1);
  Cap ca = _obj.lookup(Cap_index(a >> 12)), cb = _obj.lookup(Cap_index(b >> 12));
  bool is_gate = ca && ca.object->type() == Type::Ipc_gate;
  u8 compared = Cap_slot::W | Cap_slot::S | (is_gate ? Cap_slot::Server : 0);
  return reply_tag(ca.object == cb.object && !((ca.flags ^ cb.flags) & compared));
}

Outcome Task::op_add_ku_mem(Invocation &call)
{
  Operation_progress &progress = call.caller.progress();
  unsigned words = call.tag.words();
  if (!call.continues(Steps::Add_ku_mem)) progress.index = 1;
  if (progress.index >= words) return reply_tag(0);
  Fpage area(call.mr(progress.index));
  Result<Step> added = _mem.add_ku_mem(area);
  if (!added) return {added.error(), added.site()};
  if (*added == Step::More) return Outcome::again();
  call.utcb.mr[progress.index++] = Mem_space::ku_area(area).raw();
  if (progress.index < words) return Outcome::again();
  // the answers start at the first word, where the opcode was needed until now
  memmove(&call.utcb.mr[0], &call.utcb.mr[1], (words - 1) * sizeof(Word));
  return reply_tag(0, words - 1);
}

Outcome Task::invoke(Invocation &call)
{
  static constexpr Operation Operations[] = {
      {Op_map, Cap_slot::W, any_words, by<&Task::op_map>},
      {Op_unmap, 0, any_words, by<&Task::op_unmap>},
      {Op_cap_info, 0, any_words, by<&Task::op_cap_info>},
      {Op_add_ku_mem, 0, any_words, by<&Task::op_add_ku_mem>},
  };
  if (call.tag.label() != Proto::Task) return Errno::Bad_proto;
  return serve(Operations, {.without_words = Opcode::Unchecked}, *this, call);
}
