// SPDX-License-Identifier: MIT
// Messages about one page: a message with a small page of memory as its only item, the message of a
// page fault to a pager that waits for it, and the pager's answer. As in fast_path.cc, every condition
// that does not hold leaves the state untouched for the general way.
#include "ipc/entry.h"
#include "ipc/system_call_inline.h"
#include "obj/ipc_gate.h"
#include "obj/task.h"

namespace {

constexpr Word Item_is_map = 8, Item_small_or_forward = 3;

/// The two words of a typed item (abi/ipc.md section 3), read once.
struct Item {
  Send_item control;
  Fpage page;

  Item(Utcb const &utcb, unsigned mr) : control(utcb.read_mr(mr)), page(utcb.read_mr(mr + 1)) {}
  bool is_one_page() const
  {
    return control.is_map() && !control.is_grant() && page.type() == Fpage::Type::Memory &&
           page.order() == Page_shift && page.rights() & Fpage::R;
  }
  bool map(Thread &sender, Thread &receiver, Fpage window) const
  {
    Map_item item{.send = page, .window = window, .control = control};
    Placement where = Placement::of(item, 0);
    return Mem_space::map_page(sender.task()->mem(), where.from, receiver.task()->mem(), where.to,
                               control, page.rights());
  }
};

/// The receiver's first window for memory, if it is an ordinary one.
bool memory_window(Utcb const &utcb, Fpage &window)
{
  unsigned br = utcb.first_mem_buffer();
  if (br + 1 >= Utcb::Br_count) return false;
  if ((utcb.read_br(br) & (Item_is_map | Item_small_or_forward)) != Item_is_map) return false;
  window = Fpage(utcb.read_br(br + 1));
  return window.is_all_spaces() ||
         (window.type() == Fpage::Type::Memory && window.order() >= Page_shift);
}

} // namespace

bool System_call::pass_page(Thread &sender, Thread &receiver, Word tag)
{
  unsigned words = tag & 63;
  Fpage window;
  if ((tag & Items) != One_item || words + 2 > Utcb::Mr_count) return false;
  Item item(sender.utcb(), words);
  if (!item.is_one_page() || !memory_window(receiver.utcb(), window)) return false;
  if (!item.map(sender, receiver, window)) return false;
  // return item: mapped
  receiver.utcb().mr[words] = (item.control.raw() & ~Word{0xff6}) | (item.page.raw() & 0xff0);
  return true;
}

Word System_call::call_with_page(Thread &self, Word tag, Word selector, Word entry)
{
  if (!(tag & Items)) return repeat_general(&self, tag, selector);
  Cap cap = Cap_slot::decode(entry);
  Thread *partner = nullptr;
  Word label = self.frame().rsi;
  if (cap.object->type() == Kobject::Type::Ipc_gate) {
    auto &gate = static_cast<Ipc_gate &>(*cap.object);
    partner = gate.thread();
    label = gate.label_through(cap);
  } else if (cap.object->type() == Kobject::Type::Thread) {
    partner = static_cast<Thread *>(cap.object);
  }
  if (can_call(self, tag, partner) && pass_page(self, *partner, tag))
    return pass_call(self, tag, *partner, label, cap.flags);
  return repeat_general(&self, tag, selector);
}

Word System_call::reply_with_page(Thread &self, Word tag, Word selector, Thread *caller)
{
  if (caller && caller->_message == Thread::Message::Page_fault) {
    if (answer_page_fault(self, *caller, tag))
      return arch::switch_with_message(caller, caller->frame().rsi, caller->frame().rax, &self);
  } else if (tag & Items && can_reply(self, tag, caller) && pass_page(self, *caller, tag)) {
    return pass_reply(self, tag, *caller);
  }
  return repeat_general(&self, tag, selector);
}

// The answer has no words, so nothing is written: the first two message registers of a thread that
// faulted are its own, and the return item would be there.
bool System_call::answer_page_fault(Thread &self, Thread &faulter, Word tag)
{
  constexpr Word Words = 63;
  Cpu &cpu = Cpu::self();
  u64 waits = Thread::waiting(Thread::Wait::Closed, cpu.id(), Thread::Message::Page_fault);
  bool possible = !(tag & Words) && i64(tag) >= 0 && is_usual(self, tag) &&
                  faulter.receive_status() == waits && self._senders.is_empty() &&
                  faulter.prio() >= cpu.ready.best_prio();
  if (!possible) return false;
  if (tag & Items) {
    Item item(self.utcb(), 0);
    bool mapped = (tag & Items) == One_item && item.is_one_page() &&
                  item.map(self, faulter, Fpage(Fpage::All_spaces));
    if (!mapped) return false;
  }
  faulter._message = Thread::Message::User;
  begin_open_wait(self);
  self._call.tag = Msg_tag(tag);
  self._state = Thread::State::Receiving;
  faulter._state = Thread::State::Ready;
  cpu.account(self, faulter);
  return true;
}

Thread *System_call::send_page_fault(Thread &self, Word fault_word)
{
  Cap cap = self._task->obj().lookup_raw(Cap_index(self._pager));
  if (!cap) return nullptr;
  Thread *pager = nullptr;
  Word label = 0;
  if (cap.object->type() == Kobject::Type::Ipc_gate) {
    auto &gate = static_cast<Ipc_gate &>(*cap.object);
    pager = gate.thread();
    label = gate.label_through(cap);
  } else if (cap.object->type() == Kobject::Type::Thread) {
    pager = static_cast<Thread *>(cap.object);
  }
  if (!pager || !can_run<offsetof(Cpu, open_receiver)>(*pager) || pager->_implicit_reply.caller())
    return nullptr;
  constexpr Msg_tag Tag(Proto::Page_fault, 2, 0);
  pager->utcb().mr[0] = fault_word;
  pager->utcb().mr[1] = self.frame().rip;
  pager->frame().rax = Tag.raw();
  pager->frame().rsi = label;
  self._message = Thread::Message::Page_fault;
  self._call = {
      .tag = Tag, .timeouts = Timeout_pair(0), .op = Op::Send | Op::Receive, .rights = cap.flags};
  self._wait = Thread::Wait::Closed;
  self._partner_id = pager->id();
  pager->_implicit_reply.put_in_empty(self, cap.flags);
  self._state = Thread::State::Receiving;
  pager->_state = Thread::State::Ready;
  Cpu::self().account(self, *pager);
  return pager;
}
