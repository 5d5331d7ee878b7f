// SPDX-License-Identifier: MIT
// Firmware tables (ACPI 6.4, chapter 5). They are data from outside: every length is checked,
// nothing in them is trusted beyond what it describes.
#pragma once

#include "types/types.h"

namespace pc {

/// A table, found by its signature by way of the KIP's RSDP, seen through the window of
/// view_physical(): valid until the next view. Cut at the window's size. Empty: not there or
/// damaged.
struct Acpi_table {
  u8 const *data = nullptr;
  Word bytes = 0;

  explicit operator bool() const { return data; }
  /// The value of type T at `offset`; zero behind the end.
  template <class T> T at(Word offset) const
  {
    T value{};
    if (offset + sizeof(T) <= bytes) __builtin_memcpy(&value, data + offset, sizeof(T));
    return value;
  }
};
constexpr Word Acpi_header_bytes = 36;
Acpi_table find_acpi_table(char const *signature);
/// Table at a known place; without checksum, as it may exceed the window. Null signature: any.
Acpi_table view_acpi_table(Phys_addr address, char const *signature);

} // namespace pc
