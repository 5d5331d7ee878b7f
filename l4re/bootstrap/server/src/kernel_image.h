// SPDX-License-Identifier: MIT
#pragma once

#include "elf.h"
#include "kip.h"

namespace boot {

/// What the loader has to know about the kernel beyond its segments: where the kernel info page
/// and the option block are. Checked in the file, before anything in memory is changed.
struct Kernel_image {
  Addr kip = 0;
  Addr mem_descs = 0; ///< address of the first descriptor
  unsigned mem_descs_num = 0;
  Addr options = 0;
  uint32_t options_version = 0;
  Text version; ///< first line of the kernel's version string; lies in the file

  /// Panics with found and expected value if one of the blocks is missing, outside of the
  /// segments, of another version, or too small.
  Kernel_image(Memory memory, Elf_image const &elf);

private:
  void read_kip(Memory memory, Elf_image const &elf);
  void read_version(Memory memory, Addr kip_in_file, Kip const &content);
  void read_options(Memory memory, Elf_image const &elf);
};

} // namespace boot
