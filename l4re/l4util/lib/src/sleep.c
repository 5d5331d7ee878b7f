// SPDX-License-Identifier: MIT
#include <l4/sys/ipc.h>
#include <l4/util/util.h>

l4_timeout_s l4util_micros2l4to(l4_uint64_t us) L4_NOTHROW
{
  return l4_timeout_from_us(us);
}

void l4_sleep(l4_uint32_t ms) L4_NOTHROW
{
  l4_ipc_sleep_ms(ms);
}

void l4_usleep(l4_uint64_t us) L4_NOTHROW
{
  l4_ipc_sleep_us(us);
}
