// SPDX-License-Identifier: MIT
// The loader's story, top down: what we were given, our own options, load, jump.
#include "archive.h"
#include "console.h"
#include "exception.h"
#include "loader.h"

extern "C" const char image_start[], image_end[];
// Written by the image tool, not by any code: the compiler knows nothing about its content.
extern "C" boot::Archive_slot const volatile archive_slot;
extern "C" [[noreturn]] void loader_main(uint32_t magic, uint32_t structure);

namespace boot {
namespace {

Range own_image()
{
  return {reinterpret_cast<uintptr_t>(image_start), reinterpret_cast<uintptr_t>(image_end)};
}

/// The sources of modules: a boot protocol, and what is part of the image.
void read_boot_info(Memory memory, uint32_t magic, uint32_t structure, Boot_info &info)
{
  if (magic == Multiboot1_magic)
    read_multiboot1(memory, structure, info);
  else if (magic == Multiboot2_magic)
    read_multiboot2(memory, structure, info);
  else
    panic("start bootstrap with a multiboot loader: QEMU's -kernel or GRUB's multiboot2",
          "unknown boot protocol: expected magic ", Hex{Multiboot1_magic}, " or ",
          Hex{Multiboot2_magic}, ", found ", Hex{magic});
  if (archive_slot.address != 0) read_archive(memory, archive_slot.address, info);
}

void start_kernel(Addr entry)
{
  // A call, because the kernel is promised a C function's environment (boot.md section 3).
  reinterpret_cast<void (*)()>(entry)();
}

} // namespace
} // namespace boot

extern "C" [[noreturn]] void loader_main(uint32_t magic, uint32_t structure)
{
  using namespace boot;
  catch_exceptions();

  // All data of the loader lives in this frame; start.S has made the stack for it.
  static_assert(sizeof(Boot_info) + sizeof(Loader) <= 192 * 1024);
  Memory memory;
  Boot_info info;
  // Only what is too big for these structures fails here, and COM1 is the best guess for it.
  start_console(Uart{});
  read_boot_info(memory, magic, structure, info);

  Options options = Options::parse(info.command_line);
  start_console(options.uart);
  if (options.exit_on_panic) exit_on_stop();
  set_quiet(options.quiet);
  options.report();

  Loader loader(memory, info, options, own_image());
  loader.log_places();
  start_kernel(loader.load());
  panic("look at the kernel's last words above", "the kernel came back");
}
