// SPDX-License-Identifier: MIT
#include "obj/scheduler.h"

#include "arch/arch.h"
#include "ipc/ipc.h"
#include "obj/item_object.h"
#include "sched/cpu.h"
#include "sched/cpu_set.h"

constinit Scheduler *Scheduler::instance = nullptr;

namespace {

enum Op : Word { Op_info, Op_run_thread, Op_idle_time };

constexpr Word Class_fixed_prio_bit = 2;
constexpr i64 Class_fixed_prio = -1;
constexpr Word Default_quantum_us = 10000;
constexpr Word Record_bytes = 48;

/// A CPU of the set for a thread that is at `home`: this if possible, else the first that runs;
/// Max_cpus if there is none.
Cpu_id choose_cpu(Cpu_set const &cpus, Cpu_id home)
{
  if (cpus.contains(home)) return home;
  Cpu_id cpu = 0;
  while (cpu < Cpu::Max_cpus && !(Cpu::is_online(cpu) && cpus.contains(cpu)))
    ++cpu;
  return cpu;
}

} // namespace

Outcome Scheduler::info(Invocation &call)
{
  if (call.tag.words() < 2) return Errno::Msg_too_short;
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

Outcome Scheduler::run_thread(Invocation &call)
{
  unsigned words = call.tag.words();
  if (words < 5) return Errno::Inval;
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
  auto item = item_object<Thread>(call, Kobject::Type::Thread);
  if (!item) return item.outcome();
  if (prio == 0) return Errno::Inval;
  if (prio > 255) prio = 255;
  if (quantum == 0) quantum = Default_quantum_us;
  if (quantum > ~u32{0}) quantum = ~u32{0};
  Thread &t = item.object();
  Cpu_id target = choose_cpu(cpus, t.cpu());
  bool parked = target == Cpu::Max_cpus;
  if (parked) target = t.cpu();
  bool reaches = target == t.cpu() ? Ipc::reaches_links(t) : Hold::reaches_all();
  if (!reaches) return Outcome::hold();
  Cpu::of(target).set_parameters(t, parked, Prio(prio), u32(quantum));
  return Outcome::ok();
}

Outcome Scheduler::idle_time(Invocation &call)
{
  if (call.tag.words() < 3) return Errno::Msg_too_short;
  Cpu_set set(call.mr(1), call.mr(2));
  for (Cpu_id cpu = 0; cpu < Cpu::Max_cpus; ++cpu)
    if (Cpu::is_online(cpu) && set.contains(cpu)) {
      call.utcb.mr[0] = arch::ticks_to_us(Cpu::of(cpu).idle_ticks()).value();
      return reply_tag(0, 1);
    }
  return Errno::Inval;
}

Outcome Scheduler::invoke(Invocation &call)
{
  if (call.tag.label() == Proto::Irq) return icu_operation(call);
  if (call.tag.label() != Proto::Scheduler) return Errno::Bad_proto;
  if (!call.tag.words()) return Errno::Msg_too_short;
  switch (call.mr(0)) {
  case Op_info:
    return info(call);
  case Op_run_thread:
    return run_thread(call);
  case Op_idle_time:
    return idle_time(call);
  default:
    return Errno::No_sys;
  }
}
