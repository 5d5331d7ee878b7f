// SPDX-License-Identifier: MIT
#pragma once

#include "memory.h"

#include <l4/libloader/region_map>
#include <l4/re/rm>

namespace Itas {

/**
 * What stands behind one or, after a split, several regions: a dataspace, and for private regions
 * the copies of its pages that were written to.
 *
 * Copies live in a dataspace of their own, made at the first write. It has the size of the region,
 * but only written pages take memory.
 */
class Backing {
public:
  /**
   * \param ds    the dataspace; its slot belongs to the backing from now on
   * \param size  of the region in bytes; 0 if writes go to the dataspace itself
   * \return null when memory is exhausted; then `ds` was not taken
   */
  static Backing *make(L4::Cap<L4Re::Dataspace> ds, l4_size_t private_size);

  void ref() { ++_refs; }
  void unref();

  [[nodiscard]] L4::Cap<L4Re::Dataspace> ds() const { return _ds; }
  [[nodiscard]] L4::Cap<L4Re::Dataspace> copies() const { return _copies; }

  /// True if the page at `offset` (of the private region as it was attached) has been copied.
  [[nodiscard]] bool copied(l4_addr_t offset) const;
  /**
   * Make a private copy of a page.
   * \param offset     of the page in the region as it was attached
   * \param ds_offset  of the page in the dataspace
   * \return 0 or a negative error
   */
  long copy_page(l4_addr_t offset, l4_addr_t ds_offset);

private:
  explicit Backing(L4::Cap<L4Re::Dataspace> ds) : _ds(ds) {}
  ~Backing() = default;
  long bounce_page(l4_addr_t offset, l4_addr_t ds_offset) const;

  unsigned _refs = 1;
  L4::Cap<L4Re::Dataspace> _ds;
  L4::Cap<L4Re::Dataspace> _copies = L4::Cap<L4Re::Dataspace>::Invalid;
  l4_size_t _private_size = 0;
  unsigned char *_copied = nullptr; ///< one bit per page
};

/**
 * One region of the task's address space.
 *
 * Who provides the pages: for Pager and Anonymous regions the outer region map, which has the same
 * region; nobody for Reserved and Kernel ones; else the backing.
 */
struct Region : Ldr::Range {
  static constexpr unsigned Name_length = 40;

  l4_uint32_t flags = 0;      ///< region flags as on the wire (l4re-protocols.md section 3.1)
  Backing *backing = nullptr; ///< counted reference
  l4_addr_t offset = 0;       ///< of `start` in the dataspace
  l4_addr_t page_offset = 0;  ///< of `start` in the region as it was attached
  l4_cap_idx_t client_cap = L4_INVALID_CAP; ///< told to whom detaches the region
  l4_addr_t backing_offset = 0;
  char name[Name_length] = {};

  Region() = default;
  Region &operator=(Region const &) = delete;
  ~Region()
  {
    if (backing) backing->unref();
  }

  void set_name(char const *text, l4_size_t length);

  // For Ldr::Region_map.
  void advance(l4_size_t bytes);
  Region *clone(Heap_alloc *) const;

private:
  Region(Region const &) = default;
};

} // namespace Itas
