// SPDX-License-Identifier: MIT
#include "ipc/item_transfer.h"

#include "obj/ipc_gate.h"
#include "obj/task.h"
#include "obj/thread.h"
#include "sched/cpu.h"

namespace {

/// Bits 2..1 of a return item (abi/ipc.md section 3).
enum Return : Word { Mapped = 0, Nothing = 2, Local_id = 4, Flexpage = 6 };

/// Items without a mapping handled in one step before interrupts get a chance. A mapping has a step's budget for itself.
constexpr unsigned Items_per_step = 4;

} // namespace

void Item_transfer::start(Msg_tag tag, Thread const &receiver, Task *into)
{
  _into = into;
  _mr = u8(tag.words());
  _left = u8(tag.items());
  _mapping = _compound = false;
  _kernel_buffers = receiver.message() != Thread::Message::User;
  Utcb const &utcb = receiver.utcb();
  _cursor[unsigned(Fpage::Type::Memory)] = u8(utcb.first_mem_buffer());
  _cursor[unsigned(Fpage::Type::Io)] = u8(utcb.first_io_buffer());
  _cursor[unsigned(Fpage::Type::Obj)] = u8(utcb.first_obj_buffer());
  if (_kernel_buffers) _cursor[1] = _cursor[2] = _cursor[3] = 0;
}

/// Write a return item at the place of the current item. The first two message registers of
/// a page-faulting thread keep what the user had in them.
void Item_transfer::write_return(Thread &receiver, Word type_bits, Word second)
{
  using Message = Thread::Message;
  if (_into) return;
  unsigned first_writable =
    receiver.message() == Message::Page_fault || receiver.message() == Message::Io_fault ? 2 : 0;
  if (_mr >= first_writable) receiver.utcb().mr[_mr] = _map.control.answer(_map.send) | type_bits;
  if (_mr + 1u >= first_writable && type_bits >= Local_id) receiver.utcb().mr[_mr + 1] = second;
}

/// Take the next receive buffer for items of this type; false if there is none.
bool Item_transfer::fetch_buffer(Thread &receiver, Fpage::Type type)
{
  u8 &cursor = _cursor[unsigned(type)];
  _buffer = {.window = Fpage(Fpage::All_spaces)};
  if (_into) return true;
  if (_kernel_buffers) return cursor++ == 0;

  Utcb const &utcb = receiver.utcb();
  if (cursor >= Utcb::Br_count) return false;
  Word item = utcb.read_br(cursor++);
  if (!(item & Buffer_item::Map)) return false;
  if (item & Buffer_item::Small) {
    _buffer.window = Fpage(Fpage::Type::Obj, item, 0, Fpage::All);
    _buffer.local_id = (item & Buffer_item::Local_id) && !(item & Buffer_item::Forward);
  } else {
    if (cursor >= Utcb::Br_count) return false;
    _buffer.window = Fpage(utcb.read_br(cursor++));
  }
  if (!(item & Buffer_item::Forward)) return true;

  if (cursor >= Utcb::Br_count) return false;
  _buffer.forwards = true;
  _buffer.destination = Cap_index(utcb.read_br(cursor++) >> 12);
  return destination(receiver);
}

/// The task that receives the mapping; null if the receiver may not map into the one it named.
Task *Item_transfer::destination(Thread &receiver) const
{
  if (_into) return _into;
  if (!_buffer.forwards) return receiver.task();
  Cap cap = receiver.task()->obj().lookup(_buffer.destination);
  bool is_task = cap && (cap.object->type() == Kobject::Type::Task ||
                         cap.object->type() == Kobject::Type::Vm);
  return is_task && (cap.flags & Cap_slot::W) ? static_cast<Task *>(cap.object) : nullptr;
}

/// If the receiver asked for it, pass a name that it knows instead of a capability.
bool Item_transfer::deliver_id(Thread &sender, Thread &receiver, Fpage fpage)
{
  if (!_buffer.local_id || fpage.type() != Fpage::Type::Obj) return false;
  if (sender.task() == receiver.task()) {
    write_return(receiver, Flexpage, fpage.raw());
    return true;
  }
  Cap cap = sender.task()->obj().lookup(Cap_index(fpage.index()));
  if (!cap || cap.object->type() != Kobject::Type::Ipc_gate) return false;
  auto *gate = static_cast<Ipc_gate *>(cap.object);
  Thread *owner = gate->thread();
  if (!owner || owner->task() != receiver.task()) return false;
  Word rights = cap.flags & fpage.rights() & (Cap_slot::W | Cap_slot::S);
  write_return(receiver, Local_id, gate->label() | rights);
  return true;
}

Item_transfer::Next Item_transfer::begin_item(Thread &sender, Thread &receiver, u8 rights)
{
  if (_mr + 2u > Utcb::Mr_count) return Next::Cut;
  Send_item control(sender.utcb().read_mr(_mr));
  Fpage fpage(sender.utcb().read_mr(_mr + 1));
  if (control.is_void()) {
    _map = {};
    write_return(receiver, Mapped, 0);
    return Next::Handled;
  }
  if (!control.is_map() || fpage.type() == Fpage::Type::Special) return Next::Cut;
  if (!(_compound && fpage.type() == _buffer_type) && !fetch_buffer(receiver, fpage.type()))
    return Next::Cut;
  _compound = control.is_compound();
  _buffer_type = fpage.type();

  bool pass_s = rights & Cap_slot::S;
  if (fpage.type() == Fpage::Type::Obj && !pass_s)
    fpage = fpage.with_rights(fpage.rights() & ~Fpage::Cap_s);
  _map = {.send = fpage, .window = _buffer.window, .control = control};
  if (!pass_s) _map.rights_mask = Fpage::All & ~Fpage::Cap_s;
  if (deliver_id(sender, receiver, fpage)) return Next::Handled;

  bool fits = _buffer.window.is_all_spaces() || _buffer.window.type() == fpage.type();
  if (!fits || (fpage.type() == Fpage::Type::Memory && fpage.order() < Page_shift)) {
    write_return(receiver, Mapped, 0); // skipped without an error
    return Next::Handled;
  }
  return Next::Ready;
}

Item_transfer::Status Item_transfer::step(Thread &sender, Thread &receiver, u8 rights)
{
  for (unsigned n = 0; n < Items_per_step; ++n) {
    if (!_mapping) {
      if (!_left) return Status::Done;
      Next next = begin_item(sender, receiver, rights);
      if (next == Next::Cut) return Status::Cut;
      _mapping = next == Next::Ready;
    }
    if (_mapping) {
      Task *to = destination(receiver);
      if (!to) return Status::Cut;
      Step step = map_step(*sender.task(), *to, _map);
      if (step == Step::More) return Status::More;
      if (step == Step::No_memory) return Status::No_memory;
      write_return(receiver, _map.mapped ? Mapped : Nothing, 0);
    }
    _mr += 2;
    --_left;
    if (_mapping) break;
  }
  _mapping = false;
  return _left ? Status::More : Status::Done;
}
