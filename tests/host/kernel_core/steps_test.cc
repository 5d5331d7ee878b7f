// SPDX-License-Identifier: MIT
// Operations in steps: their opcode and arguments are in the UTCB, and another thread may change them while an
// interrupt is served between two steps. What was begun as one operation must never go on as another, with
// progress that means something else.
#include "machine.h"
#include "obj/thread_extension.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace {

constexpr Word Task_cap = 1, Factory_cap = 2, Thread_cap = 3, Scheduler_cap = 7;
constexpr Word First_sender = 0x300;
constexpr Word Unmap = 1;
constexpr unsigned Senders = 100; ///< more than one step of modify_senders looks at
constexpr Word Ku_area = 0x4000000, Utcb_area = 0x4100000;

Utcb *attacked;      ///< whose message registers change
Word new_opcode;
unsigned windows_left; ///< until they do

void change_opcode()
{
  if (windows_left && --windows_left == 0) attacked->mr[0] = new_opcode;
}

class Steps : public ::testing::Test {
protected:
  void SetUp() override { alarm(50); } // a hang ends the test program
  void TearDown() override
  {
    host::machine.on_interrupt_window = nullptr;
    alarm(0);
  }

  Machine &m = Machine::get();

  Msg_tag call(Word cap, i64 protocol, std::initializer_list<Word> words, unsigned items = 0)
  {
    unsigned n = 0;
    for (Word word : words)
      m.utcb().mr[n++] = word;
    return m.call(cap, Msg_tag(protocol, unsigned(words.size()) - 2 * items, items), 0x04000400);
  }
  /// The same, with another opcode from the n-th window on.
  Msg_tag attack(unsigned n, Word opcode, Word cap, i64 protocol, std::initializer_list<Word> words,
                 unsigned items = 0)
  {
    attacked = &m.utcb();
    new_opcode = opcode;
    windows_left = n;
    host::machine.on_interrupt_window = change_opcode;
    Msg_tag tag = call(cap, protocol, words, items);
    host::machine.on_interrupt_window = nullptr;
    return tag;
  }
  static Word object(Word slot) { return Fpage(Fpage::Type::Obj, slot << 12, 0, 15).raw(); }
  void create(i64 type, Word slot)
  {
    m.utcb().bdr = 0;
    m.utcb().br[0] = slot << 12 | 0xa;
    m.utcb().br[1] = 0;
    ASSERT_EQ(call(Factory_cap, Proto::Factory, {Word(type)}).label(), 0);
  }
  void set_prio(Word slot, Word prio)
  {
    call(Scheduler_cap, Proto::Scheduler, {1, 0, 1, prio, 0, 8, object(slot)}, 1);
  }
  /// Threads that wait for the root thread to take their messages.
  void queue_senders()
  {
    constexpr Word Root_prio = 100, Sender_prio = 200;
    prio = m.root->prio();
    set_prio(Thread_cap, Root_prio);
    ASSERT_EQ(call(Task_cap, Proto::Task, {3, Fpage(Fpage::Type::Memory, Utcb_area, 17, 0).raw()}).label(), 0);
    for (Word i = 0; i < Senders; ++i) {
      Word slot = First_sender + i;
      create(Proto::Thread, slot);
      constexpr Word Bind_task = 0x200000;
      ASSERT_EQ(call(slot, Proto::Thread,
                     {Bind_task, 0, 0, 0, 0, Utcb_area + i * sizeof(Utcb), 8, object(Task_cap)}, 1)
                    .label(),
                0);
      set_prio(slot, Sender_prio);
      call(slot, Proto::Thread, {1, 0x1000, 0x2000});
      ASSERT_NE(&m.current(), m.root);
      m.invoke(Thread_cap << 12 | Send, Msg_tag(0, 0, 0));
      ASSERT_EQ(&m.current(), m.root);
    }
  }
  void remove_senders()
  {
    for (Word i = 0; i < Senders; ++i)
      call(Task_cap, Proto::Task,
           {Unmap, Unmap_item::All_spaces | Unmap_item::Delete_obj, object(First_sender + i)});
    set_prio(Thread_cap, prio);
  }

  Word prio; ///< of the root thread
};

TEST_F(Steps, a_run_over_the_senders_does_not_go_on_as_vcpu_resume)
{
  constexpr Word Modify_senders = 6, Resume = 4, Vcpu_control = 7;
  ASSERT_EQ(call(Task_cap, Proto::Task, {3, Fpage(Fpage::Type::Memory, Ku_area, 12, 0).raw()}).label(), 0);
  ASSERT_EQ(call(Thread_cap, Proto::Thread, {Vcpu_control, Ku_area}).label(), 0);
  Vcpu_area &area = *m.root->extension()->vcpu;
  area.user_task = Task_cap << 12;
  area.registers[offsetof(Frame, rip) / sizeof(Word)] = m.root->frame().rip;
  call(Thread_cap, Proto::Thread, {Resume});
  queue_senders();
  for (unsigned n = 1; n <= 3; ++n) {
    // an item that is refused, and an unmap, leave progress that would be taken for that of more items
    constexpr Word Item = 0x2ff000 | 8, No_map = 4;
    EXPECT_TRUE(call(Thread_cap, Proto::Thread, {Resume, No_map, object(Task_cap)}, 1).raw() & Msg_tag::Error);
    call(Task_cap, Proto::Task,
         {Unmap, Unmap_item::All_spaces, Fpage(Fpage::Type::Memory, 0x124000, 13, 15).raw()});
    attack(n, Resume, Thread_cap, Proto::Thread,
           {Modify_senders, Item, object(Task_cap), 0, 0, // and groups that make the steps short
            0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, Item, object(Task_cap)}, 1);
    EXPECT_EQ(windows_left, 0u) << "the operation took fewer steps";
    // the walk that was given up: refused once, then the next one goes to the end
    for (i64 result : {-i64(Errno::Busy), i64{0}})
      EXPECT_EQ(call(Thread_cap, Proto::Thread, {Modify_senders, 0, 1, 0, 0}).label(), result);
  }
  remove_senders();
}

} // namespace
