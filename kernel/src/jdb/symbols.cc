// SPDX-License-Identifier: MIT
#include "jdb/symbols.h"

#include "diag/print.h"
#include "jdb/console.h"
#include "jdb/machine.h"

struct Kernel_symbol {
  Word address;
  char const *name;
};
/// Made by jdb/symbols.awk, in the order of addresses.
extern "C" Kernel_symbol const kernel_symbols[], kernel_symbols_end[];

void jdb::print_code(Word address, Code kind)
{
  Word inside = kind == Code::Return ? address - 1 : address;
  Kernel_symbol const *found = nullptr;
  for (Kernel_symbol const *s = kernel_symbols; s != kernel_symbols_end && s->address <= inside;
       ++s)
    found = s;
  kprintf("%016lx", address);
  if (found) kprintf(" %s+0x%lx", found->name, address - found->address);
}

void jdb::print_callers(Word frame_pointer)
{
  machine::backtrace(frame_pointer, [](Word address) {
    kprintf("    ");
    print_code(address, Code::Return);
    return Console::end_line();
  });
}
