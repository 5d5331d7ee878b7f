// SPDX-License-Identifier: MIT
#include "backing.h"
#include "memory.h"

#include <l4/sys/err.h>

#include <string.h>

namespace Moe {

namespace {

constexpr l4_size_t Page_mask = L4_PAGESIZE - 1;

/// Bytes from an offset to the end of its page, at most `size`.
l4_size_t rest_of_page(l4_addr_t offset, l4_size_t size)
{
  l4_size_t const rest = L4_PAGESIZE - (offset & Page_mask);
  return rest < size ? rest : size;
}

l4_size_t min(l4_size_t a, l4_size_t b, l4_size_t c)
{
  l4_size_t const ab = a < b ? a : b;
  return ab < c ? ab : c;
}

} // namespace

// --- common
// ---------------------------------------------------------------------------------------

long Backing::clear(l4_addr_t offset, l4_size_t size)
{
  size = cut(offset, size);
  while (size) {
    l4_size_t const n = rest_of_page(offset, size);
    char *const p = bytes(offset, true);
    if (!p) return -L4_ENOMEM;
    memset(p, 0, n);
    offset += n;
    size -= n;
  }
  return 0;
}

long Backing::allocate(l4_addr_t offset, l4_size_t size)
{
  l4_addr_t const end = offset + cut(offset, size);
  for (offset &= ~Page_mask; offset < end; offset += L4_PAGESIZE) {
    if (!bytes(offset, true)) return -L4_ENOMEM;
  }
  return 0;
}

long Backing::copy_in(l4_addr_t offset, Backing &source, l4_addr_t source_offset, l4_size_t size)
{
  size = cut(offset, source.cut(source_offset, size));
  Revoker revoker;
  while (size) {
    if (size >= L4_PAGESIZE && !((offset | source_offset) & Page_mask)) {
      // Nothing is to be done where neither side has memory; clients may have huge dataspaces.
      if (l4_size_t const skip = min(source.hole(source_offset), hole(offset), size) & ~Page_mask) {
        offset += skip;
        source_offset += skip;
        size -= skip;
        continue;
      }
      Entry const page = source.share_page(source_offset, revoker);
      long const err = page == Not_sharable ? -L4_ENOSYS : put_page(offset, page);
      if (err == 0) {
        offset += L4_PAGESIZE;
        source_offset += L4_PAGESIZE;
        size -= L4_PAGESIZE;
        continue;
      }
      if (err != -L4_ENOSYS) return err;
    }

    l4_size_t const n = rest_of_page(offset, rest_of_page(source_offset, size));
    char *const to = bytes(offset, true);
    if (!to) return -L4_ENOMEM;
    if (char const *from = source.bytes(source_offset, false))
      memmove(to, from, n);
    else
      memset(to, 0, n);
    offset += n;
    source_offset += n;
    size -= n;
  }
  return 0;
}

long Backing::write(l4_addr_t offset, void const *data, l4_size_t size)
{
  auto from = static_cast<char const *>(data);
  while (size) {
    l4_size_t const n = rest_of_page(offset, size);
    char *const to = bytes(offset, true);
    if (!to) return -L4_ENOMEM;
    memcpy(to, from, n);
    offset += n;
    from += n;
    size -= n;
  }
  return 0;
}

l4_addr_t Backing::physical(l4_addr_t, l4_size_t *)
{
  return 0;
}

Backing::Entry Backing::share_page(l4_addr_t, Revoker &)
{
  return Not_sharable;
}

long Backing::put_page(l4_addr_t, Entry)
{
  return -L4_ENOSYS;
}

// --- contiguous memory
// ----------------------------------------------------------------------------

Static_backing *Static_backing::create(Account &account, l4_size_t size, unsigned char rights,
                                       unsigned align)
{
  l4_size_t const bytes = l4_round_page(size);
  if (bytes < size || !account.take(bytes)) return nullptr;
  l4_addr_t const start = ram.alloc_range(bytes, align);
  Static_backing *const backing =
      start ? make<Static_backing>(account, start, size, rights, Owned) : nullptr;
  if (!backing) {
    if (start) ram.free_range(start, bytes);
    account.give(bytes);
    return nullptr;
  }
  memset(reinterpret_cast<void *>(start), 0, bytes);
  backing->_present = bytes;
  return backing;
}

void Static_backing::drop()
{
  if (_kind != Owned || !_start) return;
  Revoker().withdraw_range(_start, mapped_size());
  if (can_withdraw) ram.free_range(_start, mapped_size());
  account()->give(mapped_size());
  _start = 0;
  _present = 0;
}

long Static_backing::map(l4_addr_t offset, bool, Mapping *mapping)
{
  if (!_start) return -L4_ENOMEM;
  l4_addr_t const page = _start + (offset & ~Page_mask), end = _start + mapped_size();
  unsigned order = L4_LOG2_PAGESIZE;
  for (;; ++order) {
    l4_addr_t const block = page & ~((2UL << order) - 1);
    if (block < _start || (2UL << order) > end - block) break;
  }
  *mapping = {page, static_cast<unsigned char>(order), rights()};
  return 0;
}

l4_addr_t Static_backing::physical(l4_addr_t offset, l4_size_t *length)
{
  *length = mapped_size() - offset;
  return _start + offset;
}

Backing::Entry Static_backing::share_page(l4_addr_t offset, Revoker &)
{
  // Only contents that never change can stand for a copy.
  return _kind == Permanent ? (_start + offset) | Present | Cow | Foreign : Not_sharable;
}

char *Static_backing::bytes(l4_addr_t offset, bool)
{
  return _start ? reinterpret_cast<char *>(_start + offset) : nullptr;
}

} // namespace Moe
