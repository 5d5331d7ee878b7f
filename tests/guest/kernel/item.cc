// SPDX-License-Identifier: MIT
// Typed items in IPC: buffers, void items, return items (ipc.md section 3).
#include "item.h"

using namespace Tap;

CASE("ipc.md 3 map", "an object goes into a small buffer; the return item tells what was sent")
{
  Semaphore sem;
  Transfer t({0, {small(Target)}});
  t.run({11}, {object(sem, L4_CAP_FPAGE_RWS)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(t.got().words(), 1);
  CHECK_EQ(t.got().items(), 1);
  CHECK_EQ(t.worker.value[0], 11);
  // Bits 11..4 are those of the flexpage: order 0, type object; bit 3 map.
  CHECK_EQ(t.worker.value[1] & 0xff8, L4_FPAGE_OBJ << 4 | L4_ITEM_MAP);
  CHECK_EQ(kind(t.worker.value[1]), Mapped);
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

CASE("ipc.md 3 map", "an object goes into a full buffer, placed by the receive window")
{
  Semaphore sem;
  Transfer t({0, {Full, object_page(Target, 0)}});
  t.run({}, {object(sem)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(kind(t.worker.value[0]), Mapped);
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

CASE("ipc.md 3 map", "memory goes into a memory buffer and can be read there")
{
  auto *page = reinterpret_cast<l4_umword_t *>(env.scratch);
  page[0] = 0x600dda7a;
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Worker worker(
      [](Worker &me) {
        set_buffers({Full, memory_page(Free_range, L4_PAGESHIFT, L4_FPAGE_RWX)});
        me.result = wait();
        me.value[0] = mr(0);
        me.value[1] = *reinterpret_cast<l4_umword_t volatile *>(Free_range);
      },
      nullptr, Prio_high, &task);
  worker.start();
  CHECK(
      !send(worker.cap(), 0, {}, {memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RO)}, Zero).failed());
  REQUIRE(worker.finished());
  CHECK_EQ(worker.result.items(), 1);
  CHECK_EQ(kind(worker.value[0]), Mapped);
  CHECK_EQ(worker.value[1], 0x600dda7a);
}

CASE("ipc.md 3 no buffer", "sender 0x08, receiver 0x09; words, label and tag still arrive")
{
  Semaphore sem;
  Transfer t({0, {}});
  t.run({71, 72}, {object(sem)});
  CHECK_EQ(t.sent.error(), L4_IPC_SEMSGCUT);
  CHECK_EQ(t.got().error(), L4_IPC_REMSGCUT);
  CHECK_EQ(t.got().label(), 5);
  CHECK_EQ(t.got().words(), 2);
  CHECK_EQ(t.worker.value[0], 71);
  CHECK_EQ(t.worker.value[1], 72);
  CHECK_EQ(t.got().tag, raw_tag(5, 2, 1) | L4_MSGTAG_ERROR);
}

CASE("ipc.md 3 no buffer", "a buffer of another type does not help")
{
  Semaphore sem;
  // BR0 is the memory list; the object list starts at BR2, which is void.
  Transfer t({2UL << L4_BDR_OBJ_SHIFT, {Full, memory_page(Free_range, 12, L4_FPAGE_RWX), 0}});
  t.run({}, {object(sem)});
  CHECK_EQ(t.sent.error(), L4_IPC_SEMSGCUT);
}

CASE("ipc.md 3 no buffer", "items before the failing one stay mapped")
{
  Semaphore first, second;
  Transfer t({0, {small(Target)}});
  t.run({}, {object(first), object(second)});
  CHECK_EQ(t.sent.error(), L4_IPC_SEMSGCUT);
  CHECK_EQ(t.got().error(), L4_IPC_REMSGCUT);
  CHECK_EQ(kind(t.worker.value[0]), Mapped);
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

CASE("ipc.md 3 no buffer", "a call that fails in its items leaves no reply capability")
{
  Worker caller([](Worker &me) {
    me.result =
        invoke(env.thread | L4_SYSF_CALL, compose(0, {}, {object(env.log, L4_CAP_FPAGE_RWS)}));
  });
  caller.start();
  no_buffers();
  CHECK_EQ(wait().error(), L4_IPC_REMSGCUT);
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.error(), L4_IPC_SEMSGCUT);
  CHECK_EQ(reply(0, {}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 3 void item",
     "uses two words, no buffer; the receiver gets 0 and keeps the second word")
{
  Semaphore sem;
  Transfer t({0, {small(Target)}});
  t.run({}, {Item{0, 0x123456}, object(sem)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(t.got().items(), 2);
  CHECK_EQ(t.worker.value[0], 0);
  CHECK_EQ(t.worker.value[1], poison(1));
  CHECK_EQ(kind(t.worker.value[2]), Mapped);
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

CASE("ipc.md 3 bad item", "a control word without the map bit aborts: 0x08 and 0x09")
{
  Semaphore sem;
  Transfer t({0, {small(Target)}});
  t.run({}, {Item{0x1000, object_page(sem)}});
  CHECK_EQ(t.sent.error(), L4_IPC_SEMSGCUT);
  CHECK_EQ(t.got().error(), L4_IPC_REMSGCUT);
  CHECK_EQ(cap_valid(t.task, Target), 0);
}

CASE("ipc.md 3 bad item", "a special flexpage aborts: 0x08 and 0x09")
{
  Transfer t({0, {small(Target)}});
  t.run({}, {Item{L4_ITEM_MAP, l4_fpage_all().raw}});
  CHECK_EQ(t.sent.error(), L4_IPC_SEMSGCUT);
  CHECK_EQ(t.got().error(), L4_IPC_REMSGCUT);
}

CASE("ipc.md 3 overflow", "items beyond MR62: 0x08 and 0x09")
{
  Worker receiver([](Worker &me) {
    no_buffers();
    me.result = wait();
  });
  receiver.start();
  for (unsigned i = 0; i < L4_UTCB_GENERIC_DATA_SIZE; ++i)
    mr(i) = 0;
  Result const r = invoke(receiver.cap() | L4_SYSF_SEND, raw_tag(0, 62, 1), Zero);
  CHECK_EQ(r.error(), L4_IPC_SEMSGCUT);
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.error(), L4_IPC_REMSGCUT);
}

CASE("ipc.md 3 return item", "nothing to map: type 2, no error, destination untouched")
{
  Slot empty;
  Transfer t({0, {small(Target)}});
  t.run({}, {object(empty)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(t.got().error(), 0);
  CHECK_EQ(kind(t.worker.value[0]), Nothing);
  CHECK_EQ(cap_valid(t.task, Target), 0);
}

CASE("ipc.md 3 return item", "an object flexpage without R maps nothing")
{
  Semaphore sem;
  Transfer t({0, {small(Target)}});
  t.run({}, {object(sem, L4_CAP_FPAGE_W | L4_CAP_FPAGE_S)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(kind(t.worker.value[0]), Nothing);
  CHECK_EQ(cap_valid(t.task, Target), 0);
}

CASE("ipc.md 3 return item", "hot spot and compound bit come back")
{
  Semaphore sem;
  Transfer t({0, {small(Target)}});
  t.run({}, {Item{0x77000 | L4_ITEM_MAP | L4_ITEM_CONT, object_page(sem)}});
  CHECK_EQ(t.worker.value[0] & L4_FPAGE_ADDR_MASK, 0x77000);
  CHECK_EQ(t.worker.value[0] & 9, L4_ITEM_MAP | L4_ITEM_CONT);
}

CASE("ipc.md 3 buffers", "items for one type use its buffers in order, one for each")
{
  Semaphore one, two;
  l4_cap_idx_t const next = Target + L4_CAP_OFFSET;
  Transfer t({0, {small(next), small(Target)}});
  t.run({}, {object(one), object(two)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(cap_valid(t.task, next), 1);
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

CASE("ipc.md 3 compound", "a compound item leaves its buffer to the next item")
{
  Semaphore one, two;
  // A window of two slots takes both; the hot spot selects the slot.
  Transfer t({0, {Full, object_page(Target, 0, 1)}});
  Item first = object(one), second = object(two);
  first.control |= L4_ITEM_CONT;
  second.control |= L4_CAP_OFFSET;
  t.run({}, {first, second});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(cap_valid(t.task, Target), 1);
  CHECK_EQ(cap_valid(t.task, Target + L4_CAP_OFFSET), 1);
}

CASE("ipc.md 3 lists", "the BDR names where the lists start")
{
  Semaphore sem;
  Transfer t({4UL << L4_BDR_OBJ_SHIFT, {0, 0, 0, 0, small(Target)}});
  t.run({}, {object(sem)});
  CHECK_EQ(t.sent.error(), 0);
  CHECK_EQ(cap_valid(t.task, Target), 1);
}

namespace {

/// Waits with a list of buffers that ends with the last buffer register. What follows that in
/// memory, the error code, looks like one more word of the list.
struct Full_list {
  static constexpr unsigned First = 31, Last = L4_UTCB_GENERIC_BUFFERS_SIZE - 1;
  l4_umword_t first_word; ///< of the item in the register `at`
  unsigned at;            ///< where it is; small buffers for the slots from Target on stand before
  l4_umword_t behind = 0; ///< what looks like the word behind the last register

  static void receive(Worker &me)
  {
    Full_list const &list = me.data<Full_list>();
    bdr() = l4_umword_t{First} << L4_BDR_OBJ_SHIFT;
    for (unsigned i = First; i <= Last; ++i)
      br(i) = small(Target + (i - First) * L4_CAP_OFFSET);
    br(list.at) = list.first_word;
    l4_utcb_tcr()->error = list.behind;
    me.result = wait();
    no_buffers();
  }
};

/// Send that many capabilities for one semaphore to such a receiver in another task; how many
/// arrived.
unsigned fill_list(Full_list list, unsigned items, l4_umword_t error)
{
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  Worker receiver(Full_list::receive, &list, Prio_high, &task);
  receiver.start();
  Semaphore sem;
  for (unsigned i = 0; i < items; ++i) {
    mr(2 * i) = object(sem).control;
    mr(2 * i + 1) = object_page(sem, L4_CAP_FPAGE_RWS);
  }
  CHECK_EQ(invoke(receiver.cap() | L4_SYSF_SEND, raw_tag(0, 0, items), Zero).error(), error);
  CHECK(receiver.finished());
  CHECK_EQ(receiver.result.error(), error ? l4_umword_t(L4_IPC_REMSGCUT) : 0);
  unsigned arrived = 0;
  for (unsigned i = 0; i < items; ++i)
    arrived += cap_valid(task, Target + i * L4_CAP_OFFSET);
  return arrived;
}

} // namespace

CASE("kernel-entry.md 5 BDR", "a list without a void item ends with the last buffer register")
{
  constexpr unsigned Buffers = Full_list::Last - Full_list::First + 1;
  Full_list const list{small(Target), Full_list::First, small(Target + Buffers * L4_CAP_OFFSET)};
  CHECK_EQ(fill_list(list, Buffers, 0), Buffers);
  CHECK_EQ(fill_list(list, Buffers + 1, L4_IPC_SEMSGCUT), Buffers);
}

CASE("kernel-entry.md 5 BDR", "an item whose second word would stand behind it is no buffer")
{
  constexpr unsigned Before = Full_list::Last - Full_list::First;
  l4_cap_idx_t const slot = Target + Before * L4_CAP_OFFSET;
  CHECK_EQ(fill_list({Full, Full_list::Last, object_page(slot)}, Before + 1, L4_IPC_SEMSGCUT),
           Before);
  l4_umword_t const forward = small(slot, L4_RCV_ITEM_FORWARD_MAPPINGS);
  CHECK_EQ(fill_list({forward, Full_list::Last, env.task}, Before + 1, L4_IPC_SEMSGCUT), Before);
}
