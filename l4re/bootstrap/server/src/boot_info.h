// SPDX-License-Identifier: MIT
#pragma once

#include "fixed_vector.h"
#include "memory.h"
#include "text.h"
#include "types.h"

namespace boot {

/// A file in memory with its command line, whose first word is the file's name.
struct Module {
  Range data;
  Text command_line; ///< NUL-terminated
};

/// The firmware's type codes (ACPI specification, "address range types").
enum class Firmware_type : uint32_t { Ram = 1, Reserved = 2, Acpi = 3, Nvs = 4, Unusable = 5 };

struct Firmware_range {
  Range range;
  uint32_t type; ///< Firmware_type or a code that only the firmware knows
};

/// What the loader was given, whoever gave it: the one interface between the boot protocols
/// (multiboot 1, multiboot 2, a module archive in the loader's image) and the loading itself.
/// Holds copies of everything but the modules' contents, because the originals may lie where the
/// kernel or another module has to go.
struct Boot_info {
  static constexpr size_t Max_modules = 512;
  static constexpr size_t Max_rsdp_size = 64;

  const char *protocol = "";
  Text command_line; ///< the loader's own; NUL-terminated
  Fixed_vector<Firmware_range, 512> memory{"entries in the firmware's memory map"};
  Fixed_vector<Module, Max_modules> modules{"modules"};

  /// Copy of the ACPI root pointer if the boot protocol hands one over (multiboot 2).
  uint8_t rsdp[Max_rsdp_size] = {};
  size_t rsdp_size = 0;

  /// Copy a NUL-terminated string out of memory that will be overwritten.
  Text keep_text(Memory memory, Addr string);

private:
  Fixed_vector<char, 64 * 1024> _text{"bytes of command lines"};
};

inline constexpr uint32_t Multiboot1_magic = 0x2badb002; ///< in eax at the loader's entry
inline constexpr uint32_t Multiboot2_magic = 0x36d76289;

/// Fill `info` from the structure at physical address `structure`. Nothing is judged here: a
/// missing memory map or a module at an impossible place is refused by the loader.
void read_multiboot1(Memory memory, Addr structure, Boot_info &info);
void read_multiboot2(Memory memory, Addr structure, Boot_info &info);

} // namespace boot
