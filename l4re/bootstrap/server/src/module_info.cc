// SPDX-License-Identifier: MIT
#include "module_info.h"

namespace boot {
namespace {

struct Header {
  static constexpr uint64_t Has_command_line = 1 << 2, Has_modules = 1 << 3;

  uint64_t flags;
  uint64_t command_line;
  uint64_t modules;
  uint32_t module_count;
  uint32_t padding;
  uint64_t vbe_control_info, vbe_mode_info;
};
static_assert(sizeof(Header) == 0x30);

struct Entry {
  uint64_t flags;
  uint64_t start, end;
  uint64_t command_line;
};
static_assert(sizeof(Entry) == 0x20);

/// Modules 0, 1, 2 are kernel, sigma0 and root task.
constexpr uint64_t role_flag(size_t index)
{
  return index < 3 ? Module_info::Kernel + index : uint64_t{Module_info::Other};
}

/// Writes NUL-terminated strings one behind the other.
struct String_writer {
  Memory memory;
  Addr position;

  Addr add(Text text)
  {
    Addr start = position;
    memory.copy_in(start, text.data, text.size);
    memory.write(start + text.size, '\0');
    position += text.size + 1;
    return start;
  }
};

} // namespace

size_t Module_info::size() const
{
  size_t bytes = sizeof(Header) + _info.command_line.size + 1;
  for (Module const &module : _info.modules)
    bytes += sizeof(Entry) + module.command_line.size + 1;
  return bytes;
}

void Module_info::store(Memory memory, Addr address, Span<Range const> places) const
{
  Addr const entries = address + sizeof(Header);
  String_writer strings{memory, entries + places.count * sizeof(Entry)};

  Header header{};
  header.flags = Header::Has_command_line | Header::Has_modules;
  header.command_line = strings.add(_info.command_line);
  header.modules = entries;
  header.module_count = static_cast<uint32_t>(places.count);
  memory.write(address, header);

  for (size_t i = 0; i < places.count; ++i) {
    Entry entry{role_flag(i), places[i].start, places[i].end,
                strings.add(_info.modules[i].command_line)};
    memory.write(entries + i * sizeof(Entry), entry);
  }
}

} // namespace boot
