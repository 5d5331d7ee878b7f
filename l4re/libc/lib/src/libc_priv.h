// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>
#include <l4/re/env.h>

#include <errno.h>

/// Program header as the loader left it in memory (ELF64).
struct Phdr {
  l4_uint32_t type, flags;
  l4_uint64_t offset, vaddr, paddr, filesz, memsz, align;
};

extern "C" {

/// The program's environment; set before any other code of the library runs.
extern l4re_env_t *l4re_global_env;

/// Last component of argv[0], for messages.
extern char const *libc_program_name;

/// Tell the TLS code where the program headers are; called once by the start code.
void libc_tls_find(Phdr const *phdrs, l4_umword_t count);

/// What a signal does that nobody handles: ends the process with status 128 + signal, or nothing.
void libc_signal_default(int signal);

} // extern "C"

/// Keep the calling thread's semaphore for later threads, at the end of its life.
void libc_park_done();

/// Microseconds since the system was started.
l4_uint64_t libc_now_us();

/// How functions of POSIX refuse: -1, and errno tells why.
inline int fail(int error)
{
  errno = error;
  return -1;
}
