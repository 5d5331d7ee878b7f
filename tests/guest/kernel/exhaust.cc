// SPDX-License-Identifier: MIT
// A task runs out of kernel memory in the middle of a transfer (ipc.md sections 3, 4, 8, 9; codes
// 0x10 and 0x11). Each transfer is repeated with more and more room, from none to enough, so that
// every item is once the first that does not fit.
#include "item.h"
#include "patient.h"
#include "smp.h"

#include <l4/libtap/probe.h>

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_umword_t Bank = 512 << 10; ///< bytes; more than any of these tasks needs
constexpr l4_umword_t Step = 1024;      ///< bytes of room more in each round
constexpr unsigned Most_rounds = 64;

/// A task that pays for its tables from a factory of its own.
struct Poor_task {
  Factory bank{Bank};
  Child_task task{bank};
  Slot ballast;

  Poor_task() { CHECK_LABEL(task.share_image(), 0); }
  /// Take all memory but so many bytes.
  void leave(l4_umword_t bytes) { take_quota(bank, ballast, bytes); }
  void relieve() { ballast.remove(); }
};

constexpr unsigned Max_items = 3;

/// Where the receiver wants its items: three capabilities or pages that share no table.
constexpr l4_cap_idx_t cap_target(unsigned i)
{
  return (0x1000ul + 0x1000 * i) << L4_CAP_SHIFT;
}
constexpr l4_addr_t page_target(unsigned i)
{
  return Free_range + (l4_addr_t(i) << 39);
}

void offer_slots()
{
  bdr() = L4_UTCB_INHERIT_FPU;
  for (unsigned i = 0; i < Max_items; ++i)
    br(i) = cap_target(i) | L4_RCV_ITEM_SINGLE_CAP;
  br(Max_items) = 0;
}

void offer_pages()
{
  bdr() = L4_UTCB_INHERIT_FPU;
  for (unsigned i = 0; i < Max_items; ++i) {
    br(2 * i) = L4_ITEM_MAP;
    br(2 * i + 1) = memory_page(page_target(i), L4_PAGESHIFT, L4_FPAGE_RWX);
  }
  br(2 * Max_items) = 0;
}

/// A thread of a poor task that takes one message with items, and tells what came.
struct Receiver {
  struct Seen {
    void (*offer)();
    l4_umword_t mrs[2 + 2 * Max_items];
    l4_umword_t fpu;
    Result replied;
  };
  Poor_task &poor;
  Seen seen;
  Worker worker;

  Receiver(Poor_task &of, void (*offer)(), unsigned cpu)
      : poor(of), seen{offer, {}, 0, {}}, worker(body, &seen, Prio_high, &of.task)
  {
    if (cpu) CHECK_LABEL(run_on(worker.cap(), cpu), 0);
    worker.start();
  }
  static void body(Worker &me)
  {
    Seen &seen = me.data<Seen>();
    poison_mrs();
    seen.offer();
    __asm__ volatile("movq %0, %%xmm4" : : "r"(0x1111UL) : "xmm4");
    me.result = wait(Long_patience);
    __asm__ volatile("movq %%xmm4, %0" : "=r"(seen.fpu) : : "xmm4");
    for (unsigned i = 0; i < 2 + 2 * Max_items; ++i)
      seen.mrs[i] = mr(i);
    seen.replied = invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(6, 0), Zero);
  }
  Result const &got() const { return worker.result; }
};

/// How many of the pages at `first`, `stride` bytes apart, the task has: reads them until a fault.
unsigned readable(Child_task &task, l4_addr_t first, l4_addr_t stride, unsigned pages)
{
  struct Span {
    l4_addr_t first, stride;
    unsigned pages;
  } span{first, stride, pages};
  Worker reader(
      [](Worker &me) {
        Span const &s = me.data<Span>();
        for (unsigned i = 0; i < s.pages; ++i) {
          (void)*reinterpret_cast<l4_umword_t volatile *>(s.first + i * s.stride);
          me.value[0] = i + 1;
        }
      },
      &span, Prio_high, &task);
  reader.start(); // its pager is an empty slot of that task: a fault is its end
  return unsigned(reader.value[0]);
}

unsigned slots_in_use(Child_task &task)
{
  unsigned used = 0;
  while (used < Max_items && cap_valid(task, cap_target(used)) == 1)
    ++used;
  return used;
}

unsigned pages_in_use(Child_task &task)
{
  return readable(task, page_target(0), page_target(1) - page_target(0), Max_items);
}

/// What to send, and how to count what arrived of it.
struct Kind {
  void (*offer)();
  unsigned (*arrived)(Child_task &);
  Item items[Max_items];
};

struct Objects {
  Semaphore sems[Max_items];
  Kind kind()
  {
    Kind k{offer_slots, slots_in_use, {}};
    for (unsigned i = 0; i < Max_items; ++i)
      k.items[i] = object(sems[i], L4_CAP_FPAGE_RWS); // with D the second time would delete it
    return k;
  }
};

Kind pages()
{
  Kind k{offer_pages, pages_in_use, {}};
  for (unsigned i = 0; i < Max_items; ++i)
    k.items[i] = memory(env.scratch + i * L4_PAGESIZE, L4_PAGESHIFT, L4_FPAGE_RW);
  return k;
}

/// One message of two words and three items.
Result send_all(Receiver &to, Kind const &k, l4_umword_t operation)
{
  l4_umword_t const tag =
      compose(5, {71, 72}, {k.items[0], k.items[1], k.items[2]}, L4_MSGTAG_TRANSFER_FPU);
  __asm__ volatile("movq %0, %%xmm4" : : "r"(0x2222UL) : "xmm4");
  Result const r = invoke(to.worker.cap() | operation, tag, Long_patience);
  CHECK(to.worker.finished());
  return r;
}

constexpr l4_umword_t return_kind(l4_umword_t item)
{
  return item & 6;
}

/// What both sides see if the items from number `arrived` on did not fit.
void check_failure(Receiver &r, Result const &sent, unsigned arrived)
{
  CHECK_EQ(sent.error(), L4_IPC_SEMAPFAILED);
  CHECK_EQ(sent.tag, L4_MSGTAG_ERROR);
  CHECK_EQ(r.got().error(), L4_IPC_REMAPFAILED);
  CHECK_EQ(r.got().tag, raw_tag(5, 2, Max_items, L4_MSGTAG_TRANSFER_FPU | L4_MSGTAG_ERROR));
  CHECK_EQ(r.seen.mrs[0], 71);
  CHECK_EQ(r.seen.mrs[1], 72);
  for (unsigned i = 0; i < arrived; ++i) {
    CHECK_EQ(return_kind(r.seen.mrs[2 + 2 * i]), 0);
    CHECK_EQ(r.seen.mrs[2 + 2 * i] & L4_ITEM_MAP, L4_ITEM_MAP);
  }
  for (unsigned i = 2 + 2 * (arrived + 1); i < 2 + 2 * Max_items; ++i)
    CHECK_EQ(r.seen.mrs[i], poison(i));
  CHECK_EQ(r.seen.fpu, 0x1111);
  CHECK_EQ(r.seen.replied.error(), L4_IPC_ENOT_EXISTENT);
}

/// Repeat the message with more and more room. Each number of items must be the last that fits.
void with_all_rooms(Kind const &k, l4_umword_t operation, unsigned cpu)
{
  unsigned seen = 0;
  for (unsigned round = 0; round < Most_rounds && !Tap::failed(); ++round) {
    Poor_task poor;
    {
      Receiver r(poor, k.offer, cpu);
      poor.leave(round * Step);
      Result const sent = send_all(r, k, operation);
      unsigned const arrived = k.arrived(poor.task);
      seen |= 1u << arrived;
      if (!sent.failed()) {
        CHECK_EQ(arrived, Max_items);
        CHECK_EQ(sent.label(), operation == L4_SYSF_CALL ? 6 : 5);
        CHECK_EQ(r.seen.fpu, 0x2222);
        break;
      }
      check_failure(r, sent, arrived);
    }
    poor.relieve(); // with memory the same message goes through
    Receiver again(poor, k.offer, cpu);
    CHECK(!send_all(again, k, operation).failed());
    CHECK_EQ(k.arrived(poor.task), Max_items);
  }
  CHECK_EQ(seen, (2u << Max_items) - 1);
}

} // namespace

CASE(
    "ipc.md 4 out of kernel memory",
    "capabilities: 0x10 and 0x11, those before the one that does not fit stay, no reply capability")
{
  Objects objects;
  for (unsigned cpu : {0u, 1u}) {
    with_all_rooms(objects.kind(), L4_SYSF_SEND, cpu);
    with_all_rooms(objects.kind(), L4_SYSF_CALL, cpu);
  }
}

CASE("ipc.md 4 out of kernel memory", "pages: the same")
{
  for (unsigned cpu : {0u, 1u})
    with_all_rooms(pages(), L4_SYSF_CALL, cpu);
}

CASE("ipc.md 4 out of kernel memory", "in the middle of a block: a part may stay")
{
  constexpr unsigned Pages = 64;
  unsigned rounds = 0, last = 0, partly = 0;
  for (; rounds < Most_rounds && last < Pages && !Tap::failed(); ++rounds) {
    Poor_task poor;
    l4_umword_t const before = free_quota(poor.bank);
    poor.leave(rounds * Step);
    Item const block = memory(env.scratch, L4_PAGESHIFT + 6, L4_FPAGE_RW, Free_range);
    Result const r = task_map(poor.task, env.task, block);
    last = readable(poor.task, Free_range, L4_PAGESIZE, Pages);
    CHECK_EQ(r.error(), last < Pages ? L4_IPC_SEMAPFAILED : 0);
    partly += last && last < Pages;
    task_unmap(poor.task, memory_page(Free_range, L4_PAGESHIFT + 6, L4_FPAGE_RWX),
               L4_FP_ALL_SPACES);
    CHECK_EQ(readable(poor.task, Free_range, L4_PAGESIZE, Pages), 0);
    poor.relieve();
    CHECK_LE(free_quota(poor.bank), before); // tables may be kept until the task dies
    CHECK_LABEL(task_map(poor.task, env.task, block), 0);
    CHECK_EQ(readable(poor.task, Free_range, L4_PAGESIZE, Pages), Pages);
  }
  CHECK_EQ(last, Pages);
  CHECK_GE(partly, 1); // the case is about these
}

CASE("kernel-objects.md 2 map", "out of kernel memory: IPC error 0x10, and the call ends at once")
{
  Semaphore sem;
  Poor_task poor;
  poor.leave(0);
  l4_umword_t const hot_spot = cap_target(0);
  Item item = object(sem);
  item.control |= hot_spot;
  CHECK_EQ(task_map(poor.task, env.task, item).error(), L4_IPC_SEMAPFAILED);
  CHECK_EQ(cap_valid(poor.task, hot_spot), 0);
  CHECK(sem.valid());
  item.control |= L4_MAP_ITEM_GRANT;
  CHECK_EQ(task_map(poor.task, env.task, item).error(), L4_IPC_SEMAPFAILED);
  CHECK(sem.valid()); // a grant that fails takes nothing away
  poor.relieve();
  CHECK_LABEL(task_map(poor.task, env.task, item), 0);
  CHECK(!sem.valid());
}

CASE("ipc.md 3 forward", "the memory is that of the task named in the buffer")
{
  Poor_task poor;
  Semaphore sem;
  for (bool room : {false, true}) {
    Order order{0, {small(cap_target(0), L4_RCV_ITEM_FORWARD_MAPPINGS), poor.task}};
    Worker receiver(receive_items, &order);
    receiver.start();
    if (!room) poor.leave(0);
    Result const r = send(receiver.cap(), 0, {}, {object(sem)}, Zero);
    REQUIRE(receiver.finished());
    CHECK_EQ(r.error(), room ? 0 : L4_IPC_SEMAPFAILED);
    CHECK_EQ(receiver.result.error(), room ? 0 : L4_IPC_REMAPFAILED);
    CHECK_EQ(cap_valid(poor.task, cap_target(0)), room);
    poor.relieve();
  }
}

CASE("ipc.md 7", "an item of a reply does not fit: 0x10 and 0x11, the capability is used")
{
  Poor_task poor;
  Semaphore sem;
  Receiver::Seen seen{offer_slots, {}, 0, {}};
  CHECK_LABEL(task_map(poor.task, env.task,
                       Item{0x20 << L4_CAP_SHIFT | L4_ITEM_MAP, object_page(env.thread)}),
              0);
  Worker caller(
      [](Worker &me) {
        me.data<Receiver::Seen>().offer();
        me.result = invoke(0x20 << L4_CAP_SHIFT | L4_SYSF_CALL, raw_tag(3, 0), Patience);
      },
      &seen, Prio_high, &poor.task);
  caller.start();
  CHECK_LABEL(wait(), 3);
  poor.leave(0);
  CHECK_EQ(reply(4, {1}, {object(sem)}).error(), L4_IPC_SEMAPFAILED);
  REQUIRE(caller.finished());
  CHECK_EQ(caller.result.error(), L4_IPC_REMAPFAILED);
  CHECK_EQ(caller.result.tag, raw_tag(4, 1, 1, L4_MSGTAG_ERROR));
  CHECK_EQ(reply(4, {}).error(), L4_IPC_ENOT_EXISTENT);
}

CASE("ipc.md 8 answer", "a page that does not fit: the pager gets 0x10, the thread faults again")
{
  Poor_task poor;
  l4_umword_t const pager = 0x20 << L4_CAP_SHIFT;
  CHECK_LABEL(map_object(poor.task, pager, env.thread), 0);
  *reinterpret_cast<l4_umword_t *>(env.scratch) = 0x600d;
  Worker patient(
      [](Worker &me) { me.value[0] = *reinterpret_cast<l4_umword_t volatile *>(Free_range); },
      nullptr, Prio_high, &poor.task);
  CHECK_LABEL(
      call(patient.cap(), L4_PROTO_THREAD, {L4_THREAD_CONTROL_SET_PAGER, pager, 0, 0, 0, 0}), 0);
  poor.leave(0);
  patient.start();
  for (bool room : {false, false, true}) {
    CHECK_LABEL(wait(), L4_PROTO_PAGE_FAULT);
    CHECK_EQ(mr(0) & ~7ul, Free_range);
    if (room) poor.relieve();
    Result const r = reply(0, {}, {memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Free_range)});
    CHECK_EQ(r.error(), room ? 0 : L4_IPC_SEMAPFAILED);
  }
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 0x600d);
}

CASE("ipc.md 9 answer", "an item that does not fit: the handler gets 0x10, the thread goes on")
{
  Poor_task poor;
  l4_umword_t const handler = 0x20 << L4_CAP_SHIFT;
  CHECK_LABEL(map_object(poor.task, handler, env.thread), 0);
  Worker patient(
      [](Worker &me) {
        asm volatile("int3");
        me.value[0] = 1;
      },
      nullptr, Prio_high, &poor.task);
  CHECK_LABEL(call(patient.cap(), L4_PROTO_THREAD,
                   {L4_THREAD_CONTROL_SET_EXC_HANDLER, 0, handler, 0, 0, 0}),
              0);
  poor.leave(0);
  patient.start();
  CHECK_LABEL(wait(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 3); // the ip stands behind it
  Item const page = memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Free_range);
  mr(Exception_words) = page.control;
  mr(Exception_words + 1) = page.fpage;
  Result const r =
      invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, Exception_words, 1), Zero);
  CHECK_EQ(r.error(), L4_IPC_SEMAPFAILED);
  CHECK(patient.finished());
  CHECK_EQ(patient.value[0], 1);
  CHECK_EQ(readable(poor.task, Free_range, L4_PAGESIZE, 1), 0);
}
