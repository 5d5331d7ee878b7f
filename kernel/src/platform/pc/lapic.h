// SPDX-License-Identifier: MIT
// Local APIC: end of interrupt, timer, messages between CPUs (Intel SDM vol. 3, 11).
#pragma once

#include "types/types.h"

namespace pc {

class Lapic {
public:
  /// Find it, in x2APIC mode if the CPU has that. Boot CPU.
  static void find();
  /// Enable this CPU's. Returns its APIC id.
  static u32 enable();
  static bool is_x2apic();
  static Phys_addr address(); ///< of the registers; they are in memory unless x2APIC

  static void end_of_interrupt();

  /// Timer, in its own ticks. TSC deadline mode: absolute time stamps.
  static void start_timer_count();
  static u32 timer_count();
  static void stop_timer();
  static void fire_in(u32 ticks);
  static void fire_at_tsc(Word time_stamp);

  static void send_ipi(u32 apic_id, u8 vector);
  static void send_nmi(u32 apic_id);
  /// Reset another CPU, then start it in real mode at `page` << 12.
  static void send_init(u32 apic_id);
  static void send_startup(u32 apic_id, u8 page);
};

} // namespace pc
