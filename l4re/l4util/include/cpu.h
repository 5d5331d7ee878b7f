// SPDX-License-Identifier: MIT
/** Identification and features of the CPU. */
#pragma once

#include <l4/sys/compiler.h>

L4_BEGIN_DECLS

L4_INLINE int l4util_cpu_has_cpuid(void) L4_NOTHROW
{
  return 1;
}

L4_INLINE void l4util_cpu_cpuid(unsigned long mode, unsigned long *eax, unsigned long *ebx,
                                unsigned long *ecx, unsigned long *edx) L4_NOTHROW
{
  unsigned a = (unsigned)mode, b, c = (unsigned)*ecx, d;
  __asm__ __volatile__("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  *eax = a;
  *ebx = b;
  *ecx = c;
  *edx = d;
}

/** Feature bits: edx of cpuid function 1. */
L4_INLINE unsigned l4util_cpu_capabilities_nocheck(void) L4_NOTHROW
{
  unsigned long a, b, c = 0, d;
  l4util_cpu_cpuid(1, &a, &b, &c, &d);
  return (unsigned)d;
}

L4_INLINE unsigned l4util_cpu_capabilities(void) L4_NOTHROW
{
  return l4util_cpu_capabilities_nocheck();
}

/** Tell the CPU that this is a waiting loop. */
L4_INLINE void l4util_cpu_pause(void) L4_NOTHROW
{
  __builtin_ia32_pause();
}

L4_END_DECLS
