// SPDX-License-Identifier: MIT
#include "backing.h"
#include "memory.h"

#include <l4/sys/err.h>

#include <string.h>

namespace Moe {

Paged_backing::Paged_backing(l4_size_t size, unsigned char rights, unsigned page_order)
    : Backing(size, rights), _root_slots(0), _page_order(static_cast<unsigned char>(page_order)),
      _levels(1)
{
  _root_slots = (size + page_size() - 1) >> page_order;
  for (; _root_slots > Fan_out; ++_levels)
    _root_slots = (_root_slots + Fan_out - 1) >> Fan_order;
}

// --- tree
// -----------------------------------------------------------------------------------------

Paged_backing::Slot *Paged_backing::new_node(l4_size_t slots)
{
  auto node = static_cast<Slot *>(account()->alloc(slots * sizeof(Slot)));
  if (node) memset(node, 0, slots * sizeof(Slot));
  return node;
}

Paged_backing::Slot *Paged_backing::slot(l4_size_t index, bool create)
{
  if (_dead || (!_root && (!create || !(_root = new_node(_root_slots))))) return nullptr;
  Slot *node = _root;
  for (unsigned level = _levels - 1U; level; --level) {
    Slot &s = node[node_index(index, level)];
    if (!s.node && (!create || !(s.node = new_node(Fan_out)))) return nullptr;
    node = s.node;
  }
  return &node[node_index(index, 0)];
}

l4_size_t Paged_backing::hole(l4_addr_t offset)
{
  l4_size_t const index = page_index(offset);
  Slot *node = _root;
  if (!node) return mapped_size() - offset;
  for (unsigned level = _levels - 1U; level; --level) {
    node = node[node_index(index, level)].node;
    if (!node) {
      l4_size_t const pages = 1UL << (level * Fan_order);
      return (pages - index % pages) << _page_order;
    }
  }
  return node[node_index(index, 0)].entry & Present ? 0 : page_size();
}

void Paged_backing::release_range(Slot *node, unsigned level, l4_size_t first, l4_size_t last,
                                  Revoker &revoker)
{
  // `first` and `last` are indices of pages relative to the node.
  unsigned const shift = level * Fan_order;
  for (l4_size_t i = first >> shift; i <= last >> shift; ++i) {
    if (!level) {
      release(&node[i], revoker);
      continue;
    }
    if (!node[i].node) continue;
    l4_size_t const base = i << shift, end = base + (1UL << shift) - 1;
    release_range(node[i].node, level - 1, (first > base ? first : base) - base,
                  (last < end ? last : end) - base, revoker);
    if (first <= base && end <= last) {
      account()->free(node[i].node, Fan_out * sizeof(Slot));
      node[i].node = nullptr;
    }
  }
}

void Paged_backing::drop_all()
{
  if (!_root) return;
  {
    Revoker revoker;
    // Every node below the root is covered completely and thus freed.
    release_range(_root, _levels - 1U, 0, (_root_slots << ((_levels - 1U) * Fan_order)) - 1,
                  revoker);
  }
  account()->free(_root, _root_slots * sizeof(Slot));
  _root = nullptr;
}

void Paged_backing::revoke()
{
  drop_all();
  _dead = true;
}

// --- pages
// ----------------------------------------------------------------------------------------

/// Make a page present that reads as zero.
long Paged_backing::populate(Slot *s)
{
  if (!account()->take(page_size())) return -L4_ENOMEM;
  l4_addr_t const page = ram.alloc(_page_order);
  if (!page) {
    account()->give(page_size());
    return -L4_ENOMEM;
  }
  memset(reinterpret_cast<void *>(page), 0, page_size());
  s->entry = page | Present;
  _present += page_size();
  return 0;
}

/// Make a page that may be shared one of our own.
long Paged_backing::unshare(Slot *s)
{
  Entry const old = s->entry;
  if (!(old & Foreign) && !ram.shared(address(old))) {
    s->entry = old & ~l4_uint64_t(Cow); // the others are gone
    return 0;
  }
  l4_addr_t const page = ram.alloc(_page_order);
  if (!page) return -L4_ENOMEM;
  memcpy(reinterpret_cast<void *>(page), reinterpret_cast<void *>(address(old)), page_size());
  // Who sees the old page through this backing must see the new one from now on.
  if (old & Mapped) Revoker().withdraw(address(old), _page_order, L4_FPAGE_RWX);
  if (!(old & Foreign)) ram.unshare(address(old));
  s->entry = page | Present;
  return 0;
}

void Paged_backing::release(Slot *s, Revoker &revoker)
{
  Entry const e = s->entry;
  if (!(e & Present)) return;
  s->entry = 0;
  account()->give(page_size());
  _present -= page_size();
  bool const ours = !(e & Foreign) && ram.unshare(address(e));
  if (e & Mapped) {
    if (ours)
      revoker.withdraw_and_free(address(e), _page_order);
    else
      revoker.withdraw(address(e), _page_order, L4_FPAGE_RWX);
  } else if (ours)
    ram.free(address(e), _page_order);
}

long Paged_backing::map(l4_addr_t offset, bool write, Mapping *mapping)
{
  Slot *const s = slot(page_index(offset), true);
  if (!s) return -L4_ENOMEM;
  if (!(s->entry & Present)) {
    if (long const err = populate(s); err < 0) return err;
  } else if (s->entry & Cow) {
    // Reading a page whose other holders are gone makes it writable, too.
    bool const sole = !(s->entry & Foreign) && !ram.shared(address(s->entry));
    if (write || sole)
      if (long const err = unshare(s); err < 0) return err;
  }
  s->entry |= Mapped;
  unsigned char const allowed = s->entry & Cow ? L4_FPAGE_RX : L4_FPAGE_RWX;
  l4_addr_t const in_page = offset & (page_size() - 1) & ~(L4_PAGESIZE - 1);
  *mapping = {address(s->entry) + in_page, _page_order,
              static_cast<unsigned char>(rights() & allowed)};
  return 0;
}

char *Paged_backing::bytes(l4_addr_t offset, bool write)
{
  Slot *const s = slot(page_index(offset), write);
  if (!s) return nullptr;
  if (!(s->entry & Present)) {
    if (!write || populate(s) < 0) return nullptr;
  } else if (write && (s->entry & Cow) && unshare(s) < 0)
    return nullptr;
  return reinterpret_cast<char *>(address(s->entry)) + (offset & (page_size() - 1));
}

long Paged_backing::clear(l4_addr_t offset, l4_size_t size)
{
  // Whole pages are dropped: they come back as zero pages. Of the others only present ones matter.
  size = cut(offset, size);
  l4_addr_t const end = offset + size, mask = page_size() - 1;
  if (l4_addr_t const head = offset & mask; head && size) {
    l4_size_t const n = page_size() - head < size ? page_size() - head : size;
    if (long const err = clear_part(offset, n); err < 0) return err;
    offset += n;
  }
  if (l4_addr_t const tail = end & ~mask; tail > offset) {
    discard(offset, tail - offset);
    offset = tail;
  }
  return offset < end ? clear_part(offset, end - offset) : 0;
}

/// Clear bytes of one page.
long Paged_backing::clear_part(l4_addr_t offset, l4_size_t size)
{
  Slot *const s = slot(page_index(offset), false);
  if (!s || !(s->entry & Present)) return 0;
  char *const p = bytes(offset, true);
  if (!p) return -L4_ENOMEM;
  memset(p, 0, size);
  return 0;
}

void Paged_backing::discard(l4_addr_t offset, l4_size_t size)
{
  l4_addr_t const first = page_index(offset + page_size() - 1);
  l4_addr_t const end = page_index(offset + cut(offset, size));
  if (!_root || first >= end) return;
  Revoker revoker;
  release_range(_root, _levels - 1U, first, end - 1, revoker);
}

// --- sharing
// --------------------------------------------------------------------------------------

Backing::Entry Paged_backing::share_page(l4_addr_t offset, Revoker &revoker)
{
  if (_page_order != L4_PAGESHIFT) return Not_sharable;
  Slot *const s = slot(page_index(offset), false);
  if (!s || !(s->entry & Present)) return 0;
  if (!(s->entry & Cow)) {
    if (s->entry & Mapped) revoker.withdraw(address(s->entry), _page_order, L4_FPAGE_W);
    s->entry |= Cow;
  }
  return s->entry & ~l4_uint64_t(Mapped);
}

long Paged_backing::put_page(l4_addr_t offset, Entry page)
{
  if (_page_order != L4_PAGESHIFT) return -L4_ENOSYS;
  Slot *const s = slot(page_index(offset), page != 0);
  if (!s) return page ? -L4_ENOMEM : 0;
  if (page && !(page & Foreign))
    ram.share(address(page)); // first, in case that the same page is there already
  {
    Revoker revoker;
    release(s, revoker);
  }
  if (!page) return 0;
  if (!account()->take(page_size())) {
    if (!(page & Foreign)) ram.unshare(address(page));
    return -L4_ENOMEM;
  }
  s->entry = page;
  _present += page_size();
  return 0;
}

} // namespace Moe
