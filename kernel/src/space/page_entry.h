// SPDX-License-Identifier: MIT
// Entries of the radix tables of Map_space: the page table format of amd64 (Intel SDM vol. 3, 4.5).
// I/O spaces use the same format with a port as a page of 4 KiB; no CPU reads those tables.
#pragma once

#include "types/fpage.h"
#include "types/types.h"

/// Value of one table entry. Plain data: entries themselves are Words, accessed atomically, because
/// the CPU sets Accessed and Dirty behind the kernel's back.
class Page_entry {
public:
  enum Bit : Word {
    Present = 1,
    Write = 2,
    User = 4,
    Write_through = 8,
    No_cache = 0x10,
    Accessed = 0x20,
    Dirty = 0x40,
    Large = 0x80,    ///< in a table of level 1: a page of 2 MiB
    Pinned = 0x200,  ///< software: kernel-user memory
    Claimed = 0x400, ///< software, not present: someone is about to put a page here
    No_execute = Word{1} << 63,
  };
  static constexpr Word Frame_mask = 0x000ffffffffff000;
  /// Of an entry that names a table: which eighths of that table were ever used (bits the CPU
  /// ignores there). Set before an entry is, never reset: what is not set needs no look.
  static constexpr unsigned Eighths_shift = 52;
  static constexpr Word Cache_mask = Write_through | No_cache;
  static constexpr Word Access_mask = Accessed | Dirty;
  /// Entry that points to a table: rights are decided at the leaf.
  static constexpr Word Table = Present | Write | User;

  constexpr explicit Page_entry(Word value) : _value(value) {}

  constexpr Word value() const { return _value; }
  constexpr bool present() const { return _value & Present; }
  /// Above level 0 only: the entry names a table.
  constexpr bool is_table() const { return (_value & (Present | Large)) == Present; }
  constexpr bool pinned() const { return _value & Pinned; }
  /// In a table of level 0: a page that may be passed on and taken back.
  constexpr bool is_ordinary() const { return (_value & (Present | Pinned)) == Present; }
  constexpr Phys_addr frame() const { return Phys_addr(_value & Frame_mask); }
  constexpr u8 eighths() const { return u8(_value >> Eighths_shift); }
  /// Identity of the page: two values with the same key map the same frame in the same size.
  constexpr Word key() const { return _value & (Frame_mask | Large | Present | Pinned); }
  constexpr u8 rights() const
  {
    if (!present()) return 0;
    return Fpage::R | (_value & Write ? Fpage::W : 0) | (_value & No_execute ? 0 : Fpage::X);
  }
  /// abi/kernel-objects.md section 2: bit 0 referenced, bit 1 dirty.
  constexpr u8 access_flags() const { return _value >> 5 & 3; }

  static constexpr Word rights_bits(u8 rights)
  {
    return Present | User | (rights & Fpage::W ? Word{Write} : 0) |
           (rights & Fpage::X ? 0 : Word{No_execute});
  }
  static constexpr Word access_bits(u8 access_flags) { return Word{access_flags} << 5; }
  /// Cache bits for the attributes of a send item (abi/ipc.md section 3), or the sender's own. The
  /// page attribute table maps write-through alone to write-combining.
  static constexpr Word cache_bits(u8 attributes, Word source)
  {
    unsigned kind = attributes >> 4;
    if (kind == 1) return No_cache | Write_through;
    if (kind == 5) return Write_through;
    return kind == 3 ? 0 : source & Cache_mask;
  }

private:
  Word _value;
};
