// SPDX-License-Identifier: MIT
#include <l4/libc_minimal/crt.h>
#include <l4/sys/kip.h>

#include <stdlib.h>

extern "C" {

using Init_function = void(int, char **, char **);
extern Init_function *__preinit_array_start[], *__preinit_array_end[];
extern Init_function *__init_array_start[], *__init_array_end[];

int main(int argc, char **argv, char **envp);
[[noreturn]] void libc_minimal_start(l4_umword_t entry_arg, l4_umword_t *stack);

l4_umword_t libc_minimal_entry_arg;

// Both exist only in programs that use them.
extern void *l4re_global_env __attribute__((weak));
extern l4_kernel_info_t const *l4_global_kip __attribute__((weak));

} // extern "C"

namespace {

enum Aux_id : l4_umword_t { Aux_end = 0, Aux_l4re_env = 0xf1, Aux_kip = 0xf2 };

/// Take the L4Re records out of the aux vector (process-environment.md section 4).
void read_aux_vector(l4_umword_t const *aux)
{
  for (; aux[0] != Aux_end; aux += 2) {
    if (aux[0] == Aux_l4re_env && &l4re_global_env)
      l4re_global_env = reinterpret_cast<void *>(aux[1]);
    else if (aux[0] == Aux_kip && &l4_global_kip)
      l4_global_kip = reinterpret_cast<l4_kernel_info_t const *>(aux[1]);
  }
}

} // namespace

void libc_minimal_start(l4_umword_t entry_arg, l4_umword_t *stack)
{
  static char *no_strings[] = {nullptr};
  int argc = 0;
  char **argv = no_strings, **envp = no_strings;

  libc_minimal_entry_arg = entry_arg;
  if (stack) {
    argc = static_cast<int>(*stack);
    argv = reinterpret_cast<char **>(stack + 1);
    envp = argv + argc + 1;
    char **p = envp;
    while (*p)
      ++p;
    read_aux_vector(reinterpret_cast<l4_umword_t *>(p + 1));
  } else if (entry_arg && &l4_global_kip)
    l4_global_kip = reinterpret_cast<l4_kernel_info_t const *>(entry_arg);

  for (auto f = __preinit_array_start; f != __preinit_array_end; ++f)
    (*f)(argc, argv, envp);
  for (auto f = __init_array_start; f != __init_array_end; ++f)
    (*f)(argc, argv, envp);
  exit(main(argc, argv, envp));
}
