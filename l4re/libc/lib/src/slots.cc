// SPDX-License-Identifier: MIT
#include "slot_set.h"

#include "libc_priv.h"

#include <l4/libc/slots.h>
#include <l4/sys/consts.h>

namespace {
l4_umword_t first_slot;
Slot_set<Libc_slots> used; ///< n: slot first_slot + n is in use
} // namespace

void libc_slot_init()
{
  first_slot = l4re_global_env->first_free_cap;
  l4re_global_env->first_free_cap += Libc_slots;
}

l4_cap_idx_t libc_slot_alloc()
{
  long const n = used.take_clear();
  return n < 0 ? L4_INVALID_CAP : (first_slot + static_cast<l4_umword_t>(n)) << L4_CAP_SHIFT;
}

void libc_slot_free(l4_cap_idx_t slot)
{
  used.clear((slot >> L4_CAP_SHIFT) - first_slot);
}
