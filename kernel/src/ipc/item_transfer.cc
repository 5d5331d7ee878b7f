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

void Item_transfer::start(Msg_tag tag, Thread const &receiver, bool to_user_task)
{
  _mr = u8(tag.words());
  _left = u8(tag.items());
  _mapping = _compound = false;
  _to_user_task = to_user_task;
  _kernel_buffers = receiver.message() != Thread::Message::User;
  Utcb const &utcb = receiver.utcb();
  _cursor[unsigned(Fpage::Type::Memory) - 1] = _kernel_buffers ? 0 : u8(utcb.first_mem_buffer());
  _cursor[unsigned(Fpage::Type::Io) - 1] = _kernel_buffers ? 0 : u8(utcb.first_io_buffer());
  _cursor[unsigned(Fpage::Type::Obj) - 1] = _kernel_buffers ? 0 : u8(utcb.first_obj_buffer());
}

/// The nth word of the return item of the current item. The first two message registers of a page-faulting thread keep
/// what the user had in them.
void Item_transfer::write_return(Thread &receiver, unsigned n, Word value) const
{
  using Message = Thread::Message;
  unsigned first_writable =
      receiver.message() == Message::Page_fault || receiver.message() == Message::Io_fault ? 2 : 0;
  if (!_to_user_task && _mr + n >= first_writable) receiver.utcb().mr[_mr + n] = value;
}

/// The current buffer; false if there is none, or the receiver may not map into the task it names.
bool Item_transfer::read_buffer(Thread &receiver, Buffer &buffer) const
{
  buffer.task = _to_user_task ? receiver.extension()->user_task : receiver.task();
  if (_to_user_task || _kernel_buffers) return true;

  unsigned at = _buffer;
  auto read = [&](Word &word) {
    if (at < Utcb::Br_count) word = receiver.utcb().read_br(at);
    return at++ < Utcb::Br_count;
  };
  Word item, second, selector;
  if (!read(item) || !(item & Buffer_item::Map)) return false;
  bool small = item & Buffer_item::Small, forwards = item & Buffer_item::Forward;
  if ((!small && !read(second)) || (forwards && !read(selector))) return false;
  buffer.window = small ? Fpage(Fpage::Type::Obj, item, 0, Fpage::All) : Fpage(second);
  buffer.local_id = small && item & Buffer_item::Local_id && !forwards;
  buffer.words = at - _buffer;
  if (!forwards) return true;
  Cap cap = receiver.task()->obj().lookup(Cap_index(selector >> 12));
  bool is_task = cap && (cap.object->type() == Kobject::Type::Task ||
                         cap.object->type() == Kobject::Type::Vm);
  if (!is_task || !(cap.flags & Cap_slot::W)) return false;
  buffer.task = static_cast<Task *>(cap.object);
  return true;
}

/// Take the next buffer for items of this type, unless a compound item left one. For a fault there is one.
bool Item_transfer::next_buffer(Thread &receiver, Fpage::Type type, Buffer &buffer)
{
  if (_compound && u8(type) == _buffer_type) return read_buffer(receiver, buffer);
  u8 &cursor = _cursor[unsigned(type) - 1];
  if (_kernel_buffers && cursor++) return false;
  _buffer = cursor;
  _buffer_type = u8(type) & 3;
  bool found = read_buffer(receiver, buffer);
  cursor = u8(cursor + buffer.words);
  return found;
}

/// If the receiver asked for it, pass a name that it knows instead of a capability.
bool Item_transfer::deliver_id(Thread &sender, Thread &receiver, Fpage fpage, Word answer)
{
  Word id = fpage.raw();
  if (sender.task() == receiver.task()) {
    answer |= Flexpage;
  } else {
    Cap cap = sender.task()->obj().lookup(Cap_index(fpage.index()));
    if (!cap || cap.object->type() != Kobject::Type::Ipc_gate) return false;
    auto *gate = static_cast<Ipc_gate *>(cap.object);
    Thread *owner = gate->thread();
    if (!owner || owner->task() != receiver.task()) return false;
    answer |= Local_id;
    id = gate->label() | (cap.flags & fpage.rights() & (Cap_slot::W | Cap_slot::S));
  }
  write_return(receiver, 0, answer);
  write_return(receiver, 1, id);
  return true;
}

Item_transfer::Next Item_transfer::begin_item(Thread &sender, Thread &receiver, u8 rights)
{
  if (_mr + 2u > Utcb::Mr_count) return Next::Cut;
  Send_item control(sender.utcb().read_mr(_mr));
  Fpage fpage(sender.utcb().read_mr(_mr + 1));
  if (control.is_void()) {
    write_return(receiver, 0, 0);
    return Next::Handled;
  }
  Buffer buffer;
  if (!control.is_map() || fpage.type() == Fpage::Type::Special ||
      !next_buffer(receiver, fpage.type(), buffer))
    return Next::Cut;
  _compound = control.is_compound();

  bool is_object = fpage.type() == Fpage::Type::Obj;
  if (is_object && !(rights & Cap_slot::S)) fpage = fpage.with_rights(fpage.rights() & ~Fpage::Cap_s);
  Word answer = control.answer(fpage);
  if (buffer.local_id && is_object && deliver_id(sender, receiver, fpage, answer))
    return Next::Handled;

  bool fits = buffer.window.is_all_spaces() || buffer.window.type() == fpage.type();
  if (!fits || (fpage.type() == Fpage::Type::Memory && fpage.order() < Page_shift)) {
    write_return(receiver, 0, answer | Mapped); // skipped without an error
    return Next::Handled;
  }
  write_return(receiver, 0, answer | Nothing);
  sender.work().map = Map_item::into(buffer.window, fpage, control);
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
      Map_item &map = sender.work().map;
      Buffer buffer;
      if (!read_buffer(receiver, buffer)) return Status::Cut;
      Step step = map_step(*sender.task(), *buffer.task, map);
      if (step == Step::More) return Status::More;
      if (step == Step::No_memory) return Status::No_memory;
      if (map.mapped()) write_return(receiver, 0, receiver.utcb().read_mr(_mr) & ~Word{Nothing});
    }
    _mr += 2;
    --_left;
    if (_mapping) break;
  }
  _mapping = false;
  return _left ? Status::More : Status::Done;
}
