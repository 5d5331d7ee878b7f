// SPDX-License-Identifier: MIT
/** A list of free memory under its older name. */
#pragma once

#include <l4/cxx/list_alloc>

namespace L4 {

/** First fit; the caller keeps the sizes. */
class Alloc_list {
public:
  Alloc_list() noexcept = default;
  Alloc_list(void *block, unsigned long size) noexcept { free(block, size); }

  /** \return `size` bytes aligned for any type, or nullptr */
  void *alloc(unsigned long size) noexcept { return _list.alloc(size, alignof(max_align)); }
  void free(void *block, unsigned long size) noexcept { _list.free(block, size); }

private:
  union max_align {
    long l;
    void *p;
    double d;
  };
  cxx::List_alloc _list;
};

} // namespace L4
