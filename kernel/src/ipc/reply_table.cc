// SPDX-License-Identifier: MIT
#include "ipc/reply_table.h"

#include "ipc/ipc.h"
#include "mem/kmem.h"

#include <string.h>

namespace {

/// Callers whose wait is ended in one step.
constexpr unsigned Dropped_per_step = 16;
/// Pages that were never used are passed over by so many.
constexpr unsigned Pages_per_step = 256;

} // namespace

Reply_table *Reply_table::create(Quota &quota)
{
  Quota_guard charge(quota, sizeof(Reply_table));
  void *memory = charge ? Kmem::alloc(Order) : nullptr;
  if (!memory) return nullptr;
  charge.keep();
  return static_cast<Reply_table *>(memset(memory, 0, sizeof(Reply_table)));
}

Reply_slot *Reply_table::slot(Word index, Quota *quota)
{
  Reply_slot *&page = _pages[index / Slots_per_page];
  if (!page) {
    if (!quota) return nullptr;
    Quota_guard charge(*quota, Page_size);
    // a zeroed page is a page of empty slots
    page = charge ? static_cast<Reply_slot *>(Kmem::alloc_clear(0)) : nullptr;
    if (!page) return nullptr;
    charge.keep();
  }
  return &page[index % Slots_per_page];
}

bool Reply_table::clear(Quota &quota, unsigned &at)
{
  for (unsigned stop = at + Pages_per_step; at < Page_count; ++at) {
    Reply_slot *&page = _pages[at];
    if (at == stop) return false;
    if (!page) continue;
    unsigned dropped = 0;
    for (unsigned i = 0; i < Slots_per_page; ++i) {
      if (!page[i].caller()) continue;
      Ipc::drop_caller(page[i]);
      if (++dropped == Dropped_per_step) return false;
    }
    Kmem::free(page, 0);
    quota.refund(Page_size);
    page = nullptr;
    return false;
  }
  return true;
}

void Reply_table::free(Quota &quota)
{
  Kmem::free(this, Order);
  quota.refund(sizeof(Reply_table));
}
