// SPDX-License-Identifier: MIT
#include "decode.h"

#include <cstring>

namespace bench {

namespace {

/// An instruction behind its prefixes.
struct Body {
  std::uint8_t const *at, *end;
  bool lock = false, operand_size = false, rep = false;

  std::uint8_t byte(unsigned i) const { return at + i < end ? at[i] : 0; }
  bool register_form(unsigned modrm) const { return byte(modrm) >> 6 == 3; }
  unsigned reg(unsigned modrm) const { return byte(modrm) >> 3 & 7; }
};

Body skip_prefixes(std::uint8_t const *bytes, std::size_t size)
{
  Body b{bytes, bytes + size};
  for (; b.at < b.end; ++b.at) {
    std::uint8_t const p = *b.at;
    if (p == 0xf0)
      b.lock = true;
    else if (p == 0x66)
      b.operand_size = true;
    else if (p == 0xf2 || p == 0xf3)
      b.rep = true;
    else if (p != 0x2e && p != 0x36 && p != 0x3e && p != 0x26 && p != 0x64 && p != 0x65 &&
             p != 0x67 && (p & 0xf0) != 0x40)
      break;
  }
  return b;
}

Event group_0f01(Body const &b)
{
  if (b.register_form(2)) return Event::None; // SWAPGS, RDTSCP, STAC, CLAC ...
  switch (b.reg(2)) {
  case 2:
  case 3:
    return Event::Segment; // LGDT, LIDT
  case 7:
    return Event::Tlb; // INVLPG
  default:
    return Event::None;
  }
}

Event two_byte(Body const &b)
{
  switch (b.byte(1)) {
  case 0x00:
    return b.reg(2) == 2 || b.reg(2) == 3 ? Event::Segment : Event::None; // LLDT, LTR
  case 0x01:
    return group_0f01(b);
  case 0x09:
  case 0xa2:
    return Event::Serialising; // WBINVD, CPUID
  case 0x22:
    return b.reg(2) == 3 ? Event::Cr3 : Event::Cr0;
  case 0x30:
  case 0x32:
    return Event::Msr;
  case 0x38:
    return b.operand_size && b.byte(2) == 0x82 ? Event::Tlb : Event::None; // INVPCID
  case 0xa1:
  case 0xa9:
  case 0xb2:
  case 0xb4:
  case 0xb5:
    return Event::Segment;
  case 0xae:
    return !b.rep && b.register_form(2) && b.reg(2) >= 5 ? Event::Serialising : Event::None;
  default:
    return Event::None;
  }
}

Event one_byte(Body const &b)
{
  switch (b.byte(0)) {
  case 0x8e:
    return Event::Segment;
  case 0x86:
  case 0x87:
    return b.register_form(1) ? Event::None : Event::Locked;
  case 0xcf:
    return Event::Serialising; // IRET
  case 0xe4:
  case 0xe5:
  case 0xe6:
  case 0xe7:
    return Event::Port;
  case 0xec:
  case 0xed:
  case 0xee:
  case 0xef:
    return Event::Port;
  default:
    return Event::None;
  }
}

Marker marker(std::uint8_t const *bytes, std::size_t size)
{
  if (size != 7 || bytes[0] != 0x0f || bytes[1] != 0x1f || bytes[2] != 0x80) return {};
  std::uint32_t imm;
  std::memcpy(&imm, bytes + 3, 4);
  unsigned const kind = imm & 0xf;
  if (imm >> 16 != 0x5a5a || kind < Marker::Begin || kind > Marker::Begin_own) return {};
  return {Marker::Kind(kind), std::uint16_t(imm >> 4 & 0xfff)};
}

} // namespace

Decoded decode(std::uint8_t const *bytes, std::size_t size)
{
  Decoded d;
  d.marker = marker(bytes, size);
  Body const b = skip_prefixes(bytes, size);
  d.event = b.lock ? Event::Locked : b.byte(0) == 0x0f ? two_byte(b) : one_byte(b);
  d.writes_port = b.byte(0) == 0xee;
  return d;
}

} // namespace bench
