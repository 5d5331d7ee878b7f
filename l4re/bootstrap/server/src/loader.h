// SPDX-License-Identifier: MIT
#pragma once

#include "boot_info.h"
#include "elf.h"
#include "kernel_image.h"
#include "mem_desc_list.h"
#include "memory_map.h"
#include "move_plan.h"
#include "options.h"

namespace boot {

/// From a Boot_info to a machine in which only the jump to the kernel is missing (boot.md).
/// Decode, then perform: the constructor reads and checks everything and chooses all places;
/// `load` then changes memory. All that can still be missing there is room to rearrange modules.
class Loader {
public:
  /// `own_image` is the memory of the loader itself, stack and page tables included.
  /// Panics with module, address, found, expected and remedy if the system cannot be booted.
  Loader(Memory memory, Boot_info const &info, Options const &options, Range own_image);

  /// One line per thing loaded.
  void log_places() const;

  /// Move and load everything, fill in kernel info page, kernel options and module info.
  /// Returns the kernel's entry point. All memory of `info` may be overwritten after this.
  Addr load();

private:
  enum Role { Kernel, Sigma0, Root_task, Base_modules };

  Span<Module const> checked_modules() const;
  Elf_image image(Role role) const;
  void check_base_images() const;
  void check_target(Elf_image const &image, Range target) const;
  void check_overlap(Elf_image const &image, Range target) const;
  [[noreturn]] void refuse_target(Elf_image const &image, Range target) const;

  void choose_places(Addr modaddr);
  void place_modules(Range_set &free, Addr modaddr);
  bool modules_may_stay(Range_set const &free, Addr modaddr) const;
  Range allocate(Range_set &free, uint64_t size, Addr modaddr, const char *what);
  void choose_rsdp();

  void move_everything();
  void execute(size_t item);
  void park(Move_plan &plan, size_t item);
  void collect_mem_descs();
  void fill_kip();

  Memory _memory;
  Boot_info const &_info;
  Options const &_options;
  Range _own_image;

  Memory_map _map;
  Range_set _ram;              ///< within the loader's reach
  Span<Module const> _modules; ///< each in RAM, none overlapping another or the loader
  Elf_image _images[Base_modules];
  Kernel_image _kernel;

  Range _places[Boot_info::Max_modules]; ///< of all modules; base modules stay where they were
  Move_plan::Item _items[Boot_info::Max_modules];
  Range _module_area; ///< whole pages, all modules but the base modules
  Range _info_block;  ///< whole pages
  Range _rsdp_copy;   ///< a page, or empty if the firmware's original can be named
  Range _rsdp;        ///< the ACPI root pointer, empty if there is none
  Mem_desc_list _mem_descs;
};

} // namespace boot
