// SPDX-License-Identifier: MIT
#pragma once

#include "memory.h"

namespace boot {

/// Address of the ACPI root pointer in the places where a BIOS puts it (ACPI specification 5.2.5:
/// first KiB of the extended BIOS data area, then 0xe0000..0xfffff), 0 if there is none.
Addr find_rsdp(Memory memory);

/// Size of the structure at `rsdp`: 20 bytes for revision 0, else what it says.
size_t rsdp_size(Memory memory, Addr rsdp);

} // namespace boot
