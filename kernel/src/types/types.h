// SPDX-License-Identifier: MIT
// Fundamental types: machine words and numbers that carry a unit.
#pragma once

#include <compare>
#include <stddef.h>
#include <stdint.h>

using u8 = uint8_t;
using u16 = uint16_t;
using u32 = uint32_t;
using u64 = uint64_t;
using i32 = int32_t;
using i64 = int64_t;
/// A machine word of the user ABI (64 bit, abi/kernel-entry.md).
using Word = uint64_t;

/// A word that cannot be mixed up with words of another meaning. Arithmetic with plain
/// words (offsets) stays possible; arithmetic between two different kinds does not compile.
template <class Tag> class Strong_word {
public:
  constexpr Strong_word() = default;
  constexpr explicit Strong_word(Word value) : _value(value) {}
  constexpr Word value() const { return _value; }
  constexpr auto operator<=>(Strong_word const &) const = default;
  constexpr Strong_word operator+(Word offset) const { return Strong_word(_value + offset); }
  constexpr Strong_word operator-(Word offset) const { return Strong_word(_value - offset); }
  constexpr Word operator-(Strong_word other) const { return _value - other._value; }
  constexpr Strong_word &operator+=(Word offset) { return _value += offset, *this; }

private:
  Word _value = 0;
};

using Phys_addr = Strong_word<struct Phys_tag>;
using Virt_addr = Strong_word<struct Virt_tag>;
/// Index of a slot in a task's object space (selector >> 12).
using Cap_index = Strong_word<struct Cap_tag>;
/// Point in time or duration of the kernel clock, microseconds since boot.
using Microseconds = Strong_word<struct Microseconds_tag>;

using Cpu_id = u32;
/// Scheduling priority, 1 (lowest) to 255; 0 is the idle thread only.
using Prio = u8;

constexpr unsigned Page_shift = 12;
constexpr Word Page_size = Word{1} << Page_shift;
constexpr unsigned Superpage_shift = 21;
constexpr Word Superpage_size = Word{1} << Superpage_shift;
/// Highest user address, inclusive (abi/kernel-entry.md section 8).
constexpr Word User_max = 0x7fffffffffff;
/// Pages are mapped to addresses below: a system call at the very end of user space would return to an address at
/// which SYSRET faults (Intel SDM vol. 2, SYSRET).
constexpr Word User_pages_end = User_max + 1 - Page_size;

/// The object of which `member` is the named part.
template <class T, class M> T &owner_of(M &member, M T::*name)
{
  constexpr Word Anywhere = 1 << 12;
  Word offset = reinterpret_cast<Word>(&(reinterpret_cast<T *>(Anywhere)->*name)) - Anywhere;
  return *reinterpret_cast<T *>(reinterpret_cast<Word>(&member) - offset);
}

constexpr Word trunc_to(Word value, unsigned order) { return value & ~((Word{1} << order) - 1); }
constexpr Word round_to(Word value, unsigned order)
{
  return trunc_to(value + (Word{1} << order) - 1, order);
}
