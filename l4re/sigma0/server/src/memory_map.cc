// SPDX-License-Identifier: MIT
#include "memory_map.h"

#include <l4/sys/consts.h>
#include <l4/sys/err.h>

namespace {

constexpr l4_uint64_t Page_mask = L4_PAGESIZE - 1;
/// No processor of this architecture has more than 52 bits of physical address.
constexpr unsigned Order_limit = 53;
constexpr l4_uint64_t Phys_end = 1UL << 52;
/// Largest block that a single page fault maps.
constexpr unsigned Fault_order = L4_LOG2_SUPERPAGESIZE;

constexpr l4_uint64_t page_down(l4_uint64_t a)
{
  return a & ~Page_mask;
}
constexpr l4_uint64_t page_up(l4_uint64_t a)
{
  return (a + Page_mask) & ~Page_mask;
}

constexpr unsigned char effective_rights(Range const &r)
{
  return r.rights ? r.rights : static_cast<unsigned char>(L4_FPAGE_RWX);
}

} // namespace

bool Memory_map::init(l4_kernel_info_mem_desc_t const *first, unsigned count,
                      l4_uint64_t phys_limit)
{
  if (!_iomem.insert(0, phys_limit, Nobody, L4_FPAGE_RW) ||
      !_ports.insert(0, L4_IOPORT_MAX, Nobody, L4_FPAGE_RW))
    return false;

  for (l4_kernel_info_mem_desc_t const *md = first; md != first + count; ++md) {
    if (l4_kernel_info_get_mem_desc_is_virtual(md)) continue;
    l4_uint64_t const start = l4_kernel_info_get_mem_desc_start(md);
    l4_uint64_t const last = l4_kernel_info_get_mem_desc_end(md);
    if (start <= last && last < Phys_end &&
        !add_descriptor(start, last + 1, l4_kernel_info_get_mem_desc_type(md),
                        l4_kernel_info_get_mem_desc_subtype(md)))
      return false;
  }
  return true;
}

bool Memory_map::add_descriptor(l4_uint64_t start, l4_uint64_t end, unsigned type,
                                unsigned sub_type)
{
  l4_uint64_t const outer_start = page_down(start), outer_end = page_up(end);
  switch (type) {
  case l4_mem_type_conventional:
    // A page that is RAM only in part is given to nobody.
    return _ram.insert(page_up(start), page_down(end), Nobody, L4_FPAGE_RWX) &&
           _iomem.remove(outer_start, outer_end);
  case l4_mem_type_reserved:
  case l4_mem_type_dedicated:
    return _ram.remove(outer_start, outer_end) && _iomem.remove(outer_start, outer_end);
  case l4_mem_type_bootloader:
    return add_root_memory(outer_start, outer_end, sub_type & L4_FPAGE_RWX) &&
           _iomem.remove(outer_start, outer_end);
  case l4_mem_type_shared:
  case l4_mem_type_archspecific:
    // Firmware tables and the like: drivers ask for them as device memory.
    return _ram.remove(outer_start, outer_end) &&
           _iomem.insert(outer_start, outer_end, Nobody, L4_FPAGE_RW);
  default:
    return true;
  }
}

bool Memory_map::add_root_memory(l4_uint64_t start, l4_uint64_t end, unsigned char rights)
{
  // Segments may share a page, which then needs the rights of both.
  while (start < end) {
    Range const *r = _ram.lower_bound(start);
    l4_uint64_t piece_end = end;
    unsigned char piece_rights = rights;
    if (r != _ram.end() && r->start <= start) {
      piece_end = r->end < end ? r->end : end;
      if (r->owner == Root_owner) piece_rights |= r->rights;
    } else if (r != _ram.end() && r->start < end)
      piece_end = r->start;
    if (!_ram.insert(start, piece_end, Root_owner, piece_rights)) return false;
    start = piece_end;
  }
  return true;
}

template <unsigned N>
Grant Memory_map::request(Range_map<N> &map, Owner owner, l4_addr_t addr, unsigned order)
{
  if (order < L4_LOG2_PAGESIZE) return {-L4_EINVAL};
  if (order >= Order_limit || addr >= Phys_end) return {-L4_ENOMEM};
  l4_uint64_t const end = addr + (1UL << order);
  if (addr & ((1UL << order) - 1)) return {-L4_EINVAL};

  unsigned char rights = L4_FPAGE_RWX;
  for (l4_uint64_t pos = addr; pos < end;) {
    Range const *r = map.find(pos);
    if (!r || (r->owner != Nobody && r->owner != owner)) return {-L4_ENOMEM};
    rights &= effective_rights(*r);
    pos = r->end;
  }
  if (!rights || !map.assign(addr, end, owner)) return {-L4_ENOMEM};
  return {0, addr, static_cast<unsigned char>(order), rights};
}

Grant Memory_map::request_ram(Owner owner, l4_addr_t addr, unsigned order)
{
  return request(_ram, owner, addr, order);
}

Grant Memory_map::request_iomem(Owner owner, l4_addr_t addr, unsigned order)
{
  return request(_iomem, owner, addr, order);
}

Grant Memory_map::request_any(Owner owner, unsigned order)
{
  if (order < L4_LOG2_PAGESIZE) return {-L4_EINVAL};
  if (order >= Order_limit) return {-L4_ENOMEM};
  l4_uint64_t const size = 1UL << order;
  for (Range const &r : _ram) {
    l4_uint64_t const start = (r.start + size - 1) & ~(size - 1);
    if (r.owner == Nobody && start < r.end && r.end - start >= size)
      return request(_ram, owner, start, order);
  }
  return {-L4_ENOMEM};
}

Grant Memory_map::page_fault(Owner owner, l4_addr_t addr, unsigned char access)
{
  Range const *r = _ram.find(addr);
  if (!r) return {-L4_ENOMEM};
  if ((r->rights & access) != access)
    return {r->owner == Nobody || r->owner == owner ? -L4_EACCESS : -L4_ENOMEM};
  if (r->owner == Nobody) return request(_ram, owner, page_down(addr), L4_LOG2_PAGESIZE);
  if (r->owner != owner) return {-L4_ENOMEM};

  unsigned order = L4_LOG2_PAGESIZE;
  for (; order < Fault_order; ++order) {
    l4_uint64_t const size = 2UL << order, start = addr & ~(size - 1);
    if (start < r->start || start + size > r->end) break;
  }
  return {0, addr & ~((1UL << order) - 1), static_cast<unsigned char>(order), r->rights};
}

long Memory_map::request_ports(Owner owner, l4_addr_t port, unsigned order)
{
  if (order > L4_WHOLE_IOADDRESS_SPACE || port >= L4_IOPORT_MAX || port & ((1UL << order) - 1))
    return -L4_EINVAL;
  l4_uint64_t const end = port + (1UL << order);
  for (l4_uint64_t pos = port; pos < end;) {
    Range const *r = _ports.find(pos);
    if (!r || (r->owner != Nobody && r->owner != owner)) return -L4_ENOMEM;
    pos = r->end;
  }
  return _ports.assign(port, end, owner) ? 0 : -L4_ENOMEM;
}
