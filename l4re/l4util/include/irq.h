// SPDX-License-Identifier: MIT
/** Interrupts of the CPU; user programs may change them only if the kernel lets them. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>

L4_BEGIN_DECLS

L4_INLINE void l4util_cli(void) L4_NOTHROW
{
  __asm__ __volatile__("cli" : : : "memory");
}

L4_INLINE void l4util_sti(void) L4_NOTHROW
{
  __asm__ __volatile__("sti" : : : "memory");
}

L4_INLINE void l4util_flags_save(l4_umword_t *flags) L4_NOTHROW
{
  *flags = __builtin_ia32_readeflags_u64();
}

L4_INLINE void l4util_flags_restore(l4_umword_t *flags) L4_NOTHROW
{
  __builtin_ia32_writeeflags_u64(*flags);
}

L4_END_DECLS
