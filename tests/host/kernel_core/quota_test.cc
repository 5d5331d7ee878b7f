// SPDX-License-Identifier: MIT
// Exhaustion: each operation that takes kernel memory runs under every limit from nothing up to the one
// that suffices. Whatever happens in between, deleting what was made returns every byte.
#include "machine.h"
#include "mem/kmem.h"

#include <functional>
#include <gtest/gtest.h>

namespace {

constexpr Word Task_cap = 1, Factory_cap = 2, Limited = 0x200, Child = 0x201, Other = 0x202, Product = 0x203,
               Runner = 0x204, Gate = 0x205;
constexpr Word Ku_area = 0x7000000000, Pages = 0x20000000, Large = 0x40000000;
constexpr Word Step_bytes = 64, Most = 128 << 10;

class Quota_exhaustion : public ::testing::Test {
protected:
  Machine &m = Machine::get();

  Word item(Word object) { return Fpage(Fpage::Type::Obj, object << 12, 0, 15).raw(); }

  /// Words, then pairs of item words; true if the operation succeeded.
  bool call(Word cap, i64 label, std::vector<Word> words, std::vector<Word> items = {})
  {
    unsigned mr = 0;
    for (Word word : words) m.utcb().mr[mr++] = word;
    for (Word word : items) m.utcb().mr[mr++] = word;
    Msg_tag tag = m.call(cap, Msg_tag(label, unsigned(words.size()), unsigned(items.size() / 2)));
    return !tag.has(Msg_tag::Error) && tag.label() >= 0;
  }
  bool create(Word factory, i64 type, Word slot, std::vector<Word> arguments = {})
  {
    m.utcb().bdr = 0;
    m.utcb().br[0] = slot << 12 | 0xa;
    m.utcb().br[1] = 0;
    arguments.insert(arguments.begin(), Word(type));
    return call(factory, Proto::Factory, arguments);
  }
  bool map(Word from, Word to, Word control, Fpage page)
  {
    return call(to, Proto::Task, {0, control | 8, page.raw()}, {8, item(from)});
  }
  bool make_child() { return create(Limited, Proto::Task, Child, {1, 0}); }

  void get_page(Word address, Fpage page)
  {
    m.page_fault(address);
    ASSERT_EQ(&m.current(), m.sigma0);
    m.utcb().mr[0] = address | 8;
    m.utcb().mr[1] = page.raw();
    m.invoke(Self | Reply_and_wait, Msg_tag(0, 0, 1));
    ASSERT_EQ(&m.current(), m.root);
  }
  void SetUp() override
  {
    static bool done = false;
    if (done) return;
    done = true;
    ASSERT_EQ(&m.current(), m.root);
    get_page(Pages, Fpage(Fpage::Type::Memory, Pages, 16, 7));
    get_page(Large, Fpage(Fpage::Type::Memory, Large, 21, 7));
    get_page(0, Fpage(Fpage::Type::Io, 0, 8, 7));
    ASSERT_TRUE(create(Factory_cap, Proto::Semaphore, Limited)); // makes the page of the slots
    clean();
  }
  void clean()
  {
    for (Word slot = Limited; slot <= Gate; ++slot)
      call(Task_cap, Proto::Task, {1, 0xc0000000, item(slot)});
    for (int i = 0; i < 50; ++i)
      m.invoke(Self | Receive, Msg_tag(), 0x04000400);
    while (Cpu::self().reclaimer.has_work())
      Cpu::self().reclaimer.step();
    ASSERT_EQ(&m.current(), m.root);
  }
  /// The operation must fail without quota, and succeed with enough of it.
  void exhaust(std::function<bool()> operation)
  {
    Word used = m.task().quota().used();
    unsigned failed = 0;
    for (Word limit = 1; limit < Most; limit += Step_bytes) {
      ASSERT_TRUE(create(Factory_cap, Proto::Factory, Limited, {1, limit}));
      bool done = operation();
      clean();
      ASSERT_EQ(m.task().quota().used(), used) << "limit " << limit << (done ? ", done" : ", refused");
      if (done) {
        EXPECT_GT(failed, 0u) << "it takes no memory at all";
        return;
      }
      ++failed;
    }
    FAIL() << "not possible with " << Most << " bytes";
  }
};

TEST_F(Quota_exhaustion, create_objects)
{
  for (i64 type : {Proto::None, Proto::Thread, Proto::Irq_sender, Proto::Semaphore})
    exhaust([&] { return create(Limited, type, Product); });
  exhaust([&] { return create(Limited, Proto::Factory, Product, {1, 4096}); });
  exhaust([&] { return create(Limited, Proto::Task, Product, {1, 0}); });
}

TEST_F(Quota_exhaustion, create_bound_gate)
{
  exhaust([&] {
    if (!create(Factory_cap, Proto::Thread, Other)) return false;
    m.utcb().br[0] = Product << 12 | 0xa;
    return call(Limited, Proto::Factory, {0, 1, 0x10}, {8, item(Other)});
  });
}

TEST_F(Quota_exhaustion, create_task_with_kernel_user_memory)
{
  for (unsigned order : {12, 13, 15})
    exhaust([&] {
      Word area = Fpage(Fpage::Type::Memory, Ku_area, order, 0).raw();
      if (!create(Limited, Proto::Task, Product, {1, area})) return false;
      // a task that was made has its area, whichever step took the memory
      auto *made = static_cast<Task *>(m.task().obj().lookup(Cap_index(Product)).object);
      EXPECT_TRUE(made->mem().ku_alias(Virt_addr(Ku_area), Word{1} << order)) << "order " << order;
      return true;
    });
}

TEST_F(Quota_exhaustion, add_kernel_user_memory)
{
  exhaust([&] {
    return make_child() && call(Child, Proto::Task, {3, Fpage(Fpage::Type::Memory, Ku_area, 12, 0).raw(),
                                                     Fpage(Fpage::Type::Memory, 0x1000000, 13, 0).raw()});
  });
}

TEST_F(Quota_exhaustion, map_memory)
{
  exhaust([&] { return make_child() && map(Task_cap, Child, 0x500000, Fpage(Fpage::Type::Memory, Pages, 12, 7)); });
  exhaust([&] { return make_child() && map(Task_cap, Child, 0x500000, Fpage(Fpage::Type::Memory, Pages, 16, 7)); });
  exhaust([&] { return make_child() && map(Task_cap, Child, Large, Fpage(Fpage::Type::Memory, Large, 21, 7)); });
}

TEST_F(Quota_exhaustion, grant_memory_between_tasks)
{
  exhaust([&] {
    return create(Factory_cap, Proto::Task, Other, {1, 0})
           && map(Task_cap, Other, 0x500000, Fpage(Fpage::Type::Memory, Pages, 16, 7)) && make_child()
           && map(Other, Child, 0x700000 | 2, Fpage(Fpage::Type::Memory, 0x500000, 16, 7));
  });
}

TEST_F(Quota_exhaustion, divide_a_large_page)
{
  exhaust([&] {
    return create(Factory_cap, Proto::Task, Other, {1, 0}) && make_child()
           && map(Task_cap, Child, Large, Fpage(Fpage::Type::Memory, Large, 21, 7))
           && map(Child, Other, 0x500000, Fpage(Fpage::Type::Memory, Large + 0x10000, 12, 7));
  });
}

TEST_F(Quota_exhaustion, map_capabilities)
{
  exhaust([&] { return make_child() && map(Task_cap, Child, 5 << 12, Fpage(Fpage::Type::Obj, Task_cap << 12, 0, 15)); });
  exhaust([&] {
    return make_child() && map(Task_cap, Child, 0x1000 << 12, Fpage(Fpage::Type::Obj, Task_cap << 12, 0, 15))
           && map(Task_cap, Child, 0x2000 << 12, Fpage(Fpage::Type::Obj, Task_cap << 12, 0, 15));
  });
}

TEST_F(Quota_exhaustion, map_ports)
{
  exhaust([&] { return make_child() && map(Task_cap, Child, 0, Fpage(Fpage::Type::Io, 0x20 << 12, 2, 7)); });
}

/// The runner of the limited task does `run`; the root task sleeps meanwhile.
TEST_F(Quota_exhaustion, explicit_reply_slot)
{
  exhaust([&] {
    bool ready = create(Limited, Proto::Task, Child, {1, Fpage(Fpage::Type::Memory, Ku_area, 12, 0).raw()})
                 && create(Factory_cap, Proto::Thread, Runner)
                 && call(Runner, Proto::Thread, {0x200000, 0, 0, 0, 0, Ku_area}, {8, item(Child)})
                 && call(7, Proto::Scheduler, {1, 0, 1, 1, 0}, {8, item(Runner)})
                 && call(Runner, Proto::Thread, {1, 0x1000, 0x2000});
    if (!ready) return false;
    m.invoke(Self | Receive, Msg_tag(), 0x3ff); // 1023 us
    EXPECT_NE(&m.current(), m.root);
    m.invoke(0x123 << 12 | 0x400 | Wait, Msg_tag(), 0x400); // does not wait
    Utcb &utcb = m.current().utcb();
    bool made = utcb.error == Word(Ipc_error::Receive_timeout);
    EXPECT_TRUE(made || utcb.error == Word(Ipc_error::No_reply_cap));
    host::machine.clock_us += 100000;
    handle_timer();
    while (&m.current() != m.root) {
      m.invoke(Self | Receive, Msg_tag(), 0);
      host::machine.clock_us += 100000;
      handle_timer();
    }
    return made;
  });
}

} // namespace
