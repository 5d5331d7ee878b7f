// SPDX-License-Identifier: MIT
#pragma once

#include "memory.h"
#include "text.h"

namespace boot {

/// The serial line that loader and kernel print to.
struct Uart {
  bool present = true;
  uint16_t port = 0x3f8;
  uint16_t irq = 4;
  uint32_t baud = 115200;
};

/// The kernel option block (boot.md section 2): how the kernel learns its command line. Two
/// versions exist; version 6 has one more word behind kmemsize, which moves the rest.
class Kernel_options {
public:
  static constexpr uint32_t Magic = 0x4c344b43;
  static constexpr uint32_t Min_version = 5, Max_version = 6;

  /// Size of the block, 0 for an unknown version.
  static constexpr size_t size(uint32_t version)
  {
    return version == 5 ? 0xd8 : version == 6 ? 0xdc : 0;
  }

  /// `block` is the address of a block of `version`, already loaded.
  Kernel_options(Memory memory, Addr block, uint32_t version)
      : _memory(memory), _block(block), _shift(version == 5 ? 0 : 4)
  {
  }

  /// Fill the block from the words of the kernel's command line, whose first word is the file's
  /// name unless it looks like an option. Unknown words are reported and ignored.
  void set_words(Text command_line);
  void set_uart(Uart const &uart);

private:
  enum class Flag : uint32_t;
  struct Word;
  static Word const Words[];

  /// Field addresses are given as in version 5.
  Addr field(size_t offset) const { return _block + offset + (offset >= 0x10 ? _shift : 0); }
  void set_flag(Flag flag);
  void set_word(Text word);
  void set_value(Word const &entry, Text value);
  void set_text(size_t offset, size_t capacity, Text value);

  Memory _memory;
  Addr _block;
  unsigned _shift;
};

} // namespace boot
