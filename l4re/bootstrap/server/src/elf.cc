// SPDX-License-Identifier: MIT
#include "elf.h"

namespace boot {
namespace {

constexpr uint8_t Class_64 = 2, Little_endian = 1;
constexpr uint16_t Type_executable = 2, Type_position_independent = 3;
constexpr uint16_t Machine_amd64 = 62;
enum Ident { Class = 4, Byte_order = 5 };

constexpr const char *machine_name(uint16_t machine)
{
  switch (machine) {
  case 3:
    return " (x86, 32 bit)";
  case 8:
    return " (MIPS)";
  case 40:
    return " (Arm, 32 bit)";
  case 183:
    return " (Arm, 64 bit)";
  case 243:
    return " (RISC-V)";
  default:
    return "";
  }
}

} // namespace

template <typename... Parts> void Elf_image::refuse(Parts const &...parts) const
{
  begin_failure();
  put_name();
  print(", file at ", _file, ": ", parts...);
  end_failure("the first three modules have to be amd64 programs: kernel, sigma0, root task;"
              " rebuild the file or name the right one");
}

void Elf_image::put_name() const
{
  print("module ", uint64_t{_index}, " '", _name, "' (", _role, ")");
}

Elf_image::Elf_image(Memory memory, Module const &module, unsigned index, const char *role)
    : _name(base_name(module.command_line)), _role(role), _index(index),
      _file(module.data), _source{module.data.start, module.data.start + sizeof(Elf_header)}
{
  if (_file.size() < sizeof(Elf_header))
    refuse("file is truncated: ", _file.size(), " bytes, an ELF header alone has ",
           sizeof(Elf_header));
  auto header = memory.read<Elf_header>(_file.start);
  check_ident(header);

  uint64_t table_size = uint64_t{header.program_header_count} * sizeof(Program_header);
  if (header.program_headers > _file.size() || table_size > _file.size() - header.program_headers)
    refuse("file is truncated: the program headers at offset ", Hex{header.program_headers},
           " lie behind its end at ", Hex{_file.size()});

  Addr table = _file.start + header.program_headers;
  for (unsigned i = 0; i < header.program_header_count; ++i)
    add_segment(memory.read<Program_header>(table + i * sizeof(Program_header)), i);
  if (_segments.empty()) refuse("no segment to load");

  _entry = header.entry;
  if (!covers(range_at(_entry, 1)))
    refuse("entry point ", Hex{_entry}, " lies in none of its segments");
}

void Elf_image::check_ident(Elf_header const &header) const
{
  if (__builtin_memcmp(header.ident, "\177ELF", 4) != 0)
    refuse("no ELF file: expected first bytes 0x7f 0x45 0x4c 0x46, found ", Hex{header.ident[0], 2},
           " ", Hex{header.ident[1], 2}, " ", Hex{header.ident[2], 2}, " ",
           Hex{header.ident[3], 2});
  if (header.ident[Class] != Class_64)
    refuse("wrong ELF class: expected 2 (64 bit), found ", uint64_t{header.ident[Class]});
  if (header.ident[Byte_order] != Little_endian)
    refuse("wrong byte order: expected 1 (little endian), found ",
           uint64_t{header.ident[Byte_order]});
  if (header.machine != Machine_amd64)
    refuse("foreign machine: expected ", uint64_t{Machine_amd64}, " (amd64), found ",
           uint64_t{header.machine}, machine_name(header.machine));
  if (header.type != Type_executable && header.type != Type_position_independent)
    refuse("no program: expected ELF type 2 or 3, found ", uint64_t{header.type});
  if (header.program_header_count == 0) refuse("no program headers");
  if (header.program_header_size != sizeof(Program_header))
    refuse("program header size: expected ", sizeof(Program_header), ", found ",
           uint64_t{header.program_header_size});
}

void Elf_image::check_segment(Program_header const &segment, unsigned index) const
{
  if (segment.file_size > segment.memory_size)
    refuse("segment ", uint64_t{index}, " has ", segment.file_size, " bytes in the file but only ",
           segment.memory_size, " in memory");
  if (segment.memory_size > ~Addr{0} - segment.physical_address)
    refuse("segment ", uint64_t{index}, " at ", Hex{segment.physical_address}, " with ",
           Hex{segment.memory_size}, " bytes wraps around the address space");
  if (segment.offset > _file.size() || segment.file_size > _file.size() - segment.offset)
    refuse("file is truncated: segment ", uint64_t{index}, " needs ", segment.file_size,
           " bytes at offset ", Hex{segment.offset}, ", the file has ", _file.size());
}

void Elf_image::add_segment(Program_header const &segment, unsigned index)
{
  switch (segment.type) {
  case Segment_type::Load:
    check_segment(segment, index);
    if (segment.memory_size == 0) return;
    for (Range other : _targets)
      if (other.overlaps(segment.target()))
        refuse("its segments overlap: ", other, " and ", segment.target());
    _segments.push(segment);
    _targets.push(segment.target());
    if (Addr end = _file.start + segment.offset + segment.file_size; end > _source.end)
      _source.end = end;
    break;
  case Segment_type::Dynamic:
    _dynamic = true;
    break;
  case Segment_type::Kip:
    if (_kip.type != Segment_type::Kip) _kip = segment;
    break;
  case Segment_type::Kernel_options:
    if (_options.type != Segment_type::Kernel_options) _options = segment;
    break;
  default:
    break;
  }
}

Program_header const *Elf_image::find(Segment_type type) const
{
  if (_kip.type == type) return &_kip;
  if (_options.type == type) return &_options;
  return nullptr;
}

bool Elf_image::locate(Addr address, uint64_t size, Addr &in_file) const
{
  for (Program_header const &segment : _segments) {
    Range in_memory = range_at(segment.physical_address, segment.file_size);
    if (!in_memory.contains(range_at(address, size))) continue;
    in_file = _file.start + segment.offset + (address - segment.physical_address);
    return true;
  }
  return false;
}

bool Elf_image::covers(Range range) const
{
  for (Range target : _targets)
    if (target.contains(range)) return true;
  return false;
}

void Elf_image::load(Memory memory, Addr source) const
{
  for (Program_header const &segment : _segments) {
    Addr filled = segment.physical_address + segment.file_size;
    memory.copy(segment.physical_address, source + segment.offset, segment.file_size);
    memory.clear({filled, segment.physical_address + segment.memory_size});
  }
}

} // namespace boot
