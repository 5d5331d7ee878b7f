// SPDX-License-Identifier: MIT
#include "dataspace.h"

#include <l4/sys/err.h>

namespace Moe {

namespace {

/// Caching bits of dataspaces and regions: normal, bufferable 0x10, uncacheable 0x20.
constexpr unsigned Bufferable = 0x10, Uncacheable = 0x20, Caching_mask = 0x30;

L4::Ipc::Snd_fpage::Cacheopt cache_option(unsigned flags)
{
  switch (flags & Caching_mask) {
  case Bufferable:
    return L4::Ipc::Snd_fpage::Buffered;
  case Uncacheable:
    return L4::Ipc::Snd_fpage::Uncached;
  default:
    return L4::Ipc::Snd_fpage::None;
  }
}

} // namespace

long make_item(Backing &backing, l4_addr_t offset, l4_addr_t spot, unsigned flags, l4_addr_t first,
               l4_addr_t last, L4::Ipc::Snd_fpage *item, unsigned extra)
{
  offset = l4_trunc_page(offset);
  spot = l4_trunc_page(spot);
  Mapping m;
  if (long const err = backing.map(offset, flags & L4_FPAGE_W, &m); err < 0) return err;

  unsigned order = L4_PAGESHIFT;
  for (; order < m.order; ++order) {
    l4_addr_t const mask = (2UL << order) - 1;
    l4_addr_t const before = m.page & mask;
    if (((m.page ^ spot) & mask) || offset - first < before || last - offset < mask - before) break;
  }
  l4_addr_t const mask = (1UL << order) - 1;
  *item = L4::Ipc::Snd_fpage::mem(m.page & ~mask, static_cast<int>(order),
                                  static_cast<unsigned char>(m.rights & (flags | extra)), spot,
                                  L4::Ipc::Snd_fpage::Map, cache_option(flags));
  return 0;
}

long Dataspace::op_map(Rights rights, L4Re::Dataspace::Offset offset,
                       L4Re::Dataspace::Map_addr spot, L4Re::Dataspace::Flags flags,
                       L4::Ipc::Snd_fpage &page)
{
  if ((flags.raw & L4_FPAGE_W) && !writable(rights)) return -L4_EPERM;
  if (offset >= _backing->mapped_size()) return -L4_ERANGE;
  return make_item(*_backing, offset, spot, static_cast<unsigned>(flags.raw), 0,
                   _backing->mapped_size() - 1, &page);
}

long Dataspace::op_clear(Rights rights, L4Re::Dataspace::Offset offset, L4Re::Dataspace::Size size)
{
  return writable(rights) ? _backing->clear(offset, size) : -L4_EACCESS;
}

long Dataspace::op_info(Rights rights, L4Re::Dataspace::Stats &stats)
{
  stats.size = _backing->size();
  stats.flags = L4Re::Dataspace::Flags(client_rights(rights.rights));
  return 0;
}

long Dataspace::op_copy_in(Rights rights, L4Re::Dataspace::Offset offset,
                           L4::Ipc::Snd_fpage const &source, L4Re::Dataspace::Offset source_offset,
                           L4Re::Dataspace::Size size)
{
  if (!writable(rights)) return -L4_EACCESS;
  Object *const object = registry.find(source);
  Dataspace *const from = object ? object->dataspace() : nullptr;
  return from ? _backing->copy_in(offset, *from->_backing, source_offset, size) : -L4_EINVAL;
}

long Dataspace::op_allocate(Rights, L4Re::Dataspace::Offset offset, L4Re::Dataspace::Size size)
{
  return _backing->allocate(offset, size);
}

long Dataspace::op_map_info(Rights, l4_addr_t &start, l4_addr_t &end)
{
  start = end = 0;
  return 0;
}

} // namespace Moe
