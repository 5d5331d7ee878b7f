// SPDX-License-Identifier: MIT
// Allocator for objects of one size.
#pragma once

#include "mem/quota.h"
#include "types/list.h"
#include "types/spin_lock.h"
#include "types/types.h"

#include <new>

/// Objects of one size, aligned as asked (a power of two), from blocks of Kmem. An empty block goes
/// back to Kmem at once (one empty block is kept), so that the leak check sees every object.
/// Constant time, any CPU. Contents of a new object are undefined.
class Slab {
public:
  /// `object_size` up to 8 KiB, `align` 8 to 512.
  constexpr Slab(unsigned object_size, unsigned align)
      : _size(round_up(object_size, align)), _first(round_up(sizeof(Block), align)),
        _order(order_for(_size, _first))
  {
  }
  Slab(Slab const &) = delete;
  Slab &operator=(Slab const &) = delete;

  /// Charged to `quota`; null if that or memory is short.
  [[nodiscard]] void *alloc(Quota &quota);
  void free(void *object, Quota &quota);
  /// Up to `count` objects at once; returns how many, 0 if the quota is short of what all of them take. They are
  /// chained by their first words, null at the end.
  [[nodiscard]] unsigned alloc_chain(Quota &quota, unsigned count, void *&chain);
  /// Free all `count` objects of such a chain.
  void free_chain(Quota &quota, unsigned count, void *chain);
  /// Take the first object off a chain.
  static void *pop(void *&chain)
  {
    void *object = chain;
    chain = *static_cast<void **>(object);
    return object;
  }
  static void push(void *&chain, void *object)
  {
    *static_cast<void **>(object) = chain;
    chain = object;
  }
  Word used_objects() const { return __atomic_load_n(&_used, __ATOMIC_RELAXED); }
  /// Bytes of the empty blocks that all slabs keep: taken from Kmem, used by nobody.
  static Word spare_bytes() { return __atomic_load_n(&_spare_bytes, __ATOMIC_RELAXED); }
  /// Bytes one object takes, alignment included.
  unsigned object_size() const { return _size; }

private:
  /// Head of a block, at its start. Free objects hold the link to the next free one in their first
  /// word; those from `untouched` on were never used.
  struct Block {
    Block *next, **link; ///< list of blocks with room; link is null for a full block
    void *free;
    u32 untouched; ///< byte offset
    u32 used;
  };

  static constexpr unsigned round_up(unsigned value, unsigned align)
  {
    return (value + align - 1) & ~(align - 1);
  }
  /// Smallest block that holds at least four objects, up to 32 KiB.
  static constexpr unsigned order_for(unsigned size, unsigned first)
  {
    unsigned order = 0;
    while (order < 3 && (Page_size << order) < first + Word{4} * size)
      ++order;
    return order;
  }
  constexpr Word block_size() const { return Page_size << _order; }
  Block *block_of(void *object) const
  {
    // blocks are aligned to their size
    return reinterpret_cast<Block *>(reinterpret_cast<Word>(object) & _block_mask);
  }
  static void leave_list(Block *block);
  Block *make_room();
  void *take();
  unsigned take_freed(unsigned count, void *&chain);
  void give(void *object);

  unsigned _size, _first, _order;
  Word _block_mask = ~(block_size() - 1);
  Word _last = block_size() - _size; ///< no object begins behind this offset of a block
  Spin_lock _lock;
  Block *_with_room = nullptr; ///< partly used blocks
  Block *_spare = nullptr;     ///< the one empty block that is kept
  Word _used = 0;
  static inline constinit Word _spare_bytes = 0;
};

/// Slab for type T.
template <class T> class Slab_of {
public:
  [[nodiscard]] static void *alloc(Quota &quota) { return _slab.alloc(quota); }
  static void free(void *object, Quota &quota) { _slab.free(object, quota); }
  [[nodiscard]] static unsigned alloc_chain(Quota &quota, unsigned count, void *&chain)
  {
    return _slab.alloc_chain(quota, count, chain);
  }
  static void free_chain(Quota &quota, unsigned count, void *chain) { _slab.free_chain(quota, count, chain); }
  /// A kernel object T, which is charged to `quota` and refers to it; null if quota or memory is short.
  [[nodiscard]] static T *create(Quota &quota)
  {
    void *object = alloc(quota);
    return object ? new (object) T(quota) : nullptr;
  }
  /// Its end.
  static void destroy(T &object)
  {
    Quota &quota = object.quota();
    object.~T();
    free(&object, quota);
  }
  static Word used() { return _slab.used_objects(); }

private:
  static inline constinit Slab _slab{sizeof(T), alignof(T)};
};
