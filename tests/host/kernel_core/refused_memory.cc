// SPDX-License-Identifier: MIT
#include "refused_memory.h"

#include "mem/kmem.h"
#include "mem/slab.h"

namespace {

unsigned count, refused_from, refused_to;
long live;

/// Counts a request; true if it shall fail.
bool refuse()
{
  ++count;
  return count >= refused_from && count < refused_to;
}

} // namespace

void refuse_memory(unsigned nth, Refuse how)
{
  count = 0;
  refused_from = nth;
  refused_to = !nth ? 0 : how == Refuse::One ? nth + 1 : ~0u;
}

unsigned memory_requests()
{
  return count;
}

long live_objects()
{
  return live;
}

void object_freed()
{
  --live;
}

extern "C" {

void *__real__ZN4Kmem5allocEj(unsigned order);
void *__wrap__ZN4Kmem5allocEj(unsigned order)
{
  return refuse() ? nullptr : __real__ZN4Kmem5allocEj(order);
}

void *__real__ZN4Kmem11alloc_clearEj(unsigned order);
void *__wrap__ZN4Kmem11alloc_clearEj(unsigned order)
{
  return refuse() ? nullptr : __real__ZN4Kmem11alloc_clearEj(order);
}

void *__real__ZN4Slab5allocER5Quota(Slab *slab, Quota *quota);
void *__wrap__ZN4Slab5allocER5Quota(Slab *slab, Quota *quota)
{
  void *object = refuse() ? nullptr : __real__ZN4Slab5allocER5Quota(slab, quota);
  live += object != nullptr;
  return object;
}

/// What comes before the refused object is handed out, as when memory ends there.
unsigned __real__ZN4Slab11alloc_chainER5QuotajRPv(Slab *slab, Quota *quota, unsigned count, void **chain);
unsigned __wrap__ZN4Slab11alloc_chainER5QuotajRPv(Slab *slab, Quota *quota, unsigned wanted, void **chain)
{
  unsigned allowed = 0;
  while (allowed < wanted && !refuse())
    ++allowed;
  *chain = nullptr;
  unsigned done = allowed ? __real__ZN4Slab11alloc_chainER5QuotajRPv(slab, quota, allowed, chain) : 0;
  live += done;
  return done;
}

void __real__ZN4Slab10free_chainER5QuotajPv(Slab *slab, Quota *quota, unsigned count, void *chain);
void __wrap__ZN4Slab10free_chainER5QuotajPv(Slab *slab, Quota *quota, unsigned count, void *chain)
{
  for (void *object = chain; object; object = *static_cast<void **>(object))
    --live;
  __real__ZN4Slab10free_chainER5QuotajPv(slab, quota, count, chain);
}
}
