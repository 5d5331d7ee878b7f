// SPDX-License-Identifier: MIT
/*
 * From the entry of a program to main(): reads the stack that the loader prepared
 * (process-environment.md sections 4, 5 and 11), gives the thread its local storage, runs the
 * constructors.
 */
#include "libc_priv.h"

#include <l4/libc/slots.h>
#include <l4/libc/tls.h>
#include <l4/re/env.h>
#include <l4/sys/kip.h>
#include <l4/sys/segment.h>

#include <stdlib.h>
#include <sys/lock.h>
#include <unistd.h>

extern "C" {

using Init_function = void(int, char **, char **);
extern Init_function *__preinit_array_start[], *__preinit_array_end[];
extern Init_function *__init_array_start[], *__init_array_end[];
extern void (*__fini_array_start[])(), (*__fini_array_end[])();

void _init();
void _fini();
int main(int argc, char **argv, char **envp);
[[noreturn]] void libc_start(l4_umword_t *stack);

/// Identifies this program to __cxa_atexit().
void *__dso_handle = &__dso_handle;

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

void read_aux_vector(l4_umword_t const *aux)
{
  Phdr const *phdrs = nullptr;
  l4_umword_t count = 0;
  for (; aux[0] != Aux_end; aux += 2)
    switch (aux[0]) {
    case Aux_phdr:
      phdrs = reinterpret_cast<Phdr const *>(aux[1]);
      break;
    case Aux_phnum:
      count = aux[1];
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
  libc_tls_find(phdrs, phdrs ? count : 0);
}

char const *base_name(char const *path)
{
  char const *name = path;
  for (; *path; ++path)
    if (*path == '/') name = path + 1;
  return name;
}

void run_destructors()
{
  for (auto f = __fini_array_end; f != __fini_array_start;)
    (*--f)();
  _fini();
}

[[noreturn]] void run(int argc, char **argv, char **envp)
{
  atexit(run_destructors);
  for (auto f = __preinit_array_start; f != __preinit_array_end; ++f)
    (*f)(argc, argv, envp);
  _init();
  for (auto f = __init_array_start; f != __init_array_end; ++f)
    (*f)(argc, argv, envp);
  exit(main(argc, argv, envp));
}

} // namespace

void libc_start(l4_umword_t *stack)
{
  int const argc = static_cast<int>(*stack);
  char **const argv = reinterpret_cast<char **>(stack + 1);
  environ = argv + argc + 1;
  char **p = environ;
  while (*p)
    ++p;
  read_aux_vector(reinterpret_cast<l4_umword_t *>(p + 1));
  libc_slot_init();
  if (argc) libc_program_name = base_name(argv[0]);

  // The main thread's block lies on its stack, below everything that will ever return.
  constexpr l4_size_t Tls_align_bits = 64 * 8;
  void *tls = __builtin_alloca_with_align(libc_tls_size(), Tls_align_bits);
  l4_addr_t const base = libc_tls_init(tls);
  fiasco_amd64_set_fs(l4re_global_env->main_thread, base, l4_utcb());

  run(argc, argv, environ);
}
