// SPDX-License-Identifier: MIT
// Runs in tasks that share the program's code read-only: it may use its stack, its UTCB and the job, and must
// not write to any variable.
#include "hostile.h"

#include "../operations.h"

namespace fuzz {

using Tap::br;
using Tap::bdr;
using Tap::mr;

namespace {

constexpr l4_umword_t Map_item = L4_ITEM_MAP;

struct Hostile {
  Job &job;

  l4_umword_t next()
  {
    l4_umword_t r = job.random;
    r ^= r << 13;
    r ^= r >> 7;
    r ^= r << 17;
    return (job.random = r) >> 11;
  }
  unsigned below(unsigned limit) { return unsigned(next() % limit); }
  bool one_in(unsigned n) { return below(n) == 0; }
  l4_umword_t slot() { return next() % Slots << L4_CAP_SHIFT; }

  l4_umword_t slot_of(Target target);
  l4_umword_t selector(Target target) { return one_in(4) ? slot() : slot_of(target) << L4_CAP_SHIFT; }
  l4_umword_t page();
  l4_umword_t control();
  l4_umword_t argument(Arg kind);
  l4_umword_t timeouts();
  void buffers();
  void invoke(l4_umword_t selector, l4_umword_t tag);
  void operation();
  void message();
};

l4_umword_t Hostile::slot_of(Target target)
{
  switch (target) {
  case Target::Task: return one_in(4) ? l4_umword_t(Own_task) : First_task + below(Tasks);
  case Target::Factory: return Small_factory;
  case Target::Thread: return First_thread + below(Threads);
  case Target::Gate: return First_gate + below(Gates);
  case Target::Irq: return First_irq + below(Irqs);
  case Target::Semaphore: return First_semaphore + below(Semaphores);
  default: return below(Slots); // tasks have no log, no scheduler, no interrupt controller
  }
}

l4_umword_t Hostile::page()
{
  unsigned const rights = below(16);
  if (one_in(2)) return Tap::memory_page(Area + next() % 32 * L4_PAGESIZE, 12 + below(5), rights);
  if (one_in(64)) return Tap::object_page(0, rights, 63);
  return Tap::object_page(slot(), rights | 4, one_in(4) ? below(4) : 0);
}

l4_umword_t Hostile::control()
{
  l4_umword_t const hot_spot = one_in(2) ? slot() : Area + next() % 32 * L4_PAGESIZE;
  return hot_spot | Map_item | (next() & 0xf2 & (one_in(4) ? ~0UL : ~0x2UL));
}

l4_umword_t Hostile::argument(Arg kind)
{
  switch (kind) {
  case Arg::None: return 0;
  case Arg::Selector: return slot();
  case Arg::Control: return control();
  case Arg::Page: return page();
  case Arg::Ku_page: return Tap::memory_page(Area + next() % 64 * L4_PAGESIZE, 11 + below(8), 0);
  case Arg::Unmap_mask: return next() % 4 << 30;
  case Arg::Limit: return (1UL << below(64)) | below(256);
  case Arg::Gate_label: return next() % 64 << 2;
  case Arg::Control_flags: return next() % 0x200 << 16;
  case Arg::Ex_flags: return next() % 4 << 16;
  case Arg::Address: return 0x7ffd00000000 + next() % 0x80 * 0x80;
  case Arg::Any: return one_in(2) ? ~0UL : next() << below(40);
  default: return below(256);
  }
}

/// No wait is long: a thread that waits does no system calls.
l4_umword_t Hostile::timeouts()
{
  switch (below(4)) {
  case 0: return Tap::Zero;
  case 1: return Tap::pair(1 + below(300), 1 + below(300));
  case 2: return Tap::pair(0x8000 | below(64), 0x8000 | below(64));
  default: return Tap::pair(Tap::Half_zero, 1 + below(500));
  }
}

void Hostile::buffers()
{
  bdr() = (next() % 4) << 10 | (next() % 2) << 24;
  for (unsigned i = 0; i < 6; ++i)
    br(i) = slot() | L4_RCV_ITEM_SINGLE_CAP | (one_in(4) ? 4 : 0);
  if (one_in(2)) {
    br(0) = L4_ITEM_MAP;
    br(1) = one_in(2) ? Tap::memory_page(Area, Area_order, 7) : Tap::object_page(0, 15, 6);
    br(2) = 0;
  }
}

void Hostile::invoke(l4_umword_t selector, l4_umword_t tag)
{
  Tap::invoke(selector, tag, timeouts(), next());
  job.calls = job.calls + 1;
}

void Hostile::operation()
{
  Operation const &op = Operations[below(Operation_count)];
  unsigned words = 0, items = op.has_item;
  mr(words++) = op.opcode | argument(op.first);
  for (unsigned i = 0; i < Max_args && op.args[i] != Arg::None; ++i)
    mr(words++) = argument(op.args[i]);
  if (op.label == L4_PROTO_THREAD && op.opcode == 1) mr(1) = mr(2) = ~0UL; // where it runs is ours
  if (op.label == L4_PROTO_THREAD && op.opcode == 0) words = 6;
  if (op.has_item) {
    mr(words) = Map_item;
    mr(words + 1) = Tap::object_page(selector(op.item), 15);
  }
  if (op.target == Target::Factory) Tap::buffer_for((32 + next() % 32) << L4_CAP_SHIFT);
  long label = op.label;
  if (one_in(32)) words = below(8);
  if (one_in(32)) items = below(3);
  invoke(selector(op.target) | (one_in(8) ? below(16) : l4_umword_t(L4_SYSF_CALL)), Tap::raw_tag(label, words, items));
}

void Hostile::message()
{
  unsigned const words = below(8), items = one_in(2) ? below(4) : 0;
  for (unsigned i = 0; i < items; ++i) {
    mr(words + 2 * i) = control() | (i + 1 < items);
    mr(words + 2 * i + 1) = page();
  }
  l4_umword_t to = selector(one_in(2) ? Target::Gate : Target::Thread);
  if (one_in(4)) to = Tap::Self;
  if (one_in(8)) to = slot() | 0x400; // explicit reply capability
  invoke(to | below(16), Tap::raw_tag(below(3), words, items, (next() % 4) << 12));
}

} // namespace

void run_hostile(Job *job)
{
  Hostile me{*job};
  for (;;) {
    if (me.one_in(8)) me.buffers();
    me.one_in(2) ? me.operation() : me.message();
  }
}

} // namespace fuzz
