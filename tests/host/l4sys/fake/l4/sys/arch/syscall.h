// SPDX-License-Identifier: MIT
/** Stands in front of the real header: system calls of tests go to fake_kernel.cc. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>

L4_BEGIN_DECLS

l4_umword_t l4_arch_invoke(l4_umword_t selector, l4_umword_t tag, l4_umword_t *label,
                           l4_umword_t timeout) L4_NOTHROW;
void *l4_arch_utcb(void) L4_NOTHROW;

L4_END_DECLS
