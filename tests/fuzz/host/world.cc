// SPDX-License-Identifier: MIT
#include "world.h"

#include "arch/host/host.h"
#include "ipc/entry.h"
#include "mem/kmem.h"
#include "mem/slab.h"
#include "obj/factory.h"
#include "obj/ipc_gate.h"
#include "obj/semaphore.h"
#include "obj/task.h"
#include "sched/cpu.h"
#include "space/mapping_tree.h"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

namespace fuzz {

namespace {

/// Slots of the root task.
constexpr Word Root_task = 1, Root_factory = 2, Root_thread = 3, Root_log = 5, Root_icu = 6, Root_scheduler = 7,
               Root_debugger = 10;
constexpr Word Own_factory = 0x100, Own_small_factory = 0x101, Own_tasks = 0x110, Own_threads = 0x120,
               Own_gates = 0x130, Own_irqs = 0x138, Own_semaphores = 0x13a, Own_end = 0x140;
/// Memory of the root task: small pages, a large page, ports.
constexpr Word Root_small = 0x20000000, Root_large = 0x40000000;
constexpr Word Map_item = 8, Small_buffer = 0xa;
constexpr u8 All = 15, Server = 0x20;

Word fpage(Fpage::Type type, Word address, unsigned order, u8 rights = All)
{
  return Fpage(type, address, order, rights).raw();
}
Word object(Word slot, u8 rights = All) { return fpage(Fpage::Type::Obj, slot << 12, 0, rights); }

} // namespace

void fail(char const *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  std::fprintf(stderr, "invariant violated: ");
  std::vfprintf(stderr, format, arguments);
  std::fprintf(stderr, "\nconsole: ...%s\n",
               host::machine.console.size() > 400
                 ? host::machine.console.c_str() + host::machine.console.size() - 400
                 : host::machine.console.c_str());
  va_end(arguments);
  std::abort();
}

// ---- the hands of user programs ---------------------------------------------------------------

void World::invoke(Word selector, Msg_tag tag, Word timeouts, Word label)
{
  ++system_calls;
  Thread &self = current();
  self.frame().rdx = selector;
  host::system_call(&self, label, selector, tag.raw(), timeouts);
}

void World::trap(Word number, Word error, Word address)
{
  Thread &self = current();
  self.frame().trapno = number;
  self.frame().error = error;
  self.frame().pfa = address;
  host::leave_kernel(handle_trap(&self));
}

void World::pass_time(Word us)
{
  host::machine.clock_us += us;
  handle_timer();
  host::leave_kernel(nullptr);
}

Thread *World::thread(unsigned number)
{
  Cap cap = _root->task()->obj().lookup(Cap_index(Own_threads + number));
  return cap ? static_cast<Thread *>(cap.object) : nullptr;
}

// ---- the controller ---------------------------------------------------------------------------

Msg_tag World::call(Word cap, i64 label, std::vector<Word> words, std::vector<Word> items)
{
  if (!controller_runs()) fail("the controller lost the CPU");
  unsigned mr = 0;
  for (Word word : words)
    current().utcb().mr[mr++] = word;
  for (Word word : items)
    current().utcb().mr[mr++] = word;
  invoke(cap << 12 | Call, Msg_tag(label, unsigned(words.size()), unsigned(items.size() / 2)), 0);
  if (!controller_runs()) fail("the controller's call to slot %#lx did not return", cap);
  return Msg_tag(current().frame().rax);
}

void World::create(i64 type, Word slot, std::vector<Word> arguments)
{
  Utcb &utcb = current().utcb();
  utcb.bdr = 0;
  utcb.br[0] = slot << 12 | Small_buffer;
  utcb.br[1] = 0;
  arguments.insert(arguments.begin(), Word(type));
  Word factory = slot == Own_factory ? Root_factory : Own_factory;
  Msg_tag tag = call(factory, Proto::Factory, arguments);
  if (tag.label() < 0) fail("the controller cannot create an object of type %ld: %ld", type, tag.label());
}

void World::give(Word task, Word slot, Word to, u8 rights)
{
  call(Own_tasks + task, Proto::Task, {0, to << 12 | Map_item | Server, object(slot, rights)},
       {Map_item, object(Root_task)});
}

/// The root task faults, and sigma0 answers with an item.
void World::get_memory(Word address, Word frame, unsigned order, Fpage::Type type)
{
  trap(14, 4, address);
  if (&current() != _sigma0) fail("sigma0 was not asked");
  current().utcb().mr[0] = address | Map_item;
  current().utcb().mr[1] = fpage(type, frame, order, 7);
  invoke(Self | Reply_and_wait, Msg_tag(0, 0, 1), 0);
  if (!controller_runs()) fail("sigma0's answer does not wake the root task");
}

World::World()
{
  host::boot();
  _sigma0 = &current();
  invoke(Self | Wait, Msg_tag(0, 0, 0), 0);
  _root = &current();
  // above everybody else at first; the quantum never ends
  call(Root_scheduler, Proto::Scheduler, {1, 0, 1, 255, 2000000000}, {Map_item, object(Root_thread)});
  get_memory(Root_small, Root_small, 16);
  get_memory(Root_large, Root_large, Superpage_shift);
  get_memory(0, 0, 10, Fpage::Type::Io);
  // tables that stay with the root task for ever come with a first, empty run
  Input nothing(nullptr, 0);
  build(nothing);
  destroy();
}

World &World::get()
{
  static World world;
  return world;
}

void World::make_objects(Input &input)
{
  static constexpr Word Limits[] = {4 << 20, 1 << 20, 256 << 10, 150 << 10};
  create(Proto::Factory, Own_factory, {1, 8 << 20});
  _tasks = 2 + input.below(2);
  Word limit = Limits[input.below(4)];
  for (Word i = 0; i < _tasks; ++i)
    create(Proto::Task, Own_tasks + i, {1, fpage(Fpage::Type::Memory, Utcbs, Utcbs_order, 0)});
  create(Proto::Factory, Own_small_factory, {1, limit});
  for (Word i = 0; i < Gates; ++i)
    create(Proto::None, Own_gates + i);
  for (Word i = 0; i < 2; ++i) {
    create(Proto::Irq_sender, Own_irqs + i);
    create(Proto::Semaphore, Own_semaphores + i);
  }
}

void World::make_threads(Input &input)
{
  constexpr Word Bind = 0x200000, Pager = 0x10000, Handler = 0x1000000, Alien = 0x400000;
  _threads = 3 + input.below(Max_threads - 2);
  u8 aliens = input.byte();
  for (Word i = 0; i < _threads; ++i) {
    create(Proto::Thread, Own_threads + i);
    Word flags = Bind | Pager | Handler | (i && aliens >> i & 1 ? Alien : 0);
    Word utcb = Utcbs + i / _tasks * Utcb_size;
    call(Own_threads + i, Proto::Thread,
         {flags, (First_gate + i % Gates) << 12, (First_thread + (i + 1) % _threads) << 12, 0, Alien, utcb},
         {Map_item, object(Own_tasks + i % _tasks)});
    call(Root_scheduler, Proto::Scheduler, {1, 0, 1, 10 + i % 3, 0}, {Map_item, object(Own_threads + i)});
  }
}

void World::build(Input &input)
{
  make_objects(input);
  make_threads(input);
  u8 rights = input.byte();
  for (Word task = 0; task < _tasks; ++task) {
    u8 mine = rights >> task & 1 ? u8(All) : u8(All & ~Fpage::Cap_d);
    give(task, Own_tasks + task, 1, All);
    give(task, Own_small_factory, 2, All);
    give(task, Own_factory, 3, All & ~Fpage::Cap_s);
    for (Word i = 0; i < _threads; ++i)
      give(task, Own_threads + i, First_thread + i, mine);
    for (Word i = 0; i < _tasks; ++i)
      give(task, Own_tasks + i, First_task + i, mine);
    for (Word i = 0; i < Gates; ++i)
      give(task, Own_gates + i, First_gate + i, mine);
    for (Word i = 0; i < 2; ++i) {
      give(task, Own_irqs + i, First_irq + i, mine);
      give(task, Own_semaphores + i, First_semaphore + i, mine);
    }
    Word const common[][2] = {{Root_log, Log_slot}, {Root_icu, Icu_slot}, {Root_scheduler, Scheduler_slot},
                              {Root_debugger, Debugger_slot}};
    for (auto [from, to] : common)
      give(task, from, to, All);
    call(Own_tasks + task, Proto::Task,
         {0, Small_pages | Map_item, fpage(Fpage::Type::Memory, Root_small, 16)}, {Map_item, object(Root_task)});
    call(Own_tasks + task, Proto::Task,
         {0, Large_page | Map_item, fpage(Fpage::Type::Memory, Root_large, 21)}, {Map_item, object(Root_task)});
    call(Own_tasks + task, Proto::Task, {0, Map_item, fpage(Fpage::Type::Io, 0, 10)}, {Map_item, object(Root_task)});
  }
  for (Word i = 0; i + 1 < Gates; ++i)
    call(Own_gates + i, Proto::Kobject, {0x10, 0x1000 + i * 0x10}, {Map_item, object(Own_threads + i % _threads)});
  for (Word i = 0; i < _threads; ++i)
    call(Own_threads + i, Proto::Thread, {1, 0x1000, 0x2000});
  sleep(10000);
}

void World::sleep(Word us)
{
  Word exponent = 0;
  for (; us > 1023; us /= 2)
    ++exponent;
  invoke(Self | Receive, Msg_tag(0, 0, 0), exponent << 10 | us);
}

void World::control(Input &input)
{
  Word thread = Own_threads + input.below(_threads);
  switch (input.below(5)) {
  case 0: call(thread, Proto::Thread, {0x10001, ~Word{0}, ~Word{0}}); break;
  case 1: call(thread, Proto::Thread, {0x20001, ~Word{0}, ~Word{0}}); break;
  case 2: call(thread, Proto::Thread, {0x30001, 0x1000, 0x2000}); break;
  case 3:
    call(Root_scheduler, Proto::Scheduler, {1, 0, input.byte() % 8u != 0, 1u + input.below(16), 0},
         {Map_item, object(thread)});
    break;
  default: call(thread, Proto::Thread, {1, ~Word{0}, ~Word{0}}); break;
  }
  sleep(1000);
}

/// However busy the others are, the controller comes to run when its sleep is over. Who has the scheduler may
/// give all threads the controller's priority and the longest quantum there is: then one after the other.
void World::wake()
{
  constexpr Word Longest_quantum = 0xffffffff;
  Word const end = host::machine.clock_us + Thread::count() * Longest_quantum;
  for (Word step = 10000; !controller_runs(); step += step / 8) {
    if (host::machine.clock_us > end) fail("the controller starves");
    pass_time(step < Longest_quantum ? step : Longest_quantum);
  }
}

/// All objects that are dead get buried.
void World::settle()
{
  for (unsigned n = 0; Cpu::self().reclaimer.has_work(); ++n) {
    if (n == 1000000) fail("the reclaimer does not come to an end");
    Cpu::self().reclaimer.step();
    if (n % 64 == 0) invoke(Self | Receive, Msg_tag(0, 0, 0), Both_zero);
  }
}

void World::destroy()
{
  constexpr Word Delete = 0xc0000000;
  host::machine.on_interrupt_window = nullptr;
  wake();
  for (Word slot = Own_factory; slot < Own_end; ++slot)
    call(Root_task, Proto::Task, {1, Delete, object(slot)});
  // what others may have done with memory they had from the root task
  for (Word page : {fpage(Fpage::Type::Memory, Root_small, 16), fpage(Fpage::Type::Memory, Root_large, 21)})
    call(Root_task, Proto::Task, {1, 0, page});
  settle();
  Figures now = figures();
  Word bytes = Kmem::used_bytes() - Slab::spare_bytes();
  if (!_start.quota) {
    _start = now;
    _kernel_bytes = bytes;
  }
  if (!(now == _start))
    fail("left over: quota %ld, threads %ld, tasks %ld, factories %ld, irqs %ld, semaphores %ld, gates %ld, "
         "nodes %ld, large %ld, pieces %ld",
         now.quota - _start.quota, now.threads - _start.threads, now.tasks - _start.tasks,
         now.factories - _start.factories, now.irqs - _start.irqs, now.semaphores - _start.semaphores,
         now.gates - _start.gates, now.nodes - _start.nodes, now.large_nodes - _start.large_nodes,
         now.pieces - _start.pieces);
  if (bytes != _kernel_bytes) fail("%ld bytes of kernel memory leaked", bytes - _kernel_bytes);
  host::machine.console.clear();
  host::machine.flushes.clear();
  host::machine.ipis.clear();
}

Figures World::figures()
{
  Cap factory = _root->task()->obj().lookup(Cap_index(Root_factory));
  return {static_cast<Factory *>(factory.object)->used(), Thread::count(), Slab_of<Task>::used(),
          Slab_of<Factory>::used(), Slab_of<Irq>::used(), Slab_of<Semaphore>::used(), Slab_of<Ipc_gate>::used(),
          Slab_of<Node>::used(), Slab_of<Large_node>::used(), Slab_of<Pieces>::used()};
}

} // namespace fuzz
