// SPDX-License-Identifier: MIT
#pragma once

#include "boot_info.h"
#include "memory.h"
#include "types.h"

namespace boot {

/// System V ABI, ELF-64: the file's first 64 bytes.
struct Elf_header {
  uint8_t ident[16];
  uint16_t type, machine;
  uint32_t version;
  uint64_t entry, program_headers, section_headers;
  uint32_t flags;
  uint16_t header_size, program_header_size, program_header_count;
  uint16_t section_header_size, section_header_count, section_names;
};
static_assert(sizeof(Elf_header) == 64);

enum class Segment_type : uint32_t {
  Load = 1,
  Dynamic = 2,
  Kip = 0x10,            ///< boot.md section 2: place of the kernel info page
  Kernel_options = 0x11, ///< ditto: place of the kernel option block
};

enum Segment_flag : uint32_t { Executable = 1, Writable = 2, Readable = 4 };

struct Program_header {
  Segment_type type;
  uint32_t flags;
  uint64_t offset, virtual_address, physical_address;
  uint64_t file_size, memory_size, alignment;

  Range target() const { return range_at(physical_address, memory_size); }
};
static_assert(sizeof(Program_header) == 56);

/// One of the three programs that the loader loads itself. Only created through `check`, so the
/// program headers and the contents of all segments are known to lie inside the file.
class Elf_image {
public:
  static constexpr size_t Max_segments = 16;

  /// Read the file's headers, where it lies, and refuse what is no static amd64 program; panics
  /// name `module` and `role` ("kernel", ...). Says nothing yet about the places it loads to.
  Elf_image(Memory memory, Module const &module, unsigned index, const char *role);

  /// The file's name and role, for messages.
  void put_name() const;
  Text name() const { return _name; }

  Addr entry() const { return _entry; }
  /// PT_LOAD segments with a size, in file order.
  Span<Program_header const> segments() const { return {_segments.begin(), _segments.size()}; }
  /// Where the segments go, parallel to `segments`.
  Span<Range const> targets() const { return {_targets.begin(), _targets.size()}; }
  /// The first program header of `type`, or nullptr.
  Program_header const *find(Segment_type type) const;
  /// True for a program with a dynamic section, i.e. one that a loader might move.
  bool is_dynamic() const { return _dynamic; }

  /// The part of the file that loading reads; debug information behind it need not be preserved.
  Range source() const { return _source; }

  /// Where the byte for physical address `address` lies in the file now, with at least `size`
  /// bytes of file contents from there; false if no segment has it.
  bool locate(Addr address, uint64_t size, Addr &in_file) const;

  /// True if one segment provides memory, from the file or cleared, for all of `range`.
  bool covers(Range range) const;

  /// Copy the segments to their targets and clear what the file does not fill. `source` is where
  /// the bytes of source() are now; no target may overlap it.
  void load(Memory memory, Addr source) const;

private:
  template <typename... Parts> [[noreturn]] void refuse(Parts const &...parts) const;
  void check_ident(Elf_header const &header) const;
  void check_segment(Program_header const &segment, unsigned index) const;
  void add_segment(Program_header const &segment, unsigned index);

  Text _name;
  const char *_role;
  unsigned _index;
  Range _file;
  Range _source;
  Addr _entry = 0;
  bool _dynamic = false;
  Program_header _kip{}, _options{};
  Fixed_vector<Program_header, Max_segments> _segments{"load segments in one program"};
  Fixed_vector<Range, Max_segments> _targets{"load segments in one program"};
};

} // namespace boot
