/* SPDX-License-Identifier: MIT */
#pragma once

#include <l4/sys/compiler.h>

/**
 * \file
 * What the dynamic linker and the C library agree on. The linker also supplies the functions of
 * <l4/libc/tls.h> in programs with shared libraries.
 */

EXTERN_C_BEGIN

/// The lock for dlopen() and all that changes; recursive. Before this call there is one thread.
void ldso_set_lock(void (*take)(void), void (*give)(void));

/// Run the destructors of all libraries, those initialised last first. Called once, by exit().
void ldso_run_destructors(void);

/// Free the thread-local variables that the calling thread has in libraries loaded later.
void ldso_thread_done(void);

EXTERN_C_END
