// SPDX-License-Identifier: MIT
#include "archive.h"

namespace boot {
namespace {

struct Header {
  uint64_t magic;
  uint32_t count;        ///< entries behind this header
  uint32_t command_line; ///< offset of the loader's arguments, a text with its file name
};

struct Entry {
  uint64_t start, size; ///< offset of the module, its bytes
  uint64_t command_line;
};

bool has_arguments(Text line)
{
  next_word(line);
  return !next_word(line).empty();
}

} // namespace

void read_archive(Memory memory, Addr address, Boot_info &info)
{
  auto header = memory.read<Header>(address);
  if (header.magic != Archive_magic)
    panic("load the whole image: QEMU's -kernel, or GRUB's multiboot2",
          "no module archive: expected magic ", Hex{Archive_magic}, " at ", Hex{address},
          ", found ", Hex{header.magic});

  for (uint32_t i = 0; i < header.count; ++i) {
    auto entry = memory.read<Entry>(address + sizeof(Header) + Addr{i} * sizeof(Entry));
    Text line = info.keep_text(memory, address + entry.command_line);
    info.modules.insert(i, {range_at(address + entry.start, entry.size), line});
  }
  if (!has_arguments(info.command_line))
    info.command_line = info.keep_text(memory, address + header.command_line);
}

} // namespace boot
