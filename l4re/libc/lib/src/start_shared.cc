// SPDX-License-Identifier: MIT
/*
 * The start of a program with shared libraries, in libc.so. The dynamic linker has given the thread
 * its local storage; the constructor here is the first one of all, as every library needs this one.
 */
#include "libc_priv.h"
#include "start.h"

#include <l4/ldso/hooks.h>
#include <l4/libc/tls.h>

#include <stdlib.h>
#include <sys/lock.h>

namespace {

_LOCK_RECURSIVE_T linker_lock;

void take_linker_lock()
{
  __lock_acquire_recursive(linker_lock);
}

void give_linker_lock()
{
  __lock_release_recursive(linker_lock);
}

[[gnu::constructor(101)]] void begin(int argc, char **argv, char **)
{
  libc_read_stack(argc, argv);
  __lock_init_recursive(linker_lock);
  ldso_set_lock(take_linker_lock, give_linker_lock);
  // The first one registered is the last one called.
  atexit(ldso_run_destructors);
}

} // namespace

void libc_thread_done()
{
  libc_park_done();
  ldso_thread_done();
}

void libc_start(l4_umword_t *stack, Program const *program)
{
  libc_run(program, static_cast<int>(*stack), reinterpret_cast<char **>(stack + 1));
}
