// SPDX-License-Identifier: MIT
// Slab allocator. Lock order: a slab's lock comes before Kmem's, nothing else is taken inside.
#include "mem/slab.h"

#include "mem/kmem.h"

inline void Slab::leave_list(Block *block)
{
  delist(*block);
  block->link = nullptr;
}

// A block with at least one free object; null: out of memory.
Slab::Block *Slab::make_room()
{
  Block *block = _spare;
  if (block) {
    __atomic_fetch_sub(&_spare_bytes, block_size(), __ATOMIC_RELAXED);
    _spare = nullptr;
  } else {
    block = static_cast<Block *>(Kmem::alloc(_order));
    if (!block) return nullptr;
    *block = {nullptr, nullptr, nullptr, _first, 0};
  }
  enlist(_with_room, *block);
  return block;
}

inline void *Slab::take()
{
  Block *block = _with_room;
  if (!block) [[unlikely]] {
    block = make_room();
    if (!block) return nullptr;
  }
  void *object = block->free;
  if (object) {
    arch::memory_is_used(object, _size);
    block->free = *static_cast<void **>(object);
  } else {
    object = reinterpret_cast<char *>(block) + block->untouched;
    block->untouched += _size;
  }
  ++block->used;
  ++_used;
  if (!block->free && block->untouched > _last) leave_list(block);
  return object;
}

inline void Slab::give(void *object)
{
  Block *block = block_of(object);
  *static_cast<void **>(object) = block->free;
  block->free = object;
  // the link stays readable
  arch::memory_is_free(static_cast<void **>(object) + 1, _size - sizeof(void *));
  --_used;
  if (!block->link) enlist(_with_room, *block);
  if (--block->used) [[likely]]
    return;
  leave_list(block);
  if (_spare) return Kmem::free(block, _order);
  _spare = block;
  __atomic_fetch_add(&_spare_bytes, block_size(), __ATOMIC_RELAXED);
}

void *Slab::alloc(Quota &quota)
{
  if (!quota.charge(_size)) return nullptr;
  _lock.lock();
  void *object = take();
  _lock.unlock();
  if (!object) quota.refund(_size);
  return object;
}

void Slab::free(void *object, Quota &quota)
{
  _lock.lock();
  give(object);
  _lock.unlock();
  quota.refund(_size);
}

// Of the objects that were in use once, in one block: as many as there are. The last one is left for
// take(), which knows what to do when the block is full.
unsigned Slab::take_freed(unsigned count, void *&chain)
{
  Block *block = _with_room;
  if (!block) return 0;
  unsigned done = 0;
  void *object = block->free;
  for (; done < count && object; ++done) {
    void *next = *static_cast<void **>(object);
    if (!next) break;
    arch::memory_is_used(object, _size);
    push(chain, object);
    object = next;
  }
  block->free = object;
  block->used += done;
  _used += done;
  return done;
}

unsigned Slab::alloc_chain(Quota &quota, unsigned count, void *&chain)
{
  if (!quota.charge(count * Word{_size})) return 0;
  _lock.lock();
  chain = nullptr;
  unsigned done = count > 1 ? take_freed(count, chain) : 0;
  for (void *object; done < count && (object = take()); ++done)
    push(chain, object);
  _lock.unlock();
  if (done < count) quota.refund((count - done) * Word{_size});
  return done;
}

void Slab::free_chain(Quota &quota, unsigned count, void *chain)
{
  _lock.lock();
  while (chain)
    give(pop(chain));
  _lock.unlock();
  quota.refund(count * Word{_size});
}
