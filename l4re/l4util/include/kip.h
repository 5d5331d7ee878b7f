// SPDX-License-Identifier: MIT
/** Features of the kernel; the names of older sources for functions of <l4/sys/kip.h>. */
#pragma once

#include <l4/sys/kip.h>

L4_BEGIN_DECLS

L4_INLINE int l4util_kip_kernel_has_feature(l4_kernel_info_t const *k, char const *str) L4_NOTHROW
{
  return l4_kip_kernel_has_feature(k, str);
}

/** Number in the feature `abiver:N`, or 0. */
L4_INLINE unsigned long l4util_kip_kernel_abi_version(l4_kernel_info_t const *k) L4_NOTHROW
{
  static char const prefix[] = "abiver:";
  char const *s = l4_kip_version_string(k);

  l4_kip_for_each_feature(s)
  {
    unsigned i = 0;
    while (prefix[i] && s[i] == prefix[i])
      ++i;
    if (prefix[i]) continue;
    unsigned long version = 0;
    for (; s[i] >= '0' && s[i] <= '9'; ++i)
      version = version * 10 + (unsigned long)(s[i] - '0');
    return version;
  }
  return 0;
}

/** `s` starts as l4_kip_version_string(). */
#define l4util_kip_for_each_feature(s) l4_kip_for_each_feature(s)

L4_END_DECLS
