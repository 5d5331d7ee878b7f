// SPDX-License-Identifier: MIT
// The timer is one-shot. Programming it is slow and most deadlines are taken back before they come,
// so it is only ever moved to an earlier time: when it fires too early it is set again.
#include "platform/pc/machine.h"

#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/amd64/paging.h"
#include "arch/arch.h"
#include "ipc/entry.h"

namespace pc {
namespace {

enum Register : u32 { // offsets; x2APIC MSRs are at offset / 16
  Id = 0x20,
  Task_priority = 0x80,
  Eoi = 0xb0,
  Spurious = 0xf0,
  Command_low = 0x300,
  Command_high = 0x310,
  Lvt_timer = 0x320,
  Lvt_lint0 = 0x350,
  Lvt_lint1 = 0x360,
  Lvt_error = 0x370,
  Timer_initial = 0x380,
  Timer_current = 0x390,
  Timer_divide = 0x3e0,
};
/// Bits of the spurious, local vector and command registers.
enum Bits : u32 {
  Software_enable = 0x100,
  Masked = 0x10000,
  Deadline_mode = 0x40000,
  Divide_by_1 = 0xb,
  Level_assert = 0x4000,
  Pending = 0x1000,
};
constexpr Word Never = ~Word{0};
constexpr Word Base_enable = 0x800, Base_x2apic = 0x400, Base_mask = 0xffffff000;

u32 volatile *registers; ///< null in x2APIC mode

u32 read(Register reg)
{
  return registers ? registers[reg / 4] : u32(amd64::rdmsr(amd64::Msr_x2apic + reg / 16));
}

void write(Register reg, u32 value)
{
  if (registers)
    registers[reg / 4] = value;
  else
    amd64::wrmsr(amd64::Msr_x2apic + reg / 16, value);
}

/// The timer's vector and mode when it is not being measured.
u32 timer_mode() { return VECTOR_TIMER | (amd64::features.tsc_deadline ? u32{Deadline_mode} : 0); }

void arm(amd64::Arch_cpu &cpu, Word deadline)
{
  cpu.timer_armed = deadline;
  if (amd64::features.tsc_deadline)
    return amd64::wrmsr(amd64::Msr_tsc_deadline, amd64::tsc_at(Microseconds(deadline)));
  Word now = arch::now().value();
  Word wait = deadline > now ? deadline - now + 1 : 1;
  // The counter has 32 bits: long waits are cut and set again. A zero would stop it.
  Word rate = amd64::clock_rates.apic_timer;
  Word longest = (Word{1} << 52) / rate;
  Word ticks = wait < longest ? wait * rate / 1000000 : 0xffffffff;
  write(Timer_initial, ticks == 0 ? 1 : ticks > 0xffffffff ? 0xffffffff : u32(ticks));
}

} // namespace

bool Lapic::is_x2apic() { return !registers; }

Phys_addr Lapic::address() { return Phys_addr(amd64::rdmsr(amd64::Msr_apic_base) & Base_mask); }

u32 Lapic::enable()
{
  if (!amd64::features.x2apic && !registers)
    registers = static_cast<u32 volatile *>(amd64::map_device(address(), Page_size));
  Word base = amd64::rdmsr(amd64::Msr_apic_base) | Base_enable;
  amd64::wrmsr(amd64::Msr_apic_base, base);
  if (is_x2apic()) // only by way of the enabled state (SDM 11.12.5)
    amd64::wrmsr(amd64::Msr_apic_base, base | Base_x2apic);
  write(Spurious, Software_enable | VECTOR_SPURIOUS);
  write(Task_priority, 0);
  write(Lvt_lint0, Masked);
  write(Lvt_lint1, Nmi);
  write(Lvt_error, Masked);
  write(Lvt_timer, timer_mode());
  write(Timer_divide, Divide_by_1);
  u32 id = read(Id);
  return registers ? id >> 24 : id;
}

void Lapic::end_of_interrupt() { write(Eoi, 0); }

void Lapic::start_timer_count()
{
  write(Lvt_timer, Masked | VECTOR_TIMER);
  write(Timer_initial, ~0u);
}

u32 Lapic::timer_count() { return read(Timer_current); }

void Lapic::stop_timer()
{
  write(Timer_initial, 0);
  write(Lvt_timer, timer_mode());
}

void Lapic::send(u32 apic_id, u32 message)
{
  message |= Level_assert;
  if (!registers) {
    asm volatile("mfence; lfence"); // unlike a store, WRMSR does not wait for earlier stores
    amd64::wrmsr(amd64::Msr_x2apic + Command_low / 16, Word{apic_id} << 32 | message);
    return;
  }
  while (read(Command_low) & Pending)
    __builtin_ia32_pause();
  write(Command_high, apic_id << 24);
  write(Command_low, message);
}

void serve_timer()
{
  amd64::Arch_cpu &cpu = amd64::Arch_cpu::current();
  Word wanted = cpu.timer_wanted;
  cpu.timer_armed = Never;
  if (wanted == Never) return;
  if (arch::now().value() < wanted) return arm(cpu, wanted);
  cpu.timer_wanted = Never;
  handle_timer();
}

} // namespace pc

void arch::set_timer(Microseconds deadline)
{
  amd64::Arch_cpu &cpu = amd64::Arch_cpu::current();
  cpu.timer_wanted = deadline.value();
  if (deadline.value() < cpu.timer_armed) pc::arm(cpu, deadline.value());
}

void arch::stop_timer() { amd64::Arch_cpu::current().timer_wanted = pc::Never; }
