// SPDX-License-Identifier: MIT
/*
 * What the start of a program has to do in any case: reads the stack that the loader prepared
 * (process-environment.md sections 4, 5 and 11), runs the program's constructors.
 */
#include "start.h"
#include "libc_priv.h"

#include <l4/libc/slots.h>
#include <l4/re/env.h>
#include <l4/sys/kip.h>

#include <stdlib.h>
#include <sys/lock.h>
#include <unistd.h>

extern "C" {

// The client library defines both too; the ones here serve programs that do without it.
l4re_env_t *l4re_global_env __attribute__((weak));
l4_kernel_info_t const *l4_global_kip __attribute__((weak));

char const *libc_program_name = "";

} // extern "C"

namespace {

// newlib brings locks of its own that do nothing. This reference makes the linker take ours from
// the archive first.
[[gnu::used]] auto *const take_our_locks = &__retarget_lock_acquire_recursive;

enum Aux_id : l4_umword_t {
  Aux_end = 0,
  Aux_phdr = 3,
  Aux_phnum = 5,
  Aux_l4re_env = 0xf1,
  Aux_kip = 0xf2,
};

Program_headers read_aux_vector(l4_umword_t const *aux)
{
  Program_headers headers;
  for (; aux[0] != Aux_end; aux += 2)
    switch (aux[0]) {
    case Aux_phdr:
      headers.address = aux[1];
      break;
    case Aux_phnum:
      headers.count = aux[1];
      break;
    case Aux_l4re_env:
      l4re_global_env = reinterpret_cast<l4re_env_t *>(aux[1]);
      break;
    case Aux_kip:
      l4_global_kip = reinterpret_cast<l4_kernel_info_t const *>(aux[1]);
      break;
    default:
      break;
    }
  return headers;
}

char const *base_name(char const *path)
{
  char const *name = path;
  for (; *path; ++path)
    if (*path == '/') name = path + 1;
  return name;
}

Program const *started;

void run_destructors()
{
  for (auto f = started->fini_end; f != started->fini_start;)
    (*--f)();
  started->fini();
}

} // namespace

Program_headers libc_read_stack(int argc, char **argv)
{
  environ = argv + argc + 1;
  char **p = environ;
  while (*p)
    ++p;
  Program_headers const headers = read_aux_vector(reinterpret_cast<l4_umword_t *>(p + 1));
  libc_slot_init();
  if (argc) libc_program_name = base_name(argv[0]);
  return headers;
}

void libc_run(Program const *program, int argc, char **argv)
{
  started = program;
  atexit(run_destructors);
  for (auto f = program->preinit_start; f != program->preinit_end; ++f)
    (*f)(argc, argv, environ);
  program->init();
  for (auto f = program->init_start; f != program->init_end; ++f)
    (*f)(argc, argv, environ);
  exit(program->main(argc, argv, environ));
}
