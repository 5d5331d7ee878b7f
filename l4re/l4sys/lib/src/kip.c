// SPDX-License-Identifier: MIT
/** Address of the kernel info page; the start-up code of the program sets it. */
#include <l4/sys/kip.h>

l4_kernel_info_t const *l4_global_kip;
