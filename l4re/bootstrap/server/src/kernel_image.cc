// SPDX-License-Identifier: MIT
#include "kernel_image.h"
#include "kernel_options.h"

namespace boot {
namespace {

template <typename... Parts> [[noreturn]] void refuse(Elf_image const &elf, Parts const &...parts)
{
  begin_failure();
  elf.put_name();
  print(": ", parts...);
  end_failure("name a kernel with this loader's interface (version 0x87004444, option block 5 or 6)"
              " as first module");
}

/// Address in the file of `size` bytes that the kernel will have at `address`.
Addr locate(Elf_image const &elf, const char *what, Addr address, uint64_t size)
{
  Addr in_file;
  if (!elf.locate(address, size, in_file))
    refuse(elf, what, " ", range_at(address, size),
           " is not covered by file contents of a load segment");
  return in_file;
}

} // namespace

Kernel_image::Kernel_image(Memory memory, Elf_image const &elf)
{
  read_kip(memory, elf);
  read_options(memory, elf);
}

void Kernel_image::read_kip(Memory memory, Elf_image const &elf)
{
  auto header = elf.find(Segment_type::Kip);
  if (!header)
    refuse(elf, "has no kernel info page: program header of type ", Hex{0x10, 2}, " is missing");
  kip = header->physical_address;
  if (header->memory_size < sizeof(Kip))
    refuse(elf, "kernel info page header (type 0x10) too small: expected at least ", sizeof(Kip),
           " bytes, found ", header->memory_size);
  if (kip % Page_size != 0) refuse(elf, "kernel info page at ", Hex{kip}, " is not page aligned");

  Addr in_file = locate(elf, "kernel info page", kip, sizeof(Kip));
  auto content = memory.read<Kip>(in_file);
  if (content.magic != Kip::Magic)
    refuse(elf, "kernel info page at ", Hex{kip}, ": expected magic ", Hex{Kip::Magic}, ", found ",
           Hex{content.magic});
  if ((content.version & Kip::Version_mask) != Kip::Version)
    refuse(elf, "kernel info page at ", Hex{kip}, ": expected version ", Hex{Kip::Version},
           " under mask ", Hex{Kip::Version_mask}, ", found ", Hex{content.version});
  if (content.node != 0)
    refuse(elf, "kernel info page is for node ", uint64_t{content.node}, ", expected 0");

  uint64_t descs_size = uint64_t{content.mem_descs_num} * sizeof(Mem_desc);
  if (content.mem_descs < sizeof(Kip) || content.mem_descs + descs_size > Page_size)
    refuse(elf, "kernel info page: ", uint64_t{content.mem_descs_num},
           " memory descriptors at offset ", Hex{content.mem_descs}, " do not fit into the page");
  mem_descs = kip + content.mem_descs;
  mem_descs_num = content.mem_descs_num;
  if (!elf.covers(range_at(mem_descs, descs_size)))
    refuse(elf, "memory descriptors ", range_at(mem_descs, descs_size),
           " are not covered by a load segment");
  read_version(memory, in_file, content);
}

void Kernel_image::read_version(Memory memory, Addr kip_in_file, Kip const &content)
{
  // The page's strings end below 0x900 (kernel-entry.md section 8).
  constexpr size_t Strings_end = 0x900;
  size_t offset = size_t{content.version_strings} * 16;
  auto text = static_cast<const char *>(memory.at(kip_in_file));
  size_t end = offset;
  while (end < Strings_end && text[end] >= ' ')
    ++end;
  if (offset >= sizeof(Kip)) version = {text + offset, end - offset};
}

void Kernel_image::read_options(Memory memory, Elf_image const &elf)
{
  auto header = elf.find(Segment_type::Kernel_options);
  options = header ? header->physical_address : round_up(kip + sizeof(Kip), Page_size);

  Addr in_file = locate(elf, "kernel option block", options, 8);
  auto magic = memory.read<uint32_t>(in_file);
  options_version = memory.read<uint32_t>(in_file + 4);
  if (magic != Kernel_options::Magic)
    refuse(elf, "kernel option block at ", Hex{options}, ": expected magic ",
           Hex{Kernel_options::Magic}, ", found ", Hex{magic});
  size_t size = Kernel_options::size(options_version);
  if (size == 0)
    refuse(elf, "kernel option block at ", Hex{options}, ": expected version 5 or 6, found ",
           uint64_t{options_version});
  if (header && header->memory_size < size)
    refuse(elf, "kernel option header (type 0x11) too small: expected at least ", size,
           " bytes for version ", uint64_t{options_version}, ", found ", header->memory_size);
  locate(elf, "kernel option block", options, size);
}

} // namespace boot
