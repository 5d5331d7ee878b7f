// SPDX-License-Identifier: MIT
#pragma once

#include "account.h"

#include <l4/sys/consts.h>
#include <l4/sys/types.h>

namespace Moe {

class Revoker;

/// A page that may be mapped to a client, alone or with its neighbours.
struct Mapping {
  l4_addr_t page = 0;       ///< its address in moe
  unsigned char order = 0;  ///< largest naturally aligned block around it with the same rights
  unsigned char rights = 0; ///< L4_FPAGE_* that may be given for this block now
};

/**
 * The contents of a dataspace.
 *
 * Lives as long as the dataspace object or a region that shows it. Offsets are in bytes. The
 * rights bits are those of flexpages, which are those of dataspaces: R 4, W 2, X 1.
 */
class Backing : public Charged {
public:
  l4_size_t size() const { return _size; }
  /// Size as far as it can be mapped.
  l4_size_t mapped_size() const { return l4_round_page(_size); }
  /// Most that clients may get.
  unsigned char rights() const { return _rights; }
  /// Bytes of memory that its account pays for; 0 for boot modules.
  l4_size_t present() const { return _present; }

  /// For walks that visit each backing once: false if it was seen under this number already.
  bool first_visit(unsigned walk) { return std::exchange(_walk, walk) != walk; }

  /**
   * Make the page at an offset present and find the largest block around it.
   * \param offset  < `mapped_size()`
   * \param write   the page is going to be written
   * \return 0 or -L4_ENOMEM
   */
  virtual long map(l4_addr_t offset, bool write, Mapping *mapping) = 0;

  /// Fill a range with zeroes. Ranges behind the end are cut. \return 0 or -L4_ENOMEM
  virtual long clear(l4_addr_t offset, l4_size_t size);
  /// Make memory present. Ranges behind the end are cut. \return 0 or -L4_ENOMEM
  virtual long allocate(l4_addr_t offset, l4_size_t size);
  /**
   * Copy from another backing, sharing pages where possible. Both ranges are cut at the end of
   * their backing, even to nothing.
   * \return 0 or -L4_ENOMEM
   */
  long copy_in(l4_addr_t offset, Backing &source, l4_addr_t source_offset, l4_size_t size);
  /// Write bytes, which must lie inside. \return 0 or -L4_ENOMEM
  long write(l4_addr_t offset, void const *data, l4_size_t size);
  /// Nobody needs this range any more. It reads as zero afterwards or stays as it is.
  virtual void discard(l4_addr_t, l4_size_t) {}

  /// Physically contiguous piece starting at an offset, pinned; for DMA.
  /// \return its address, 0 if the backing is not pinned. \param[out] length  bytes of the piece
  virtual l4_addr_t physical(l4_addr_t offset, l4_size_t *length);

protected:
  Backing(l4_size_t size, unsigned char rights) : _size(size), _rights(rights) {}

  /// A page as backings hold it: its address and these bits; 0: no page, reads as zero.
  using Entry = l4_uint64_t;
  enum Entry_bits : l4_uint64_t {
    Present = 1,
    Cow = 2,     ///< somebody else may hold the page too: never map it writable
    Foreign = 4, ///< page of a permanent static backing: neither counted nor freed
    Mapped = 8,  ///< a client may have a mapping of the page through this backing
    Bits = 15,
  };
  static constexpr Entry Not_sharable = ~0UL;

  /// Share the page at a page-aligned offset, which becomes Cow. \return 0 or Not_sharable, too
  /// \param revoker  takes the right to write away from clients; flushed before anybody goes on
  virtual Entry share_page(l4_addr_t offset, Revoker &revoker);
  /// Replace the page at an offset. \return 0, -L4_ENOMEM, -L4_ENOSYS (cannot hold shared pages)
  virtual long put_page(l4_addr_t offset, Entry page);
  /// Bytes from a page-aligned offset on that have no memory, as far as this is found quickly.
  virtual l4_size_t hole(l4_addr_t) { return 0; }
  /// Bytes of a page from an offset on. \return null: memory exhausted, or, to read, zeroes
  virtual char *bytes(l4_addr_t offset, bool write) = 0;

  l4_size_t _present = 0; ///< bytes of memory, shared pages included

  /// Cut a range at the end of the backing.
  l4_size_t cut(l4_addr_t offset, l4_size_t size) const
  {
    return offset >= _size ? 0 : size < _size - offset ? size : _size - offset;
  }

private:
  l4_size_t _size;
  unsigned _walk = 0;
  unsigned char _rights;
};

/**
 * Contiguous memory: boot modules, the KIP, and dataspaces that asked for contiguous memory.
 */
class Static_backing : public Backing {
public:
  enum Kind {
    Permanent, ///< never freed; read-only users may share its pages
    Writable,  ///< never freed, but its contents change
    Owned,     ///< allocated from `ram`, charged to the account
  };

  Static_backing(l4_addr_t start, l4_size_t size, unsigned char rights, Kind kind)
      : Backing(size, rights), _start(start), _kind(kind)
  {
  }

  /**
   * Contiguous memory, filled with zeroes.
   * \param size   bytes, > 0
   * \param align  log2, at least 12
   * \return null when account or memory refuse
   */
  static Static_backing *create(Account &account, l4_size_t size, unsigned char rights,
                                unsigned align);

  long map(l4_addr_t offset, bool write, Mapping *mapping) override;
  l4_addr_t physical(l4_addr_t offset, l4_size_t *length) override;
  void revoke() override { drop(); }

protected:
  ~Static_backing() override { drop(); }
  Entry share_page(l4_addr_t offset, Revoker &revoker) override;
  char *bytes(l4_addr_t offset, bool write) override;

private:
  void drop();

  l4_addr_t _start; ///< 0: dropped
  Kind _kind;
};

/**
 * Memory whose pages come into being when they are touched, and may be shared copy-on-write.
 *
 * Pages are found by a tree of 64-way nodes. A page that is shared is held by each backing with a
 * count of its own and charged to each of them, so that breaking the sharing needs no further
 * quota, and nobody can keep memory that somebody else pays for.
 */
class Paged_backing : public Backing {
public:
  /// \param page_order  12, or 21 for super pages
  Paged_backing(l4_size_t size, unsigned char rights, unsigned page_order);

  long map(l4_addr_t offset, bool write, Mapping *mapping) override;
  long clear(l4_addr_t offset, l4_size_t size) override;
  void discard(l4_addr_t offset, l4_size_t size) override;
  void revoke() override;

protected:
  ~Paged_backing() override { drop_all(); }
  Entry share_page(l4_addr_t offset, Revoker &revoker) override;
  long put_page(l4_addr_t offset, Entry page) override;
  l4_size_t hole(l4_addr_t offset) override;
  char *bytes(l4_addr_t offset, bool write) override;

private:
  static constexpr unsigned Fan_order = 6, Fan_out = 1U << Fan_order;
  union Slot {
    Entry entry; ///< in leaves
    Slot *node;  ///< above them
  };

  static l4_addr_t address(Entry e) { return e & ~l4_uint64_t(Bits); }
  l4_size_t page_size() const { return 1UL << _page_order; }
  l4_size_t page_index(l4_addr_t offset) const { return offset >> _page_order; }

  /// Index in a node of the given level of the page with this index.
  unsigned long node_index(l4_size_t index, unsigned level) const
  {
    l4_size_t const i = index >> (level * Fan_order);
    return level + 1U == _levels ? i : i % Fan_out;
  }
  Slot *slot(l4_size_t index, bool create);
  Slot *new_node(l4_size_t slots);
  long clear_part(l4_addr_t offset, l4_size_t size);
  long populate(Slot *s);
  long unshare(Slot *s);
  void release(Slot *s, Revoker &revoker);
  /// Release the pages first..last below a node, and nodes that became empty.
  void release_range(Slot *node, unsigned level, l4_size_t first, l4_size_t last, Revoker &revoker);
  void drop_nodes(Slot *node, unsigned level, l4_size_t slots);
  void drop_all();

  Slot *_root = nullptr;
  l4_size_t _root_slots;
  unsigned char _page_order;
  unsigned char _levels; ///< levels of nodes, at least 1
  bool _dead = false;
};

} // namespace Moe
