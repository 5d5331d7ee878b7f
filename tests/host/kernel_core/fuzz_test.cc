// SPDX-License-Identifier: MIT
// Random programs against the kernel: nothing may crash, hang, panic or leak. Each round the root
// task builds a small world below a factory of its own, everybody does random system calls, faults
// and interrupts come in between; then the root task deletes the world, and every byte must come
// back.
#include "machine.h"
#include "mem/kmem.h"
#include "watched_slab.h"

#include <gtest/gtest.h>
#include <random>
#include <unistd.h>

namespace {

constexpr Word Task_cap = 1, Factory_cap = 2, Thread_cap = 3, Icu_cap = 6, Scheduler_cap = 7;
constexpr Word World = 0x100, Slots = 32; ///< the slots of the objects, in every task
constexpr Word Factory = World, Tasks = World + 1, Threads = World + 3, Gates = World + 8,
               Irqs = World + 11, Semaphores = World + 13, Child_factory = World + 15;
constexpr Word Spare = 0x20; ///< the root task's second capabilities of the tasks
constexpr unsigned Task_count = 2, Thread_count = 5;
constexpr Word Utcb_area = 0x1000000;
constexpr Word All_rights = 15;

class Fuzz : public ::testing::Test {
protected:
  void SetUp() override { alarm(100); } // a hang ends the test program
  void TearDown() override { alarm(0); }

  Machine &m = Machine::get();
  std::mt19937_64 r{1};

  Word pick(Word n) { return r() % n; }
  bool one_in(Word n) { return pick(n) == 0; }
  static Word cap_item(Word slot, unsigned order = 0)
  {
    return Fpage(Fpage::Type::Obj, slot << 12, order, All_rights).raw();
  }

  // ---- what the root task does on purpose ----

  Msg_tag root_call(Word cap, i64 protocol, std::initializer_list<Word> words, Word item_slot = 0)
  {
    unsigned n = 0;
    for (Word word : words)
      m.utcb().mr[n++] = word;
    m.utcb().mr[n] = 8;
    m.utcb().mr[n + 1] = cap_item(item_slot);
    // whatever may have come into the slot meanwhile: the call ends
    return m.call(cap, Msg_tag(protocol, unsigned(words.size()), item_slot ? 1 : 0), 0x04000400);
  }
  void create(i64 type, Word slot, Word argument = 0, Word factory = Factory)
  {
    m.utcb().bdr = 0;
    m.utcb().br[0] = slot << 12 | 0xa;
    m.utcb().br[1] = 0;
    ASSERT_EQ(root_call(factory, Proto::Factory, {Word(type), 1 | 8 << 16, argument}).label(), 0);
  }
  void build()
  {
    create(Proto::Factory, Factory, 4 << 20, Factory_cap);
    for (unsigned i = 0; i < Task_count; ++i)
      create(Proto::Task, Tasks + i, Fpage(Fpage::Type::Memory, Utcb_area, 13, 0).raw());
    for (unsigned i = 0; i < 3; ++i)
      create(Proto::Kobject, Gates + i);
    for (unsigned i = 0; i < 2; ++i) {
      create(Proto::Irq_sender, Irqs + i);
      create(Proto::Semaphore, Semaphores + i);
    }
    create(Proto::Factory, Child_factory, 256 << 10);
    for (unsigned i = 0; i < Thread_count; ++i) {
      create(Proto::Thread, Threads + i);
      Word utcb = Utcb_area + i * Utcb_size, task = Tasks + i % Task_count;
      ASSERT_EQ(root_call(Threads + i, Proto::Thread,
                          {0x200000 | 0x10000 | 0x1000000, (Gates + pick(4)) << 12,
                           (Gates + pick(4)) << 12, 0, 0, utcb},
                          task)
                    .label(),
                0);
      root_call(Scheduler_cap, Proto::Scheduler, {1, 0, 1, 2 + pick(3), 1000}, Threads + i);
      root_call(Threads + i, Proto::Thread, {1, 0x1000, 0x2000});
    }
    for (unsigned i = 0; i < 3; ++i)
      root_call(Gates + i, Proto::Kobject, {0x10, Word{i + 1} << 4}, Threads + pick(Thread_count));
    // a task that holds itself lives until someone deletes it: the root task must be able to
    for (Word i = 0; i < Task_count; ++i)
      root_call(Task_cap, Proto::Task, {0, (Spare + i) << 12 | 8, cap_item(Tasks + i)}, Task_cap);
    for (unsigned i = 0; i < Task_count; ++i)
      for (Word cap : {Icu_cap, Scheduler_cap})
        root_call(Tasks + i, Proto::Task, {0, cap << 12 | 8, cap_item(cap)}, Task_cap);
    share();
  }
  /// Everybody gets capabilities of the world, mostly without the right to delete.
  void share()
  {
    u8 rights = one_in(4) ? 15 : 7;
    Word objects = Fpage(Fpage::Type::Obj, World << 12, 4, rights).raw();
    for (unsigned i = 0; i < Task_count && &m.current() == m.root; ++i)
      root_call(Tasks + i, Proto::Task, {0, World << 12 | 8 | 0x20, objects}, Task_cap);
  }
  void destroy()
  {
    for (int i = 0; i < 5000 && &m.current() != m.root; ++i)
      if (!run_if_idle()) m.invoke(Self | Receive, Msg_tag());
    ASSERT_EQ(&m.current(), m.root) << "the root task came back";
    Word mask = Unmap_item::All_spaces | Unmap_item::Delete_obj;
    root_call(Task_cap, Proto::Task, {1, mask, cap_item(Spare, 4)});
    for (unsigned order = 8; order < 16; ++order) // 0x100 to the end
      root_call(Task_cap, Proto::Task, {1, mask, cap_item(Word{1} << order, order)});
    root_call(Task_cap, Proto::Task, {1, mask, Fpage(Fpage::Type::Memory, 0, 40, 7).raw()});
    for (int i = 0; i < 3000; ++i)
      sleep();
    while (release_oldest_freed())
      ;
  }
  void sleep()
  {
    m.invoke(Self | Receive, Msg_tag(), 0x0400'0001);
    while (run_if_idle())
      ;
  }

  // ---- what everybody does at random ----

  bool run_if_idle()
  {
    if (m.current().prio()) return false;
    EXPECT_TRUE(host::machine.timer_us) << "nobody will ever run again";
    if (!host::machine.timer_us) return false;
    tick(0);
    return true;
  }
  void tick(Word us)
  {
    Word &clock = host::machine.clock_us;
    clock += us;
    auto timer = host::machine.timer_us;
    if (!us && timer && clock < *timer) clock = *timer;
    if (!timer || clock < *timer) return;
    host::machine.timer_us.reset();
    handle_timer();
    host::leave_kernel(nullptr);
  }
  /// Where something may be received: rarely onto something that is in use.
  Word any_free_slot() { return one_in(30) ? World + pick(Slots) : World + 16 + pick(16); }
  Word any_slot()
  {
    return one_in(40) ? 0xff00 + pick(0x200) : World + pick(one_in(5) ? Slots : 16);
  }
  Word any_fpage()
  {
    switch (pick(8)) {
    case 0:
      return Fpage::All_spaces | pick(16);
    case 1:
      return Fpage(Fpage::Type::Io, pick(0x1000) << 12, unsigned(pick(17)), u8(pick(16))).raw();
    case 2:
    case 3:
      return Fpage(Fpage::Type::Memory, pick(0x4000) << 12, 12 + unsigned(pick(12)), u8(pick(16)))
          .raw();
    case 4:
      return r();
    default:
      return Fpage(Fpage::Type::Obj, any_slot() << 12, unsigned(pick(6)), u8(pick(16))).raw();
    }
  }
  Word any_word()
  {
    switch (pick(6)) {
    case 0:
      return any_fpage();
    case 1:
      return any_slot() << 12;
    case 2:
      return r();
    case 3:
      return Word{1} << pick(32);
    case 4:
      return pick(0x20) | (one_in(3) ? Word{1} << (16 + pick(10)) : 0);
    default:
      return pick(20);
    }
  }
  Word any_control()
  {
    return (any_slot() << 12) | 8 | (pick(16) << 4) | (one_in(6) ? 2 : 0) | (one_in(8) ? 1 : 0);
  }

  void fill_utcb(unsigned words, unsigned items)
  {
    Utcb &utcb = m.utcb();
    for (unsigned i = 0; i < words; ++i)
      utcb.mr[i] = i ? any_word() : one_in(3) ? Word(-i64(pick(24))) : pick(0x14);
    for (unsigned i = 0; i < items && words + 2 * i + 1 < 63; ++i) {
      utcb.mr[words + 2 * i] = one_in(10) ? r() : any_control();
      utcb.mr[words + 2 * i + 1] = any_fpage();
    }
    utcb.bdr = one_in(10) ? pick(1 << 15) : 0 | 4 << 5 | 8 << 10 | Word{one_in(2)} << 24;
    bool is_root = &m.current() == m.root; // receives only where it cleans up
    for (unsigned i = 0; i < 12; ++i)
      utcb.br[i] = is_root     ? (any_free_slot() << 12 | 0xa)
                   : one_in(8) ? r()
                   : one_in(2) ? (any_free_slot() << 12 | 0xa | pick(8))
                   : i % 2     ? any_fpage()
                               : 8;
    utcb.br[12] = 0;
  }
  /// The protocol of what was in the slot at first.
  i64 label_for(Word slot)
  {
    if (slot == Factory || slot == Child_factory) return Proto::Factory;
    if (slot < Threads) return Proto::Task;
    if (slot < Gates) return one_in(2) ? Proto::Thread : 1;
    if (slot < Irqs) return one_in(6) ? Proto::Kobject : 2;
    if (slot < Semaphores)
      return one_in(2) ? Proto::Irq : one_in(2) ? Proto::Kobject : Proto::Irq_sender;
    return one_in(2) ? Proto::Irq : Proto::Semaphore;
  }
  void random_syscall()
  {
    static constexpr i64 labels[] = {0,   -1,  -5,  -6,  -10, -11, -12, -13,
                                     -14, -15, -18, -20, -21, -23, 1,   77};
    static constexpr Word ops[] = {1, 1, 2, 6, 3, 3, 3, 3, 3, 7, 7, 9, 0xb, 0xf, 0xf};
    Word slot = any_slot();
    i64 label = one_in(4) ? labels[pick(std::size(labels))] : label_for(slot);
    unsigned words = one_in(20) ? unsigned(pick(64)) : unsigned(pick(8)), items = unsigned(pick(3));
    if (one_in(40)) items = unsigned(pick(64));
    fill_utcb(words, items);
    Word selector = one_in(8) ? Self : one_in(10) ? (pick(64) << 12 | 0x400) : slot << 12;
    Word timeout = one_in(40) && &m.current() != m.root
                       ? 0
                       : (1 + pick(60)) << 16 | (1 + pick(60)) | (one_in(2) ? 0x04000400 : 0);
    selector |= one_in(30) ? pick(16) : ops[pick(std::size(ops))];
    m.invoke(selector, Msg_tag(label, words, items, one_in(4) ? Msg_tag::Transfer_fpu : 0), timeout,
             r());
  }
  void random_step()
  {
    Thread &self = m.current();
    if (run_if_idle()) return;
    switch (pick(60)) {
    case 0:
      return tick(1 + pick(3000));
    case 1:
      handle_irq(unsigned(pick(8)));
      host::leave_kernel(nullptr);
      return;
    case 2:
      if (&self == m.root) break;
      m.page_fault(pick(0x4000) << 12, pick(32) & ~Word{9});
      return;
    case 3: {
      if (&self == m.root) break;
      static constexpr Word traps[] = {0, 1, 3, 6, 13, 17};
      self.frame().trapno = traps[pick(std::size(traps))];
      self.frame().error = 0;
      host::leave_kernel(handle_trap(&self));
      return;
    }
    }
    if (&self == m.root && !one_in(6)) { // the others are at it
      if (one_in(20)) share();
      Word thread = Threads + pick(Thread_count); // out of whatever it got into
      if (&m.current() == m.root && one_in(4))
        root_call(thread, Proto::Thread, {1 | 0x10000, 0x1000, 0x2000});
      if (&m.current() != m.root) return;
      m.invoke(Self | Receive, Msg_tag(), 0x0400'0001 + pick(500));
    } else if (m.current().task() == m.sigma0->task())
      m.invoke(Self | Wait, Msg_tag()); // sigma0 gives nothing
    else
      random_syscall();
  }
};

TEST_F(Fuzz, random_worlds_do_not_crash_hang_or_leak)
{
  Word quota = 0, memory = 0;
  for (unsigned round = 0; round < 100; ++round) {
    SCOPED_TRACE(testing::Message() << "round " << round);
    r.seed(round + 1);
    host::machine.console.clear();
    ASSERT_EQ(&m.current(), m.root);
    m.root->frame().rip = 0x140000;
    root_call(Scheduler_cap, Proto::Scheduler, {1, 0, 1, 10, 1000}, Thread_cap);
    build();
    if (HasFatalFailure()) return;
    for (unsigned step = 0; step < 4000 && !HasFailure(); ++step)
      random_step();
    destroy();
    if (HasFailure()) return;
    if (round == 3) { // slabs and slot pages have what they keep
      quota = m.root->task()->quota().used();
      memory = Kmem::used_bytes();
    }
    if (round > 3) {
      // pages of slots that the root task received something in stay with it
      ASSERT_LE(m.root->task()->quota().used(), quota + 16 * Page_size);
      ASSERT_LE(Kmem::used_bytes(), memory + 32 * Page_size);
    }
  }
}

} // namespace
