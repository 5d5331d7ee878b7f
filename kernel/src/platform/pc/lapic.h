// SPDX-License-Identifier: MIT
// Local APIC: end of interrupt, timer, messages between CPUs (Intel SDM vol. 3, 11).
#pragma once

#include "types/types.h"

namespace pc {

class Lapic {
public:
  /// Find and enable this CPU's, in x2APIC mode if it has that. Returns its APIC id.
  static u32 enable();
  static bool is_x2apic();
  static Phys_addr address(); ///< of the registers; they are in memory unless x2APIC

  static void end_of_interrupt();

  /// Measure the timer: let it run freely, in its own ticks, and end that.
  static void start_timer_count();
  static u32 timer_count();
  static void stop_timer();

  /// What another CPU can be sent, besides vectors. Startup after Init: it starts in real mode at
  /// the page whose number is added.
  enum Message : u32 { Nmi = 0x400, Init = 0x500, Startup = 0x600 };
  static void send(u32 apic_id, u32 message);
};

/// The timer interrupt of this CPU has come.
void serve_timer();

} // namespace pc
