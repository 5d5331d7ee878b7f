// SPDX-License-Identifier: MIT
#include "arch/amd64/cpu.h"
#include "arch/arch.h"
#include "boot/kip.h"
#include "platform/pc/machine.h"

extern "C" Word kip_us_scaler, kip_ns_scaler;

namespace amd64 {

Clock_rates clock_rates;

namespace {

/// a * b / c without overflow in the middle; the result must fit.
Word mul_div(Word a, Word b, Word c)
{
  Word high;
  asm("mulq %2\n\tdivq %3" : "+a"(a), "=&d"(high) : "r"(b), "r"(c) : "cc");
  return a;
}

/// TSC frequency by CPUID: leaf 0x15 (Intel SDM vol. 3, 19.7.3) or what a hypervisor says; 0:
/// unknown.
Word tsc_rate_by_cpuid()
{
  if (cpuid(0).eax >= 0x15) {
    Cpuid r = cpuid(0x15);
    if (r.eax && r.ebx && r.ecx)
      return Word{r.ecx} * r.ebx / r.eax;
  }
  constexpr u32 Hypervisor = 0x40000000, Timing = 0x40000010;
  if (cpuid(1).ecx >> 31 && cpuid(Hypervisor).eax >= Timing)
    return Word{cpuid(Timing).eax} * 1000;
  return 0;
}

// Channel 2 of the 8254 timer, whose gate software controls (Intel 8254 data sheet).
constexpr Word Pit_hz = 1193182;
constexpr u16 Pit_channel2 = 0x42, Pit_command = 0x43, Speaker_port = 0x61;

void start_pit()
{
  out<u8>(Speaker_port, u8((in<u8>(Speaker_port) & ~2) | 1)); // gate on, speaker off
  out<u8>(Pit_command, 0xb0);                              // channel 2, both bytes, mode 0
  out<u8>(Pit_channel2, 0xff);
  out<u8>(Pit_channel2, 0xff);
}

/// One look at both clocks. `spread` is the uncertainty: how long the look took.
struct Sample {
  u16 pit;
  Word tsc, spread;
};

Sample sample()
{
  Sample s;
  Word before = arch::ticks();
  out<u8>(Pit_command, 0x80); // latch channel 2
  s.pit = in<u8>(Pit_channel2);
  s.pit |= u16(in<u8>(Pit_channel2) << 8);
  s.tsc = arch::ticks();
  s.spread = s.tsc - before;
  return s;
}

/// The first look after the counter moved: then the counter's value is exact.
Sample sample_at_edge()
{
  Sample old = sample(), s;
  do
    s = sample();
  while (s.pit == old.pit);
  return s;
}

/// Frequency of the TSC, measured until the uncertainty is a thousandth, but between 50 us and 1 ms.
Word measure_tsc()
{
  constexpr u16 Shortest = Pit_hz / 20000, Longest = Pit_hz / 1000;
  start_pit();
  Sample start = sample_at_edge(), end;
  u16 ticks;
  do {
    end = sample_at_edge();
    ticks = u16(start.pit - end.pit);
  } while (ticks < Shortest
           || (ticks < Longest && (end.tsc - start.tsc) >> 10 < start.spread + end.spread));
  return (end.tsc - start.tsc) * Pit_hz / ticks;
}

/// The APIC timer against the TSC, for 20 us.
void measure_apic_timer()
{
  pc::Lapic::start_timer_count();
  u32 count = pc::Lapic::timer_count();
  Word start = arch::ticks(), end;
  do
    end = arch::ticks();
  while (end - start < clock_rates.tsc / 50000);
  count -= pc::Lapic::timer_count();
  clock_rates.apic_timer = mul_div(count, clock_rates.tsc, end - start);
  pc::Lapic::stop_timer();
}

} // namespace

void init_clock()
{
  clock_rates.tsc = tsc_rate_by_cpuid();
  if (!clock_rates.tsc) clock_rates.tsc = measure_tsc();
  if (!features.tsc_deadline) measure_apic_timer();
  kip_us_scaler = mul_div(Word{1} << 63, 2 * 1000000, clock_rates.tsc);
  kip_ns_scaler = mul_div(Word{1} << 32, 1000000000, clock_rates.tsc);
  kip_page.frequency_cpu = clock_rates.tsc / 1000;
}

Word tsc_at(Microseconds time) { return mul_div(time.value() + 1, clock_rates.tsc, 1000000); }

} // namespace amd64

Microseconds arch::now() { return ticks_to_us(ticks()); }

Microseconds arch::ticks_to_us(u64 ticks)
{
  return Microseconds(Word(static_cast<unsigned __int128>(ticks) * kip_us_scaler >> 64));
}
