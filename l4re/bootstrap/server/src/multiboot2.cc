// SPDX-License-Identifier: MIT
// Multiboot2 specification 2.0, section 3.6: a list of tags, each aligned to 8 bytes.
#include "boot_info.h"

namespace boot {
namespace {

enum class Tag_type : uint32_t {
  End = 0,
  Command_line = 1,
  Module = 3,
  Memory_size = 4,
  Memory_map = 6,
  Old_rsdp = 14,
  New_rsdp = 15,
};

struct Tag {
  Tag_type type;
  uint32_t size; ///< with this header, without the padding to 8 bytes
};

struct Module_tag {
  Tag tag;
  uint32_t start, end; ///< the command line follows
};

struct Memory_size_tag {
  Tag tag;
  uint32_t lower_kib, upper_kib;
};

struct Memory_map_tag {
  Tag tag;
  uint32_t entry_size, entry_version; ///< the entries follow
};

struct Map_entry {
  uint64_t base, length;
  uint32_t type, reserved;
};

void read_memory_map(Memory memory, Addr at, Boot_info &info)
{
  auto map = memory.read<Memory_map_tag>(at);
  if (map.entry_size < sizeof(Map_entry)) return;
  Addr end = at + map.tag.size;
  for (Addr entry = at + sizeof(map); entry + map.entry_size <= end; entry += map.entry_size) {
    auto e = memory.read<Map_entry>(entry);
    info.memory.push({range_at(e.base, e.length), e.type});
  }
}

void read_rsdp(Memory memory, Addr at, uint32_t tag_size, Boot_info &info)
{
  size_t size = tag_size - sizeof(Tag);
  // Both tags may be present; the newer structure is the longer one.
  if (size > info.Max_rsdp_size || size <= info.rsdp_size) return;
  __builtin_memcpy(info.rsdp, memory.at(at + sizeof(Tag)), size);
  info.rsdp_size = size;
}

void read_tag(Memory memory, Addr at, Tag tag, Boot_info &info)
{
  switch (tag.type) {
  case Tag_type::Command_line:
    info.command_line = info.keep_text(memory, at + sizeof(Tag));
    break;
  case Tag_type::Module: {
    auto module = memory.read<Module_tag>(at);
    Text line = info.keep_text(memory, at + sizeof(module));
    info.modules.push({{module.start, module.end}, line});
    break;
  }
  case Tag_type::Memory_map:
    read_memory_map(memory, at, info);
    break;
  case Tag_type::Old_rsdp:
  case Tag_type::New_rsdp:
    read_rsdp(memory, at, tag.size, info);
    break;
  default:
    break;
  }
}

/// The sizes of the BIOS call 0x88 era, for loaders that pass no map.
void read_memory_size(Memory memory, Addr at, Boot_info &info)
{
  auto sizes = memory.read<Memory_size_tag>(at);
  auto ram = static_cast<uint32_t>(Firmware_type::Ram);
  info.memory.push({range_at(0, uint64_t{sizes.lower_kib} * 1024), ram});
  info.memory.push({range_at(Mib, uint64_t{sizes.upper_kib} * 1024), ram});
}

} // namespace

void read_multiboot2(Memory memory, Addr structure, Boot_info &info)
{
  info.protocol = "multiboot 2";
  Addr const end = structure + memory.read<uint32_t>(structure);
  Addr sizes_tag = 0;

  for (Addr at = structure + 8; at + sizeof(Tag) <= end;) {
    auto tag = memory.read<Tag>(at);
    if (tag.type == Tag_type::End || tag.size < sizeof(Tag)) break;
    if (tag.type == Tag_type::Memory_size) sizes_tag = at;
    read_tag(memory, at, tag, info);
    at = round_up(at + tag.size, 8);
  }
  if (info.memory.empty() && sizes_tag) read_memory_size(memory, sizes_tag, info);
}

} // namespace boot
