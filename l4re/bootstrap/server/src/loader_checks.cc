// SPDX-License-Identifier: MIT
// What the loader refuses because of the places of things in memory.
#include "loader.h"

namespace boot {
namespace {

/// The first page holds interrupt vectors and BIOS data; firmware maps call it RAM.
constexpr Range Bios_data{0, Page_size};

constexpr const char *More_memory = "give the machine more memory (QEMU: -m 64)";

constexpr const char *firmware_name(uint32_t type)
{
  switch (static_cast<Firmware_type>(type)) {
  case Firmware_type::Acpi:
    return "ACPI tables";
  case Firmware_type::Nvs:
    return "ACPI non-volatile storage";
  default:
    return "memory reserved by the firmware";
  }
}

/// boot.md lets a loader move a program with a dynamic section; this one does without.
const char *relocation_note(Elf_image const &image)
{
  return image.is_dynamic() ? "; this loader does not move relocatable programs" : "";
}

} // namespace

Span<Module const> Loader::checked_modules() const
{
  Range_set taken;
  size_t const count = _info.modules.size();
  if (count < Base_modules)
    panic("give kernel, sigma0 and root task as the first three modules (QEMU: -initrd"
          " \"kernel,sigma0,moe ...\"; GRUB: three module lines)",
          "found ", count, " modules, expected at least 3: kernel, sigma0, root task");
  for (size_t i = 0; i < count; ++i) {
    Module const &module = _info.modules[i];
    Text name = base_name(module.command_line);
    if (module.data.end < module.data.start)
      panic("this is a fault of the boot loader: try another one", "module ", i, " '", name,
            "' ends at ", Hex{module.data.end}, " before it starts at ", Hex{module.data.start});
    if (module.data.empty()) continue;
    if (!_ram.contains(module.data))
      panic(More_memory, "too little RAM: module ", i, " '", name, "' was put to ", module.data,
            ", but RAM ends at ", Hex{_ram.upper_bound()});
    if (module.data.overlaps(_own_image) || taken.overlaps(module.data))
      panic("this is a fault of the boot loader: try another one", "module ", i, " '", name,
            "' at ", module.data, " overlaps another module or bootstrap at ", _own_image);
    taken.add(module.data);
  }
  return {_info.modules.begin(), count};
}

void Loader::check_base_images() const
{
  for (Elf_image const &image : _images)
    for (Range target : image.targets())
      check_target(image, target);
}

void Loader::check_target(Elf_image const &image, Range target) const
{
  if (!_ram.contains(target)) refuse_target(image, target);
  check_overlap(image, target);
}

void Loader::refuse_target(Elf_image const &image, Range target) const
{
  begin_failure();
  image.put_name();
  print(": segment ", target, target.end > Reach ? " lies above 4 GiB" : " lies outside of RAM");
  for (Firmware_range const &entry : _map.firmware())
    if (entry.range.overlaps(target)) {
      print(", in ", firmware_name(entry.type), " at ", entry.range);
      break;
    }
  bool too_little = target.end > _ram.upper_bound() && target.end <= Reach;
  print(" (RAM ends at ", Hex{_ram.upper_bound()}, ")");
  if (too_little)
    end_failure("too little RAM: give the machine ", target.end / Mib + 2,
                " MiB or more (QEMU: -m)");
  end_failure("link the program to addresses that are RAM below 4 GiB (DEFAULT_RELOC)",
              relocation_note(image));
}

void Loader::check_overlap(Elf_image const &image, Range target) const
{
  auto refuse = [&](auto const &...other) {
    begin_failure();
    image.put_name();
    print(": region overlap: segment ", target, " and ", other...);
    end_failure("link one of them to another address (DEFAULT_RELOC)", relocation_note(image));
  };

  if (target.overlaps(Bios_data)) refuse("the BIOS data area ", Bios_data);
  if (target.overlaps(_own_image)) refuse("bootstrap ", _own_image);
  for (Elf_image const &other : _images) {
    if (&other == &image) return; // later ones are checked against this one
    for (Range taken : other.targets())
      if (taken.pages().overlaps(target.pages())) refuse("'", other.name(), "' ", taken);
  }
}

} // namespace boot
