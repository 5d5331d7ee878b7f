// SPDX-License-Identifier: MIT
// One-shot timer of each CPU. Programming the hardware is slow and most deadlines are taken back
// before they come, so the hardware is only ever moved to an earlier time: when it fires
// too early it is set again.
#include "platform/pc/timer.h"

#include "arch/amd64/clock.h"
#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/arch.h"
#include "ipc/entry.h"
#include "platform/pc/lapic.h"

using amd64::Arch_cpu;

namespace {

constexpr Word Never = ~Word{0};

void arm(Arch_cpu &cpu, Word deadline)
{
  cpu.timer_armed = deadline;
  if (amd64::features.tsc_deadline)
    return pc::Lapic::fire_at_tsc(amd64::tsc_at(Microseconds(deadline)));
  Word now = arch::now().value();
  Word wait = deadline > now ? deadline - now + 1 : 1;
  // The counter has 32 bits: long waits are cut and set again. A zero would stop it.
  Word rate = amd64::clock_rates.apic_timer;
  Word longest = (Word{1} << 52) / rate;
  Word ticks = wait < longest ? wait * rate / 1000000 : 0xffffffff;
  pc::Lapic::fire_in(ticks == 0 ? 1 : ticks > 0xffffffff ? 0xffffffff : u32(ticks));
}

} // namespace

void arch::set_timer(Microseconds deadline)
{
  Arch_cpu &cpu = Arch_cpu::current();
  cpu.timer_wanted = deadline.value();
  if (deadline.value() < cpu.timer_armed)
    arm(cpu, deadline.value());
}

void arch::stop_timer() { Arch_cpu::current().timer_wanted = Never; }

void pc::serve_timer()
{
  Arch_cpu &cpu = Arch_cpu::current();
  cpu.timer_armed = Never;
  if (cpu.timer_wanted == Never)
    return;
  if (arch::now().value() < cpu.timer_wanted)
    return arm(cpu, cpu.timer_wanted);
  cpu.timer_wanted = Never;
  handle_timer();
}
