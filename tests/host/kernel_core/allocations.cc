// SPDX-License-Identifier: MIT
#include "allocations.h"

#include <gtest/gtest.h>

namespace {

constexpr Word Is_map = 8, Grant = 2, Small_buffer = 0xa, All_spaces = 0xfc0;
constexpr Word Bind_task = 0x200000, Vcpu_control = 7, Trampoline_setup = 9;

Fpage memory(Word address, unsigned order)
{
  return {Fpage::Type::Memory, address, order, 7};
}
Fpage slot(Word index, unsigned order = 0)
{
  return {Fpage::Type::Obj, index << 12, order, 15};
}

template <i64 TYPE, Word... ARGUMENTS> bool create_one(Hands &h)
{
  return h.create(Hands::Limited, TYPE, Hands::Product, {ARGUMENTS...});
}

bool create_bound_gate(Hands &h)
{
  if (!h.create(Hands::Factory_cap, Proto::Thread, Hands::Other)) return false;
  h.m.utcb().br[0] = Hands::Product << 12 | Small_buffer;
  return h.call(Hands::Limited, Proto::Factory, {0, 1, 0x10}, {Is_map, Hands::item(Hands::Other)});
}

/// A task that was made has its area, whichever step took the memory.
template <unsigned ORDER> bool create_task_with_area(Hands &h)
{
  Word area = Fpage(Fpage::Type::Memory, Hands::Ku_area, ORDER, 0).raw();
  if (!h.create(Hands::Limited, Proto::Task, Hands::Product, {1, area})) return false;
  auto *made = static_cast<Task *>(h.m.task().obj().lookup(Cap_index(Hands::Product)).object);
  EXPECT_TRUE(made->mem().ku_alias(Virt_addr(Hands::Ku_area), Word{1} << ORDER))
      << "order " << ORDER;
  return true;
}

bool add_areas(Hands &h)
{
  return h.make_child() && h.call(Hands::Child, Proto::Task,
                                  {3, Fpage(Fpage::Type::Memory, Hands::Ku_area, 12, 0).raw(),
                                   Fpage(Fpage::Type::Memory, 0x1000000, 13, 0).raw()});
}

bool map_page(Hands &h)
{
  return h.make_child() && h.map(Hands::Task_cap, Hands::Child, 0x500000, memory(Hands::Pages, 12));
}
bool map_block(Hands &h)
{
  return h.make_child() && h.map(Hands::Task_cap, Hands::Child, 0x500000, memory(Hands::Pages, 16));
}
bool map_large_page(Hands &h)
{
  return h.make_child() &&
         h.map(Hands::Task_cap, Hands::Child, Hands::Large, memory(Hands::Large, 21));
}

bool grant_block(Hands &h)
{
  return h.create(Hands::Factory_cap, Proto::Task, Hands::Other, {1, 0}) &&
         h.map(Hands::Task_cap, Hands::Other, 0x500000, memory(Hands::Pages, 16)) &&
         h.make_child() &&
         h.map(Hands::Other, Hands::Child, 0x700000 | Grant, memory(0x500000, 16));
}

bool divide_large_page(Hands &h)
{
  return h.create(Hands::Factory_cap, Proto::Task, Hands::Other, {1, 0}) && h.make_child() &&
         h.map(Hands::Task_cap, Hands::Child, Hands::Large, memory(Hands::Large, 21)) &&
         h.map(Hands::Child, Hands::Other, 0x500000, memory(Hands::Large + 0x10000, 12));
}

bool map_capability(Hands &h)
{
  return h.make_child() && h.map(Hands::Task_cap, Hands::Child, 5 << 12, slot(Hands::Task_cap));
}

bool map_far_capabilities(Hands &h)
{
  return h.make_child() &&
         h.map(Hands::Task_cap, Hands::Child, 0x1000 << 12, slot(Hands::Task_cap)) &&
         h.map(Hands::Task_cap, Hands::Child, 0x2000 << 12, slot(Hands::Task_cap));
}

bool map_block_of_capabilities(Hands &h)
{
  return h.make_child() && h.map(Hands::Task_cap, Hands::Child, 0x1000 << 12, slot(0, 4));
}

bool map_ports(Hands &h)
{
  return h.make_child() &&
         h.map(Hands::Task_cap, Hands::Child, 0, Fpage(Fpage::Type::Io, 0x20 << 12, 2, 7));
}

bool use_reply_slot(Hands &h)
{
  if (!h.make_runner()) return false;
  Ipc_error error = h.run(0x123 << 12 | 0x400 | Wait, Msg_tag(), 0x400); // does not wait
  EXPECT_TRUE(error == Ipc_error::Receive_timeout || error == Ipc_error::No_reply_cap);
  return error == Ipc_error::Receive_timeout;
}

/// The root task sends capabilities and pages to the runner, which waits for them.
bool send_items(Hands &h)
{
  if (!h.make_runner()) return false;
  h.m.invoke(Self | Receive, Msg_tag(), 0x3ff);
  if (&h.m.current() == h.m.root) return false;
  Utcb &utcb = h.m.utcb();
  utcb.bdr = 2 << 10; // capabilities from BR2
  utcb.br[0] = Is_map;
  utcb.br[1] = All_spaces;
  utcb.br[2] = 0x1000 << 12 | Small_buffer;
  utcb.br[3] = 0x2000 << 12 | Small_buffer;
  utcb.br[4] = 0;
  h.m.invoke(Self | Wait, Msg_tag(), 0);
  host::machine.clock_us += 100000;
  handle_timer();
  host::leave_kernel(nullptr);
  EXPECT_EQ(&h.m.current(), h.m.root);
  return h.call(Hands::Runner, 1, {},
                {Is_map, slot(Hands::Task_cap).raw(), 0x500000 | Is_map,
                 memory(Hands::Pages, 16).raw(), Is_map, slot(Hands::Factory_cap).raw()});
}

bool enable_vcpu(Hands &h)
{
  return h.make_runner() &&
         h.call(Hands::Runner, Proto::Thread, {Vcpu_control, Hands::Ku_area + 0x400});
}

bool set_trampoline(Hands &h)
{
  return h.make_runner() &&
         h.call(Hands::Runner, Proto::Thread, {Trampoline_setup, Hands::Ku_area + 0x400});
}

} // namespace

std::vector<Allocation> const Allocations{
    {"create_gate", create_one<Proto::None>},
    {"create_thread", create_one<Proto::Thread>},
    {"create_irq", create_one<Proto::Irq_sender>},
    {"create_semaphore", create_one<Proto::Semaphore>},
    {"create_factory", create_one<Proto::Factory, 1, 4096>},
    {"create_task", create_one<Proto::Task, 1, 0>},
    {"create_bound_gate", create_bound_gate},
    {"create_task_with_a_page", create_task_with_area<12>},
    {"create_task_with_two_pages", create_task_with_area<13>},
    {"create_task_with_eight_pages", create_task_with_area<15>},
    {"add_kernel_user_memory", add_areas},
    {"map_page", map_page},
    {"map_block", map_block},
    {"map_large_page", map_large_page},
    {"grant_block", grant_block},
    {"divide_large_page", divide_large_page},
    {"map_capability", map_capability},
    {"map_far_capabilities", map_far_capabilities},
    {"map_block_of_capabilities", map_block_of_capabilities},
    {"map_ports", map_ports},
    {"use_reply_slot", use_reply_slot},
    {"send_items", send_items},
    {"enable_vcpu", enable_vcpu},
    {"set_trampoline", set_trampoline},
};

// ---- the root task's part -----------------------------------------------------------------------

bool Hands::call(Word cap, i64 label, std::vector<Word> words, std::vector<Word> items)
{
  unsigned mr = 0;
  for (Word word : words)
    m.utcb().mr[mr++] = word;
  for (Word word : items)
    m.utcb().mr[mr++] = word;
  Word op = label == 1 ? Send : Call; // a message to a thread has no answer
  m.invoke(cap << 12 | op, Msg_tag(label, unsigned(words.size()), unsigned(items.size() / 2)),
           0x04000400);
  EXPECT_EQ(&m.current(), m.root);
  Msg_tag tag(m.current().frame().rax);
  return !tag.has(Msg_tag::Error) && tag.label() >= 0;
}

bool Hands::create(Word factory, i64 type, Word to, std::vector<Word> arguments)
{
  m.utcb().bdr = 0;
  m.utcb().br[0] = to << 12 | Small_buffer;
  m.utcb().br[1] = 0;
  arguments.insert(arguments.begin(), Word(type));
  return call(factory, Proto::Factory, arguments);
}

bool Hands::map(Word from, Word to, Word control, Fpage page)
{
  return call(to, Proto::Task, {0, control | Is_map, page.raw()}, {Is_map, item(from)});
}

bool Hands::make_runner()
{
  return create(Limited, Proto::Task, Child,
                {1, Fpage(Fpage::Type::Memory, Ku_area, 12, 0).raw()}) &&
         create(Factory_cap, Proto::Thread, Runner) &&
         call(Runner, Proto::Thread, {Bind_task, 0, 0, 0, 0, Ku_area}, {Is_map, item(Child)}) &&
         call(Scheduler_cap, Proto::Scheduler, {1, 0, 1, 1, 0}, {Is_map, item(Runner)}) &&
         call(Runner, Proto::Thread, {1, 0x1000, 0x2000});
}

Ipc_error Hands::run(Word selector, Msg_tag tag, Word timeout)
{
  m.invoke(Self | Receive, Msg_tag(), 0x3ff); // 1023 us
  EXPECT_NE(&m.current(), m.root);
  m.invoke(selector, tag, timeout);
  auto error = Ipc_error(m.utcb().error);
  while (&m.current() != m.root) {
    m.invoke(Self | Receive, Msg_tag(), 0);
    host::machine.clock_us += 100000;
    handle_timer();
    host::leave_kernel(nullptr);
  }
  return error;
}

void Hands::get_page(Word address, Fpage page)
{
  m.page_fault(address);
  ASSERT_EQ(&m.current(), m.sigma0);
  m.utcb().mr[0] = address | Is_map;
  m.utcb().mr[1] = page.raw();
  m.invoke(Self | Reply_and_wait, Msg_tag(0, 0, 1));
  ASSERT_EQ(&m.current(), m.root);
}

Hands::Hands()
{
  static bool done = false;
  if (done) return;
  done = true;
  EXPECT_EQ(&m.current(), m.root);
  get_page(Pages, memory(Pages, 16));
  get_page(Large, memory(Large, 21));
  get_page(0, Fpage(Fpage::Type::Io, 0, 8, 7));
  EXPECT_TRUE(create(Factory_cap, Proto::Semaphore, Limited)); // makes the page of the slots
  clean();
}

void Hands::clean()
{
  for (Word slot = Limited; slot <= Gate; ++slot)
    call(Task_cap, Proto::Task, {1, 0xc0000000, item(slot)});
  for (int i = 0; i < 50; ++i)
    m.invoke(Self | Receive, Msg_tag(), 0x04000400);
  while (Cpu::self().reclaimer.has_work())
    Cpu::self().reclaimer.step();
  ASSERT_EQ(&m.current(), m.root);
}
