// SPDX-License-Identifier: MIT
#include "libc_priv.h"

#include <l4/libc/slots.h>
#include <l4/sys/consts.h>

namespace {
l4_umword_t first_slot;
l4_uint64_t used; ///< bit n: slot first_slot + n is in use
static_assert(Libc_slots == 64);
} // namespace

void libc_slot_init()
{
  first_slot = l4re_global_env->first_free_cap;
  l4re_global_env->first_free_cap += Libc_slots;
}

l4_cap_idx_t libc_slot_alloc()
{
  l4_uint64_t now = __atomic_load_n(&used, __ATOMIC_RELAXED);
  while (~now) {
    unsigned const n = static_cast<unsigned>(__builtin_ctzl(~now));
    if (__atomic_compare_exchange_n(&used, &now, now | (1UL << n), true, __ATOMIC_ACQUIRE,
                                    __ATOMIC_RELAXED))
      return (first_slot + n) << L4_CAP_SHIFT;
  }
  return L4_INVALID_CAP;
}

void libc_slot_free(l4_cap_idx_t slot)
{
  l4_umword_t const n = (slot >> L4_CAP_SHIFT) - first_slot;
  // Release: whoever gets the slot next sees that it was emptied.
  __atomic_fetch_and(&used, ~(1UL << n), __ATOMIC_RELEASE);
}
