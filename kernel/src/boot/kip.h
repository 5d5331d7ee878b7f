// SPDX-License-Identifier: MIT
// Kernel info page (abi/kernel-entry.md section 8): what the loader told us and we tell user space.
#pragma once

#include "types/types.h"

/// A memory descriptor. Ranges have 1 KiB granularity and an inclusive end.
struct Mem_desc {
  /// Those the kernel makes or looks for; a loader may use others (abi/kernel-entry.md section 8).
  enum Type : u8 {
    Undefined = 0,
    Conventional = 1,
    Reserved = 2,
  };
  enum Reserved_sub : u8 { Kernel = 0, Heap = 1, Mmio = 2 };

  Word low, high;

  Type type() const { return Type(low & 15); }
  bool is_virtual() const { return low & 0x200; }
  Word start() const { return low & ~Word{0x3ff}; }
  Word last() const { return high | 0x3ff; } ///< inclusive
  void set(Word start, Word last, Type type, u8 sub, bool is_virtual)
  {
    low = trunc_to(start, 10) | Word{is_virtual} << 9 | Word{sub} << 4 | type;
    high = trunc_to(last, 10);
  }
};

struct Kip {
  u32 magic, version;
  u8 offset_version_strings, fill0[3], sys_calls, node, fill1[2];
  Word sigma0_ip, root_ip;
  Word clock;
  Word frequency_cpu; ///< kHz
  Word acpi_rsdp_addr;
  Word dt_addr;
  Word user_ptr;
  Word reserved0;
  u32 scheduler_granularity, mem_descs, mem_descs_num, reserved1;
  Word reserved2[2];
  char platform_name[16];
  u32 is_mp, fill2[3];

  Mem_desc *descs_begin()
  {
    return reinterpret_cast<Mem_desc *>(reinterpret_cast<u8 *>(this) + mem_descs);
  }
  Mem_desc *descs_end() { return descs_begin() + mem_descs_num; }
  char const *version_string() const
  {
    return reinterpret_cast<char const *>(this) + offset_version_strings * 16;
  }

  /// Append a descriptor behind all others. Panics if the loader left no slot.
  void add_desc(Word start, Word last, Mem_desc::Type type, u8 sub, bool is_virtual = false);
  /// Turn descriptors that describe nothing into undefined ones.
  void drop_empty_descs();
  /// Bytes of RAM the machine has.
  Word ram_bytes();
  /// The highest free range of `bytes` (multiple of the alignment) in conventional memory below
  /// `limit`, free of all other descriptors and aligned to 2^order; ~0 if there is none.
  Word find_free(Word bytes, unsigned order, Word limit);
};
static_assert(offsetof(Kip, sigma0_ip) == 0x10);
static_assert(offsetof(Kip, user_ptr) == 0x40);
static_assert(offsetof(Kip, mem_descs) == 0x54);
static_assert(offsetof(Kip, platform_name) == 0x70);
static_assert(sizeof(Kip) == 0x90);

/// The page in the image.
extern "C" Kip kip_page;
