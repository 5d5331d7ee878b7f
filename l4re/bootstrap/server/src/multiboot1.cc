// SPDX-License-Identifier: MIT
// Multiboot specification 0.6.96, section 3.3: what the boot loader leaves in memory.
#include "boot_info.h"

namespace boot {
namespace {

enum Info_flag : uint32_t {
  Has_memory_size = 1u << 0,
  Has_command_line = 1u << 2,
  Has_modules = 1u << 3,
  Has_memory_map = 1u << 6,
};

struct Info {
  uint32_t flags;
  uint32_t mem_lower, mem_upper; ///< KiB below 640 KiB, KiB from 1 MiB up
  uint32_t boot_device;
  uint32_t command_line;
  uint32_t module_count, modules;
  uint32_t symbols[4];
  uint32_t map_size, map;
};
static_assert(offsetof(Info, map) == 48);

struct Module_entry {
  uint32_t start, end;
  uint32_t command_line;
  uint32_t reserved;
};

struct __attribute__((packed)) Map_entry {
  uint32_t size; ///< of the rest of the entry
  uint64_t base, length;
  uint32_t type;
};

void read_memory_map(Memory memory, Info const &header, Boot_info &info)
{
  Addr entry = header.map;
  while (entry + sizeof(Map_entry) <= Addr{header.map} + header.map_size) {
    auto e = memory.read<Map_entry>(entry);
    info.memory.push({range_at(e.base, e.length), e.type});
    entry += e.size + sizeof(e.size);
  }
}

void read_memory_size(Info const &header, Boot_info &info)
{
  auto ram = static_cast<uint32_t>(Firmware_type::Ram);
  info.memory.push({range_at(0, uint64_t{header.mem_lower} * 1024), ram});
  info.memory.push({range_at(Mib, uint64_t{header.mem_upper} * 1024), ram});
}

} // namespace

void read_multiboot1(Memory memory, Addr structure, Boot_info &info)
{
  info.protocol = "multiboot 1";
  auto header = memory.read<Info>(structure);

  if (header.flags & Has_memory_map)
    read_memory_map(memory, header, info);
  else if (header.flags & Has_memory_size)
    read_memory_size(header, info);

  if ((header.flags & Has_command_line) && header.command_line)
    info.command_line = info.keep_text(memory, header.command_line);

  if (!(header.flags & Has_modules)) return;
  for (uint32_t i = 0; i < header.module_count; ++i) {
    auto entry = memory.read<Module_entry>(header.modules + Addr{i} * sizeof(Module_entry));
    Text line = entry.command_line ? info.keep_text(memory, entry.command_line) : Text();
    info.modules.push({{entry.start, entry.end}, line});
  }
}

} // namespace boot
