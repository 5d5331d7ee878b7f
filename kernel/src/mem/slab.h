// SPDX-License-Identifier: MIT
// Allocator for objects of one size.
#pragma once

#include "mem/quota.h"
#include "types/spin_lock.h"
#include "types/types.h"

#include <new>

/// Objects of one size, aligned as asked (a power of two), from pages of Kmem. An empty page goes
/// back to Kmem at once (one empty page is kept), so that the leak check sees every object.
/// Constant time, any CPU. Contents of a new object are undefined.
class Slab {
public:
  constexpr Slab(unsigned object_size, unsigned align);
  [[nodiscard]] void *alloc();
  void free(void *object);
  Word used_objects() const;
  unsigned object_size() const;
  // private part: helper `space`
};

/// Slab for type T, charging a quota for each object.
template <class T> class Slab_of {
public:
  /// Memory for one T, uninitialised, charged to the quota; null if quota or memory is short.
  [[nodiscard]] static void *alloc(Quota &quota)
  {
    if (!quota.charge(sizeof(T))) return nullptr;
    void *object = _slab.alloc();
    if (!object) quota.refund(sizeof(T));
    return object;
  }
  static void free(void *object, Quota &quota)
  {
    _slab.free(object);
    quota.refund(sizeof(T));
  }
  static Word used() { return _slab.used_objects(); }

private:
  static inline constinit Slab _slab{sizeof(T), alignof(T)};
};
