// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

/**
 * \file
 * From the entry of a program to main(): what is common to programs with and without shared libraries.
 */

using Init_function = void(int, char **, char **);
using Fini_function = void();

/// What belongs to the program itself; filled in by crt0.S.
struct Program {
  int (*main)(int, char **, char **);
  void (*init)();
  void (*fini)();
  Init_function **preinit_start, **preinit_end;
  Init_function **init_start, **init_end;
  Fini_function **fini_start, **fini_end;
};

/// Where the program headers are, as the loader says.
struct Program_headers {
  l4_addr_t address = 0;
  l4_umword_t count = 0;
};

/// Take environment, arguments and capability slots from the stack that the loader prepared, or from
/// the strings in it.
Program_headers libc_read_stack(int argc, char **argv);

/// Constructors, main(), exit().
[[noreturn]] void libc_run(Program const *program, int argc, char **argv);

/// Called by crt0.S.
extern "C" [[noreturn]] void libc_start(l4_umword_t *stack, Program const *program);
