// SPDX-License-Identifier: MIT
/*
 * The start of a program without shared libraries: gives the thread its local storage.
 */
#include "libc_priv.h"
#include "start.h"

#include <l4/libc/tls.h>
#include <l4/sys/segment.h>

void libc_start(l4_umword_t *stack, Program const *program)
{
  int const argc = static_cast<int>(*stack);
  char **const argv = reinterpret_cast<char **>(stack + 1);
  Program_headers const headers = libc_read_stack(argc, argv);
  libc_tls_find(reinterpret_cast<Phdr const *>(headers.address), headers.count);

  // The main thread's block lies on its stack, below everything that will ever return.
  constexpr l4_size_t Tls_align_bits = 64 * 8;
  void *tls = __builtin_alloca_with_align(libc_tls_size(), Tls_align_bits);
  l4_addr_t const base = libc_tls_init(tls);
  fiasco_amd64_set_fs(l4re_global_env->main_thread, base, l4_utcb());

  libc_run(program, argc, argv);
}
