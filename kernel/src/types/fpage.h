// SPDX-License-Identifier: MIT
// Flexpages and typed items (abi/ipc.md sections 3 and 4).
#pragma once

#include "types/types.h"

/// A flexpage: a size-aligned region of a memory, I/O-port or object space, with rights.
class Fpage {
public:
  enum class Type : u8 { Special = 0, Memory = 1, Io = 2, Obj = 3 };
  enum Rights : u8 { X = 1, W = 2, R = 4, Cap_w = 1, Cap_s = 2, Cap_r = 4, Cap_d = 8, All = 15 };
  static constexpr unsigned Whole_space = 63;
  static constexpr Word All_spaces = 0xfc0;

  constexpr Fpage() = default;
  constexpr explicit Fpage(Word raw) : _raw(raw) {}
  constexpr Fpage(Type type, Word address, unsigned order, u8 rights)
      : _raw((address & ~Word{0xfff}) | Word{order} << 6 | Word(type) << 4 | rights)
  {
  }

  constexpr Word raw() const { return _raw; }
  constexpr Type type() const { return Type(_raw >> 4 & 3); }
  constexpr unsigned order() const { return _raw >> 6 & 63; }
  constexpr u8 rights() const { return _raw & 15; }
  /// Address field, unshifted: a memory address, or an index or port << 12.
  constexpr Word address() const { return _raw & ~Word{0xfff}; }
  /// Address field as a number: capability index or port.
  constexpr Word index() const { return _raw >> 12; }
  constexpr bool is_all_spaces() const { return (_raw & 0xff0) == All_spaces; }
  constexpr bool is_void() const { return _raw == 0; }
  /// A small page of memory, at least to be read.
  constexpr bool is_one_page() const
  {
    return (_raw & (0xff0 | R)) == Fpage(Type::Memory, 0, Page_shift, R)._raw;
  }
  constexpr Fpage with_rights(u8 rights) const { return Fpage((_raw & ~Word{15}) | (rights & 15)); }

private:
  Word _raw = 0;
};

/// Control word of a typed item in a message being sent.
class Send_item {
public:
  static constexpr Word Compound = 1;
  constexpr Send_item() = default;
  constexpr explicit Send_item(Word raw) : _raw(raw) {}
  constexpr Word raw() const { return _raw; }
  constexpr bool is_void() const { return _raw == 0; }
  constexpr bool is_map() const { return _raw & 8; }
  constexpr bool is_grant() const { return _raw & 2; }
  constexpr bool is_compound() const { return _raw & Compound; }
  /// Attributes in place (0x00..0xf0): cache control or extra object rights.
  constexpr u8 attributes() const { return _raw & 0xf0; }
  /// Hot spot, unshifted (address, or index << 12).
  constexpr Word hot_spot() const { return _raw & ~Word{0xfff}; }
  /// First word of the return item for `sent`, bits 2..1 clear: mapped (abi/ipc.md section 3).
  constexpr Word answer(Fpage sent) const { return (_raw & ~Word{0xff6}) | (sent.raw() & 0xff0); }

private:
  Word _raw = 0;
};

/// Object attributes of a send item: the receiver's slot does not count as a reference,
/// and the server right of an IPC gate (abi/ipc.md section 3).
constexpr u8 Attr_weak = 0x10;
constexpr u8 Attr_server = 0x20;
