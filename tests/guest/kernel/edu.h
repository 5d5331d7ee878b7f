// SPDX-License-Identifier: MIT
// QEMU's teaching device "edu": raises an interrupt when told, by its pin or as a message.
#pragma once

#include "smp.h"

namespace Tap {

/// The device, found on the PCI bus, with its registers mapped. One for the program.
class Edu {
public:
  /// Null if the machine has none.
  static Edu *get();

  /// Raise the line, or send the message.
  void raise() { reg(Raise) = 1; }
  /// Lower the line.
  void lower() { reg(Acknowledge) = 1; }
  bool is_raised() const { return reg(Status) != 0; }
  /// Send messages with this address and data instead of using the pin.
  void use_messages(l4_umword_t address, l4_uint32_t data);
  void use_pin();

private:
  enum Register : unsigned { Identity = 0, Status = 0x24, Raise = 0x60, Acknowledge = 0x64 };
  l4_uint32_t volatile &reg(unsigned offset) const
  {
    return *reinterpret_cast<l4_uint32_t volatile *>(_registers + offset);
  }
  bool find();
  bool find_capability(l4_uint32_t id);

  l4_addr_t _registers = 0;
  l4_uint32_t _slot = 0; ///< address in configuration space
  l4_uint32_t _msi = 0;  ///< offset of the capability there
};

} // namespace Tap
