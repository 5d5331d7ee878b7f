// SPDX-License-Identifier: MIT
// Messages about one page: a message with a small page of memory as its only item, the message of a
// page fault to a pager that waits for it, and the pager's answer. As in fast_path.cc, every condition
// that does not hold leaves the state untouched for the general way.
#include "ipc/entry.h"
#include "ipc/fault.h"
#include "ipc/system_call.h"
#include "obj/task.h"

namespace {

/// The hot spot's place in the receiver's first window for memory; false if it is not an ordinary one.
bool place(Utcb const &utcb, Word &address)
{
  unsigned br = utcb.first_mem_buffer(); // of five bits
  if ((utcb.read_br(br) & (Buffer_item::Map | Buffer_item::Small | Buffer_item::Forward)) != Buffer_item::Map)
    return false;
  Fpage window(utcb.read_br(br + 1));
  if (window.is_all_spaces()) return true;
  Region into = Region::of(window, 0);
  address = into.base + (address & (into.size() - 1));
  return window.type() == Fpage::Type::Memory && window.order() >= Page_shift;
}

} // namespace

bool System_call::pass_page(Thread &sender, Thread &receiver, Word tag)
{
  unsigned words = tag & Words;
  if ((tag & Items) != One_item || words + 2 > Utcb::Mr_count) return false;
  Send_item control(sender.utcb().read_mr(words));
  Fpage page(sender.utcb().read_mr(words + 1));
  if (!control.is_map() || control.is_grant() || !page.is_one_page()) return false;
  bool is_message = receiver._message == Thread::Message::User;
  Word destination = trunc_to(control.hot_spot(), Page_shift);
  if (is_message && !place(receiver.utcb(), destination)) return false;
  if (!Mem_space::map_page(sender.task()->mem(), page.address(), receiver.task()->mem(), destination,
                           control, page.rights()))
    return false;
  if (is_message) receiver.utcb().mr[words] = control.answer(page);
  return true;
}

Word System_call::call_with_page(Thread &self, Word tag, Word selector, Word entry, Thread *partner,
                                 Word label)
{
  if (!(tag & Items) || !can_call(self, tag, partner) || !pass_page(self, *partner, tag))
    return repeat_general(&self, tag, selector);
  begin_closed_wait(self, *partner, Cap_slot::decode(entry).flags);
  return deliver(self, *partner, label, tag);
}

// A thread that faulted goes on with its own registers. Its first two message registers are its own as
// well: an answer with words goes the general way.
Word System_call::reply_with_page(Thread &self, Word tag, Word selector, Thread *caller)
{
  bool is_fault = caller && caller->_message == Thread::Message::Page_fault;
  bool possible = is_fault ? !(tag & Words) && i64(tag) >= 0 : tag & Items;
  auto message = is_fault ? Thread::Message::Page_fault : Thread::Message::User;
  if (!possible || !can_reply(self, tag, caller, message) ||
      (tag & Items && !pass_page(self, *caller, tag)))
    return repeat_general(&self, tag, selector);
  begin_open_wait(self);
  if (!is_fault) return deliver(self, *caller, self.frame().rsi, tag);
  self._call.tag = Msg_tag(tag);
  caller->_message = Thread::Message::User;
  hand_over(self, *caller);
  return arch::switch_with_message(caller, caller->frame().rsi, caller->frame().rax, &self);
}

[[gnu::noinline]] Thread *System_call::send_page_fault(Thread &self, Thread &pager, Word label)
{
  if (!takes_call(pager)) return Ipc::send(self, pager, label);
  Fault::compose(self, pager.utcb().mr);
  pager.frame().rax = self._call.tag.raw();
  pager.frame().rsi = label;
  begin_closed_wait(self, pager, self._call.rights);
  hand_over(self, pager);
  return &pager;
}
