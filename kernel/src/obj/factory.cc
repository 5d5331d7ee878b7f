// SPDX-License-Identifier: MIT
#include "obj/factory.h"

#include "obj/ipc_gate.h"
#include "obj/irq.h"
#include "obj/item_object.h"
#include "obj/semaphore.h"
#include "obj/task.h"
#include "obj/thread.h"

namespace {

/// Control word of the item that stands for the new capability.
constexpr Word Return_item = 0x38;
constexpr Word Max_limit = (Word{1} << 63) - 1;
constexpr u8 All_rights = Cap_slot::W | Cap_slot::S | Cap_slot::D | Cap_slot::Server;

/// Index of the slot in which the caller wants the new capability, from its first object buffer.
bool receive_slot(Invocation &call, Cap_index &index)
{
  unsigned br = call.utcb.first_obj_buffer(); // of five bits
  Word item = call.utcb.read_br(br);
  bool is_small = item & Buffer_item::Small;
  Fpage window(is_small ? item : call.utcb.read_br(br + 1));
  index = Cap_index(window.index());
  return item & Buffer_item::Map && (is_small || window.type() == Fpage::Type::Obj);
}

} // namespace

Factory *Factory::create(Quota &parent, Word limit)
{
  Quota_guard charge(parent, limit);
  void *memory = charge ? Slab_of<Factory>::alloc(parent) : nullptr;
  if (!memory) return nullptr;
  charge.keep();
  return new (memory) Factory(parent, limit);
}

Factory *Factory::create_root(void *memory)
{
  static constinit Quota nobody{Quota::Unlimited};
  return new (memory) Factory(nobody, Quota::Unlimited);
}

void Factory::idle()
{
  Quota &parent = quota();
  Word limit = this->limit();
  this->~Factory();
  Slab_of<Factory>::free(this, parent);
  parent.refund(limit);
}

Result<Kobject *> Factory::create_gate(Invocation &call)
{
  Thread *server = nullptr;
  Word label = 0;
  if (call.tag.items()) {
    Item<Thread> thread(call);
    if (!thread) return Errno::Inval; // the item names no thread
    if (!(thread.rights() & Cap_slot::S)) return Errno::Perm;
    if (call.tag.words() < 3) return Errno::Msg_too_short;
    label = call.mr(2);
    if (label & 3) return Errno::Inval;
    server = &*thread;
  }
  Ipc_gate *gate = Slab_of<Ipc_gate>::create(*this);
  if (gate && server) gate->bind(*server, label);
  return gate;
}

// All memory is taken in the first step, whose budget affords the four tables of an empty space:
// once the task can be found, its creation cannot fail.
Result<Kobject *> Factory::create_task(Invocation &call, Step &step)
{
  if (call.tag.words() < 3) return Errno::Inval;
  Fpage area(call.mr(2));
  if (area.raw() != 0 && !Mem_space::is_ku_area(area)) return Errno::Inval;
  Task *task = Task::create(*this);
  if (!task) return Errno::No_mem; // quota or kernel memory exhausted
  if (area.raw() == 0) return task;

  Result<Step> added = task->mem().add_ku_mem(area);
  if (!added) {
    task->die();
    return {added.error(), added.site()};
  }
  step = *added;
  return task;
}

// A step after the first: kernel-user memory takes time to clear. The caller may have changed its arguments, or lost
// the task, meanwhile: it may always do to a task of its own what is done here.
Outcome Factory::go_on_with_task(Invocation &call, Cap_index slot)
{
  Cap cap = call.caller.task()->obj().lookup(slot);
  if (cap && cap.object->type() == Kobject::Type::Task) {
    Result<Step> added = static_cast<Task *>(cap.object)->mem().add_ku_mem(Fpage(call.mr(2)));
    if (added && *added == Step::More) return Outcome::again();
  }
  return created_task(call);
}

Outcome Factory::created_task(Invocation &call)
{
  Fpage area(call.mr(2));
  unsigned words = area.raw() != 0;
  if (words) call.utcb.mr[0] = Mem_space::ku_area(area).raw();
  call.utcb.mr[words] = Return_item;
  return reply_tag(0, words, 1);
}

Result<Kobject *> Factory::create_factory(Invocation &call)
{
  if (call.tag.words() < 3) return Errno::Msg_too_short;
  if (call.tag.words() > 3 || call.tag.items()) return Errno::Msg_too_long;
  Word limit = call.mr(2);
  if (limit == 0 || limit >= Max_limit) return Errno::No_mem;
  return Factory::create(*this, limit);
}

Result<Kobject *> Factory::create_object(Invocation &call, i64 type, Step &step)
{
  switch (type) {
  case Proto::None:
  case Proto::Kobject: return create_gate(call);
  case Proto::Task: return create_task(call, step);
  case Proto::Thread: return Thread::create(*this);
  case Proto::Factory: return create_factory(call);
  case Proto::Irq_sender: return Slab_of<Irq>::create(*this);
  case Proto::Semaphore: return Slab_of<Semaphore>::create(*this);
  default: return Errno::No_dev; // there is no such type of object
  }
}

Outcome Factory::invoke(Invocation &call)
{
  if (call.tag.label() != Proto::Factory) return Errno::Bad_proto;
  if (!(call.rights & Cap_slot::S)) return Errno::Perm;
  if (!call.tag.words()) return Errno::Msg_too_short;
  if (!call.receives()) return Outcome::ok(); // nowhere to put the result
  Cap_index slot;
  if (!receive_slot(call, slot)) return Ipc_error::Receive_cut; // no buffer register offers a slot
  if (call.continues(Steps::Create_task)) return go_on_with_task(call, slot);

  Task &task = *call.caller.task();
  i64 type = i64(call.mr(0));
  if (type == Proto::Task && task.obj().add_page_of(slot, task.quota())) {
    call.begin_anew(); // both would be too much for one step
    return Outcome::again();
  }
  Step step = Step::Done;
  Result<Kobject *> object = create_object(call, type, step);
  if (!object) return {object.error(), object.site()};
  if (!*object) return Errno::No_mem; // quota or kernel memory exhausted
  if (!task.obj().put(slot, task.quota(), **object, All_rights)) {
    (*object)->die();
    return Errno::No_mem; // the slot is out of range, or its task has no memory left for it
  }
  if (step == Step::More) return Outcome::again();
  if (type == Proto::Task) return created_task(call);
  call.utcb.mr[0] = Return_item;
  return reply_tag(0, 0, 1);
}
