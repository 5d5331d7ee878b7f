// SPDX-License-Identifier: MIT
/** The program's allocators of capability slots. */
#include <l4/re/env>
#include <l4/re/util/cap_alloc>

namespace L4Re {

namespace {

Util::_Cap_alloc::Counter_type counters[Util::Cap_alloc_slots];
constinit Util::_Cap_alloc allocator;
constinit Util::Reply_cap_alloc reply_allocator;

constexpr unsigned Word_bits = sizeof(unsigned long) * 8;

/** Take a range of slots behind those that others use. */
void take_slots()
{
  allocator.setup(counters, Util::Cap_alloc_slots,
                  static_cast<long>(l4re_global_env->first_free_cap));
  l4re_global_env->first_free_cap += Util::Cap_alloc_slots;
}

L4_DECLARE_CONSTRUCTOR(take_slots, 200)

} // namespace

Cap_alloc *virt_cap_alloc = &allocator;

namespace Util {

_Cap_alloc &cap_alloc = allocator;
Reply_cap_alloc &reply_cap_alloc = reply_allocator;

L4::Reply_cap_idx Reply_cap_alloc::alloc_idx() noexcept
{
  if (_bias < 0) {
    _bias = static_cast<long>(l4re_global_env->first_free_reply_cap);
    l4re_global_env->first_free_reply_cap += Slots;
  }

  for (unsigned word = 0; word < Slots / Word_bits; ++word) {
    unsigned long used = __atomic_load_n(&_used[word], __ATOMIC_RELAXED);
    while (~used) {
      unsigned bit = static_cast<unsigned>(__builtin_ctzl(~used));
      if (__atomic_compare_exchange_n(&_used[word], &used, used | (1UL << bit), false,
                                      __ATOMIC_ACQUIRE, __ATOMIC_RELAXED))
        return L4::Reply_cap_idx(static_cast<l4_cap_idx_t>(_bias + word * Word_bits + bit)
                                 << L4_CAP_SHIFT);
    }
  }
  return L4::Reply_cap_idx();
}

L4::Reply_cap Reply_cap_alloc::alloc() noexcept
{
  L4::Reply_cap_idx idx = alloc_idx();
  return idx.is_valid() ? L4::Reply_cap(idx, this) : L4::Reply_cap();
}

void Reply_cap_alloc::free(L4::Reply_cap_idx idx) noexcept
{
  long slot = static_cast<long>(idx.cap() >> L4_CAP_SHIFT) - _bias;
  if (idx.is_valid() && slot >= 0 && slot < static_cast<long>(Slots))
    __atomic_fetch_and(&_used[slot / Word_bits], ~(1UL << (slot % Word_bits)), __ATOMIC_RELEASE);
}

} // namespace Util
} // namespace L4Re
