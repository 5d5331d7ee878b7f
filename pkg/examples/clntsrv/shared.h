// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/capability>
#include <l4/sys/cxx/ipc_iface>

/// A calculator. The protocol number is the author's choice and must be positive.
struct Calc : L4::Kobject_t<Calc, L4::Kobject, 0x44> {
  /// Difference of two numbers.
  L4_INLINE_RPC(int, sub, (l4_uint32_t a, l4_uint32_t b, l4_uint32_t *result));
  /// The number with the other sign.
  L4_INLINE_RPC(int, neg, (l4_uint32_t a, l4_uint32_t *result));

  typedef L4::Typeid::Rpcs<sub_t, neg_t> Rpcs;
};
