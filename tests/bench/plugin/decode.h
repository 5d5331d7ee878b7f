// SPDX-License-Identifier: MIT
// Classifies x86-64 instructions by their bytes: markers, and instructions that cost much more than
// others on real machines. No emulator needed; tested on the host.
#pragma once

#include <cstddef>
#include <cstdint>

namespace bench {

/// What is expensive about an instruction.
enum class Event : std::uint8_t {
  None,
  Cr0,         ///< write of CR0 or CR4
  Cr3,         ///< address space switch
  Msr,         ///< RDMSR, WRMSR
  Tlb,         ///< INVLPG, INVPCID
  Segment,     ///< load of a segment register, GDT, IDT, LDT or TR
  Locked,      ///< lock prefix, or XCHG with memory
  Serialising, ///< CPUID, IRET, WBINVD, fences
  Port,        ///< I/O port access
  Count,
};

/// Names in the order of Event, as they appear in the results.
inline constexpr char const *Event_names[] = {"none",    "cr0",    "cr3",         "msr", "tlb",
                                              "segment", "locked", "serialising", "port"};
static_assert(sizeof(Event_names) / sizeof(*Event_names) == std::size_t(Event::Count));

/// A marker: NOP `0f 1f 80 imm32` with imm = 0x5a5a0000 | id << 4 | kind.
struct Marker {
  /// Begin_own counts only what the CPU that executes it does until its End.
  enum Kind : std::uint8_t { No = 0, Begin = 1, End = 2, Begin_own = 3 };
  Kind kind = No;
  std::uint16_t id = 0; ///< 0..4095
};

struct Decoded {
  Marker marker;
  Event event = Event::None;
  bool writes_port = false; ///< OUT of a byte to the port in DX: a character, if to a serial line
};

Decoded decode(std::uint8_t const *bytes, std::size_t size);

} // namespace bench
