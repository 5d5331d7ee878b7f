// SPDX-License-Identifier: MIT
// A walk through the kernel, from a page fault to the deletion of a task.
#include "machine.h"
#include "mem/kmem.h"

#include <gtest/gtest.h>

#include <string.h>
#include <string>

namespace {

constexpr Word Task_cap = 1, Factory_cap = 2;

class System : public ::testing::Test {
protected:
  Machine &m = Machine::get();

  /// sigma0 answers with one page at the faulting address, and waits again.
  void sigma0_answers(Word address, Word frame, unsigned order = 12)
  {
    ASSERT_EQ(&m.current(), m.sigma0);
    m.utcb().mr[0] = address | 8;
    m.utcb().mr[1] = Fpage(Fpage::Type::Memory, frame, order, 7).raw();
    m.invoke(Self | Reply_and_wait, Msg_tag(0, 0, 1));
  }
  /// The root task creates an object in a slot of its own.
  Msg_tag create(i64 type, Word slot, Word argument = 0)
  {
    Utcb &utcb = m.utcb();
    utcb.bdr = 0;
    utcb.br[0] = slot << 12 | 0xa;
    utcb.br[1] = 0;
    utcb.mr[0] = Word(type);
    utcb.mr[1] = 1 | 8 << 16;
    utcb.mr[2] = argument;
    return m.call(Factory_cap, Msg_tag(Proto::Factory, 3, 0));
  }
  Msg_tag unmap(Fpage pages, Word mask)
  {
    m.utcb().mr[0] = 1;
    m.utcb().mr[1] = mask;
    m.utcb().mr[2] = pages.raw();
    return m.call(Task_cap, Msg_tag(Proto::Task, 3, 0));
  }
};

TEST_F(System, boot_starts_sigma0_and_root_task)
{
  ASSERT_TRUE(m.sigma0 && m.root);
  EXPECT_NE(m.sigma0, m.root);
  EXPECT_EQ(m.sigma0->frame().rip, 0x100000u);
  EXPECT_EQ(m.root->frame().rip, 0x140000u);
}

TEST_F(System, ipc_8_page_fault_is_answered_by_the_pager)
{
  ASSERT_EQ(&m.page_fault(0x140123, 16 | 4), m.sigma0);
  Msg_tag tag(m.sigma0->frame().rax);
  EXPECT_EQ(tag.label(), Proto::Page_fault);
  EXPECT_EQ(tag.words(), 2u);
  EXPECT_EQ(m.utcb().mr[0], 0x140120u | 4);
  sigma0_answers(0x140000, 0x140000);
  ASSERT_EQ(&m.current(), m.root);
  EXPECT_EQ(arch::loaded_space(), &m.root->task()->mem());
  // the page can be passed on: to another address of the same task
  m.utcb().mr[0] = 0;
  m.utcb().mr[1] = 0x200000 | 8;
  m.utcb().mr[2] = Fpage(Fpage::Type::Memory, 0x140000, 12, 7).raw();
  m.utcb().mr[3] = 8;
  m.utcb().mr[4] = Fpage(Fpage::Type::Obj, Task_cap << 12, 0, 15).raw();
  EXPECT_EQ(m.call(Task_cap, Msg_tag(Proto::Task, 3, 1)).label(), 0);
  m.utcb().mr[0] = 3; // and no kernel-user memory can be where it is now
  m.utcb().mr[1] = Fpage(Fpage::Type::Memory, 0x200000, 12, 0).raw();
  EXPECT_EQ(m.call(Task_cap, Msg_tag(Proto::Task, 2, 0)).label(), -i64(Errno::Exist));
}

TEST_F(System, sigma0_faults_are_resolved_by_the_kernel)
{
  ASSERT_EQ(&m.page_fault(0x7000000), m.sigma0);
  EXPECT_EQ(&m.page_fault(0x8000000), m.sigma0) << "no pager is asked";
  sigma0_answers(0x7000000, 0x8000000);
  ASSERT_EQ(&m.current(), m.root);
}

TEST_F(System, objects_1_create_and_delete_leave_no_byte)
{
  Word used = m.task().quota().used();
  ASSERT_EQ(create(Proto::Task, 0x100).label(), 0);
  ASSERT_EQ(create(Proto::Thread, 0x101).label(), 0);
  ASSERT_EQ(create(Proto::Semaphore, 0x102).label(), 0);
  EXPECT_GT(m.task().quota().used(), used);
  for (Word slot : {0x100, 0x101, 0x102})
    EXPECT_EQ(unmap(Fpage(Fpage::Type::Obj, slot << 12, 0, 15),
                    Unmap_item::All_spaces | Unmap_item::Delete_obj)
                  .label(),
              0);
  // the memory comes back after a grace period: at the latest when the CPU has been in the kernel
  // again
  for (int i = 0; i < 200; ++i)
    m.invoke(Self | Receive, Msg_tag(), 0x04000400);
  Word pages = 2 * Page_size; // slot pages of this task stay
  EXPECT_LE(m.task().quota().used(), used + pages);
}

/// Found by the fuzzer: a count that was taken for negative raised the number of references, and
/// the gate stayed when its last capability went.
TEST_F(System, objects_4_dec_refcnt_never_keeps_a_gate_alive)
{
  ASSERT_EQ(create(Proto::Kobject, 0x110).label(), 0);
  for (Word n : {Word{0xffffff00}, ~Word{0}, Word{1} << 31, Word{1} << 63, Word{0x7fffffff}}) {
    ASSERT_EQ(create(Proto::Kobject, 0x111).label(), 0);
    Word used = m.task().quota().used();
    for (int i = 0; i < 4; ++i) {
      m.utcb().mr[0] = 0;
      m.utcb().mr[1] = n;
      ASSERT_EQ(m.call(0x111, Msg_tag(Proto::Kobject, 2, 0)).label(), 0);
      EXPECT_LE(i64(m.utcb().mr[0]), 0);
    }
    unmap(Fpage(Fpage::Type::Obj, 0x111 << 12, 0, 15), Unmap_item::All_spaces);
    for (int i = 0; i < 200; ++i)
      m.invoke(Self | Receive, Msg_tag(), 0x04000400);
    EXPECT_LT(m.task().quota().used(), used) << "count " << n;
  }
}

TEST_F(System, entry_4_a_deadline_that_is_now_has_expired)
{
  constexpr Word Absolute = 0x8000, Register = 3, Error = 0x8000;
  Thread &self = m.current();
  m.utcb().br[Register] = host::machine.clock_us;
  EXPECT_EQ(&m.invoke(Self | Receive, Msg_tag(), Absolute | Register), &self)
      << "it does not sleep";
  EXPECT_TRUE(self.frame().rax & Error);
  EXPECT_EQ(m.utcb().error, Word(Ipc_error::Receive_timeout));
}

class Log_device : public System {
protected:
  static constexpr Word Log_cap = 5, Exhausted = 0x80000000;
  static constexpr Word Onlcr = 4, Ocrnl = 8, Onlret = 0x20, Inlcr = 0x40, Igncr = 0x80,
                        Icrnl = 0x100, Echo = 8;

  Log_device() { host::machine.console.clear(); }
  ~Log_device() override { modes(Icrnl, Onlcr, Echo); }
  static void type(std::string const &text)
  {
    host::machine.input.assign(text.begin(), text.end());
  }
  void modes(Word in, Word out, Word local)
  {
    Word *mr = m.utcb().mr;
    mr[0] = 2, mr[1] = in, mr[2] = out, mr[3] = local;
    EXPECT_EQ(m.call(Log_cap, Msg_tag(Proto::Log, 4, 0)).label(), 0);
  }
  /// Up to `size` bytes; `answer` becomes MR0.
  std::string read(Word size)
  {
    m.utcb().mr[0] = 1 | size << 16;
    EXPECT_EQ(m.call(Log_cap, Msg_tag(Proto::Log, 1, 0)).label(), 0);
    answer = m.utcb().mr[0];
    return {reinterpret_cast<char const *>(&m.utcb().mr[1]), answer & 0x3fffffff};
  }
  void write(std::string const &text)
  {
    m.utcb().mr[0] = 0;
    m.utcb().mr[1] = text.size();
    memcpy(&m.utcb().mr[2], text.data(), text.size());
    m.invoke(Log_cap << 12 | Send, Msg_tag(Proto::Log, 2, 0));
  }
  Word answer = 0;
};

TEST_F(Log_device, objects_10_read_takes_no_more_than_a_message_holds)
{
  type(std::string(600, 'x'));
  m.utcb().bdr = 0x5a5a;
  EXPECT_EQ(read(~Word{0} >> 16).size(), 62 * sizeof(Word));
  EXPECT_EQ(answer & Exhausted, 0u) << "there is more";
  EXPECT_EQ(m.utcb().bdr, 0x5a5au) << "what follows the message registers";
  EXPECT_EQ(read(496).size(), 600u - 496);
  EXPECT_TRUE(answer & Exhausted);
  EXPECT_EQ(read(496).size(), 0u);
  type("abc");
  EXPECT_EQ(read(2), "ab");
  EXPECT_EQ(read(0), "");
  EXPECT_EQ(read(8), "c");
}

TEST_F(Log_device, objects_10_input_modes)
{
  modes(0, 0, 0);
  type("a\rb\nc");
  EXPECT_EQ(read(9), "a\rb\nc");
  modes(Icrnl, 0, 0);
  type("a\rb\nc");
  EXPECT_EQ(read(9), "a\nb\nc");
  modes(Inlcr, 0, 0);
  type("a\rb\nc");
  EXPECT_EQ(read(9), "a\rb\rc");
  modes(Igncr | Icrnl, 0, 0);
  type("a\rb\nc");
  EXPECT_EQ(read(9), "ab\nc");
  EXPECT_EQ(host::machine.console, "") << "without echo";
  modes(Icrnl, 0, Echo);
  type("a\r");
  EXPECT_EQ(read(9), "a\n");
  EXPECT_EQ(host::machine.console, "a\r\n");
}

TEST_F(Log_device, objects_10_output_modes)
{
  write("a\nb\rc");
  EXPECT_EQ(host::machine.console, "a\r\nb\rc");
  modes(0, 0, 0);
  host::machine.console.clear();
  write("\n");
  EXPECT_EQ(host::machine.console, "\r\n") << "ONLCR stays set";
  modes(0, Ocrnl, 0);
  host::machine.console.clear();
  write("a\rb");
  EXPECT_EQ(host::machine.console, "a\nb");
  modes(0, Onlret, 0);
  host::machine.console.clear();
  write("a\rb\n");
  EXPECT_EQ(host::machine.console, "ab\r\n");
}

TEST_F(Log_device, objects_10_a_long_line_goes_in_steps_and_a_longer_one_not_at_all)
{
  std::string const longest(61 * sizeof(Word), 'y');
  unsigned const before = host::machine.interrupt_windows;
  write(longest);
  EXPECT_EQ(host::machine.console, longest);
  EXPECT_GE(host::machine.interrupt_windows, before + longest.size() / 32 - 1);
  m.utcb().mr[0] = 0;
  m.utcb().mr[1] = longest.size() + 1;
  m.invoke(Log_cap << 12 | Send, Msg_tag(Proto::Log, 2, 0));
  EXPECT_EQ(host::machine.console, longest);
}

} // namespace
