// SPDX-License-Identifier: MIT
// The kernel clock: time stamp counter, scaled.
#pragma once

#include "types/types.h"

namespace amd64 {

/// Frequencies of the time stamp counter and of the local APIC's timer, in Hz.
struct Clock_rates {
  Word tsc;
  Word apic_timer; ///< 0: not measured, the timer takes TSC values (TSC deadline mode)
};
extern Clock_rates clock_rates;

/// Find out the rates (CPUID where it tells, else a measurement of at most about 1 ms) and
/// set up the clock code of the KIP. The local APIC must be enabled.
void init_clock();

/// Time stamp at which the kernel clock shows `time`, for a time below 2^43 us.
Word tsc_at(Microseconds time);

} // namespace amd64
