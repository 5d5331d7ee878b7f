// SPDX-License-Identifier: MIT
#include "memory.h"

namespace Moe {

Page_alloc ram;
bool can_withdraw = true;

void Revoker::withdraw(l4_addr_t block, unsigned order, unsigned char rights)
{
  if (_num == Max) flush();
  _pages[_num++] = l4_fpage(block, order, rights);
}

void Revoker::withdraw_and_free(l4_addr_t block, unsigned order)
{
  withdraw(block, order, L4_FPAGE_RWX);
  _free |= 1UL << (_num - 1);
}

void Revoker::withdraw_range(l4_addr_t start, l4_size_t size)
{
  while (size) {
    unsigned order = L4_LOG2_PAGESIZE;
    while ((2UL << order) <= size && !(start & ((2UL << order) - 1)))
      ++order;
    withdraw(start, order, L4_FPAGE_RWX);
    start += 1UL << order;
    size -= 1UL << order;
  }
}

void Revoker::flush()
{
  if (!_num) return;
  unmap_from_others(_pages, _num);
  for (unsigned i = 0; i < _num; ++i)
    if ((_free >> i & 1) && can_withdraw)
      ram.free(l4_fpage_memaddr(_pages[i]), l4_fpage_size(_pages[i]));
  _num = 0;
  _free = 0;
}

} // namespace Moe
