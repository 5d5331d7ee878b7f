// SPDX-License-Identifier: MIT
#pragma once

#include "boot_info.h"

namespace boot {

/**
 * Modules that are part of the loader's own image (`make elfimage`): an archive in a segment of its
 * own, loaded by whoever loads the image. mk/tools/boot/elfimage.py writes it and puts its address
 * into the slot that start.S reserves behind the multiboot headers.
 *
 * All numbers are little endian; offsets count from the archive's begin. Modules are page aligned.
 */
inline constexpr uint64_t Archive_magic = 0x7668637241727546; ///< "FurArchv"

struct Archive_slot {
  uint64_t magic;
  uint64_t address; ///< physical; 0: the image has no archive
};

/**
 * Add the archive's modules to `info`, in front of those of the boot loader. Its command line
 * counts if the boot loader gave none but a file name. Ends booting with a message if at `address`
 * there is no archive: then the image was not loaded whole.
 */
void read_archive(Memory memory, Addr address, Boot_info &info);

} // namespace boot
