// SPDX-License-Identifier: MIT
/** Statistics of the kernel on its console. */
#pragma once

#include <l4/sys/kdebug.h>

L4_BEGIN_DECLS

/** Print the use of kernel memory; 0 or a negated error code. */
L4_INLINE long fiasco_dump_kmem_stats(void) L4_NOTHROW
{
  return l4_error(__l4_kdebug_op(L4_KDEBUG_GROUP_DUMP));
}

L4_END_DECLS
