// SPDX-License-Identifier: MIT
#include "obj/scheduler.h"

#include "arch/arch.h"
#include "ipc/ipc.h"
#include "obj/item_object.h"
#include "obj/operation.h"
#include "sched/cpu.h"
#include "sched/cpu_set.h"

namespace {

constexpr Word Class_fixed_prio_bit = 2;
constexpr i64 Class_fixed_prio = -1;
constexpr Word Default_quantum_us = 10000;
constexpr Word Record_bytes = 48;

/// The first CPU of the set that runs; Max_cpus if there is none.
Cpu_id first_of(Cpu_set const &cpus)
{
  Cpu_id cpu = 0;
  while (cpu < Cpu::Max_cpus && !(Cpu::is_online(cpu) && cpus.contains(cpu)))
    ++cpu;
  return cpu;
}

/// Where a thread goes that may run on these CPUs: it stays, else comes here, else to the first; Max_cpus if there is none.
Cpu_id choose(Cpu_set const &cpus, Cpu_id home)
{
  Cpu_id here = Cpu::self().id();
  return cpus.contains(home) ? home : cpus.contains(here) ? here : first_of(cpus);
}

Outcome info(Kobject &, Invocation &call)
{
  Cpu_set set(call.mr(1), 0);
  if (set.offset() >= Cpu::Max_cpus) return Errno::Range;
  Word map = 0;
  for (Cpu_id cpu = 0; cpu < Cpu::Max_cpus; ++cpu)
    if (Cpu::is_online(cpu)) map |= set.bit_of(cpu);
  call.utcb.mr[0] = map;
  call.utcb.mr[1] = Cpu::Max_cpus;
  call.utcb.mr[2] = Class_fixed_prio_bit;
  return reply_tag(0, 3);
}

Outcome run_thread(Kobject &, Invocation &call)
{
  unsigned words = call.tag.words();
  Cpu_set cpus(call.mr(1), call.mr(2));
  Word prio = call.mr(3), quantum = call.mr(4);
  if (i64(prio) < 0) { // a class record: class, length, quantum, priority
    if (i64(prio) != Class_fixed_prio) return Errno::Range;
    Word length = call.mr(4);
    if (length < Record_bytes || length > (words - 1) * sizeof(Word) || words < 7)
      return Errno::Inval;
    quantum = call.mr(5);
    prio = u16(call.mr(6));
  }
  Item<Thread> item(call);
  if (!item) return item.error();
  if (prio == 0) return Errno::Inval;
  if (prio > 255) prio = 255;
  if (quantum == 0) quantum = Default_quantum_us;
  if (quantum > ~u32{0}) quantum = ~u32{0};
  Thread &t = *item;
  Cpu_id target = choose(cpus, t.cpu());
  bool parked = target == Cpu::Max_cpus;
  if (parked) target = t.cpu();
  bool reaches = target == t.cpu() ? Ipc::reaches_links(t) : Hold::reaches_all();
  if (!reaches) return Outcome::hold();
  Cpu::of(target).set_parameters(t, parked, Prio(prio), u32(quantum));
  return Outcome::ok();
}

Outcome idle_time(Kobject &, Invocation &call)
{
  Cpu_id cpu = first_of(Cpu_set(call.mr(1), call.mr(2)));
  if (cpu == Cpu::Max_cpus) return Errno::Inval;
  call.utcb.mr[0] = arch::ticks_to_us(Cpu::of(cpu).idle_ticks()).value();
  return reply_tag(0, 1);
}

} // namespace

Outcome Scheduler::invoke(Invocation &call)
{
  static constexpr Operation Operations[] = {
      {0, 0, at_least(2), info},
      {1, 0, at_least(5, Errno::Inval), run_thread},
      {2, 0, at_least(3), idle_time},
  };
  if (call.tag.label() == Proto::Irq) return icu_operation(call);
  if (call.tag.label() != Proto::Scheduler) return Errno::Bad_proto;
  return serve(Operations, {}, *this, call);
}
