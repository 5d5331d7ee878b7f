// SPDX-License-Identifier: MIT
#include <l4/re/c/util/cap_alloc.h>
#include <l4/re/c/util/kumem_alloc.h>
#include <l4/re/util/cap_alloc>
#include <l4/re/util/kumem_alloc>

using L4Re::Util::cap_alloc;

l4_cap_idx_t l4re_util_cap_alloc() noexcept
{
  return cap_alloc.alloc().cap();
}

void l4re_util_cap_free(l4_cap_idx_t cap) noexcept
{
  cap_alloc.free(L4::Cap<void>(cap), L4_INVALID_CAP);
}

void l4re_util_cap_free_um(l4_cap_idx_t cap) noexcept
{
  cap_alloc.free(L4::Cap<void>(cap));
}

long l4re_util_cap_last() noexcept
{
  return cap_alloc.last();
}

int l4re_util_kumem_alloc(l4_addr_t *mem, unsigned pages_order, l4_cap_idx_t task,
                          l4_cap_idx_t rm) noexcept
{
  return L4Re::Util::kumem_alloc(mem, pages_order, L4::Cap<L4::Task>(task), L4::Cap<L4Re::Rm>(rm));
}
