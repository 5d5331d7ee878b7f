// SPDX-License-Identifier: MIT
#pragma once

#include "types.h"

namespace boot {

/// The kernel info page as the loader sees it (kernel-entry.md section 8). The loader is no user
/// of the kernel's interface but its supplier, and builds without the L4 headers.
struct Kip {
  static constexpr uint32_t Magic = 0x4be6344c;
  static constexpr uint32_t Version = 0x87004444, Version_mask = 0xff00ffff;

  uint32_t magic;
  uint32_t version;
  uint8_t version_strings; ///< offset in units of 16 bytes
  uint8_t reserved_0[3];
  uint8_t system_calls;
  uint8_t node;
  uint8_t reserved_1[2];
  uint64_t sigma0_ip;
  uint64_t root_ip;
  uint64_t clock;
  uint64_t frequency_cpu;
  uint64_t acpi_rsdp_addr;
  uint64_t dt_addr;
  uint64_t user_ptr;
  uint64_t reserved_2;
  uint32_t scheduler_granularity;
  uint32_t mem_descs; ///< byte offset of the memory descriptors from the KIP's start
  uint32_t mem_descs_num;
  uint32_t reserved_3;
  uint64_t reserved_4[2];
  char platform_name[16];
  uint32_t is_mp;
  uint32_t reserved_5;
};
static_assert(sizeof(Kip) == 0x88);
static_assert(offsetof(Kip, node) == 0x0d);
static_assert(offsetof(Kip, sigma0_ip) == 0x10);
static_assert(offsetof(Kip, acpi_rsdp_addr) == 0x30);
static_assert(offsetof(Kip, user_ptr) == 0x40);
static_assert(offsetof(Kip, mem_descs) == 0x54);
static_assert(offsetof(Kip, platform_name) == 0x70);

enum class Mem_type : uint8_t {
  Undefined = 0,
  Conventional = 1,
  Reserved = 2,
  Dedicated = 3,
  Info = 0xd,
  Bootloader = 0xe,
  Arch = 0xf,
};

/// Sub types (boot.md section 4). Those of the root task's segments are Segment_flag bits.
inline constexpr uint8_t Sub_type_module = 0, Sub_type_info_block = 7, Sub_type_rsdp = 0;

/// Memory descriptor, 1 KiB granular: flags in the low bits of `low`, inclusive end in `high`.
struct Mem_desc {
  static constexpr Addr Granularity = 1024;

  uint64_t low = 0;
  uint64_t high = 0;

  constexpr Mem_desc() = default;
  /// Touched kilobytes count as a whole; callers round inward where that would be wrong.
  constexpr Mem_desc(Range range, Mem_type type, uint8_t sub_type)
      : low(round_down(range.start, Granularity) | uint64_t{sub_type & 0xfu} << 4 |
            static_cast<uint64_t>(type)),
        high((range.end - 1) | (Granularity - 1))
  {
  }

  constexpr Mem_type type() const { return static_cast<Mem_type>(low & 0xf); }
  constexpr uint8_t sub_type() const { return low >> 4 & 0xf; }
  constexpr Range range() const
  {
    return {round_down(low, Granularity), (high | (Granularity - 1)) + 1};
  }
};
static_assert(sizeof(Mem_desc) == 16);

} // namespace boot
