// SPDX-License-Identifier: MIT
// I/O APICs: from global system interrupt numbers (pins) to vectors (Intel 82093AA data sheet).
#pragma once

#include "types/types.h"

namespace pc {

class Io_apics {
public:
  /// Map all of them, mask all pins, give pins their default mode. Adds their registers to the KIP.
  static void init();
  static unsigned pins();
  static bool is_level(unsigned pin);
  static void set_mode(unsigned pin, bool level, bool active_low);
  /// Deliver the pin as `vector` to a CPU; masked or not as before.
  static void route(unsigned pin, u8 vector, u32 apic_id);
  static void set_mask(unsigned pin, bool masked);
};

} // namespace pc
