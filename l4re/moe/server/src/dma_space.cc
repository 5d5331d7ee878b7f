// SPDX-License-Identifier: MIT
#include "dataspace.h"
#include "dma_space.h"

#include <l4/sys/err.h>

#include <new>

namespace Moe {

namespace {

Dma_space *find_space(L4::Ipc::Snd_fpage const &item)
{
  Object *const object = registry.find(item);
  return object ? object->dma_space() : nullptr;
}

} // namespace

void Dma_space::remove(Pinned **link)
{
  Pinned *const p = *link;
  *link = p->next;
  p->~Pinned();
  account()->free(p, sizeof(Pinned));
}

void Dma_space::disassociate()
{
  while (_pinned)
    remove(&_pinned);
  _physical = false;
}

void Dma_space::revoke()
{
  disassociate();
  Object::revoke();
}

long Dma_space::op_map(Rights, l4_uint64_t offset, l4_uint64_t &size, unsigned char,
                       L4Re::Dma_space::Attributes attributes, l4_uint64_t &address,
                       l4_uint64_t max_address, L4::Ipc::Snd_fpage const &dataspace)
{
  if (!_physical || !(attributes & L4Re::Dma_space::F::Search_addr) || !size) return -L4_EINVAL;
  Object *const object = registry.find(dataspace);
  Dataspace *const ds = object ? object->dataspace() : nullptr;
  if (!ds) return -L4_EINVAL;
  Backing &backing = *ds->backing();
  if (offset >= backing.mapped_size()) return -L4_ERANGE;

  l4_size_t length = 0;
  l4_addr_t const physical = backing.physical(offset, &length);
  if (!physical)
    return -L4_EINVAL; // pages come and go: only Continuous or Pinned dataspaces can be used
  if (length < size) {
    if (!(attributes & L4Re::Dma_space::F::Partial) && size > backing.mapped_size() - offset)
      return -L4_ERANGE;
    size = length;
  }
  if (physical + size - 1 > max_address) return -L4_ERANGE;

  void *const memory = account()->alloc(sizeof(Pinned));
  if (!memory) return -L4_ENOMEM;
  _pinned = new (memory) Pinned{_pinned, physical, size, ds->backing()};
  address = physical;
  return 0;
}

long Dma_space::op_unmap(Rights, l4_uint64_t address, l4_uint64_t size,
                         L4Re::Dma_space::Unmap_flags)
{
  for (Pinned **p = &_pinned; *p;) {
    if ((*p)->address >= address && (*p)->address + (*p)->size <= address + size)
      remove(p);
    else
      p = &(*p)->next;
  }
  return 0;
}

long Dma_space::op_associate(Rights, L4::Ipc::Snd_fpage const &task,
                             L4Re::Dma_space::Space_attribs attribs)
{
  using Attribs = L4Re::Dma_space::Space_attribs;
  if (task.is_valid()) return -L4_ENODEV; // no IOMMU
  if ((attribs & Attribs::Phys_space) == Attribs::None) return -L4_EINVAL;
  associate_physical();
  return 0;
}

long Dma_space::op_disassociate(Rights)
{
  disassociate();
  return 0;
}

/**
 * Requests of older programs (l4re-protocols.md section 14), rewritten in the message registers:
 * map    offset, size, attributes, direction: 5 words  ->  the new form, which searches an address
 * unmap  address, size, attributes, direction: 5 words ->  without flags
 */
l4_msgtag_t Dma_space::dispatch(l4_msgtag_t tag, unsigned rights, l4_utcb_t *utcb)
{
  enum : l4_umword_t { Map = 0, Unmap = 1 };
  constexpr unsigned Old_words = 5, Map_words = 6, Unmap_words = 4;
  l4_umword_t *const mr = l4_utcb_mr_u(utcb)->mr;
  l4_umword_t const opcode = mr[0] & 0xffffffff;
  if (tag.label() == L4RE_PROTO_DMA_SPACE && tag.words() == Old_words && opcode == Map) {
    // The item stands behind the words: it moves with their end.
    mr[7] = mr[6];
    mr[6] = mr[5];
    mr[3] = L4_PAGESHIFT | l4_umword_t{L4Re::Dma_space::F::Search_addr} << 32;
    mr[4] = 0;
    mr[5] = ~l4_umword_t{0};
    tag = l4_msgtag(tag.label(), Map_words, tag.items(), 0);
  } else if (tag.label() == L4RE_PROTO_DMA_SPACE && tag.words() == Old_words && opcode == Unmap) {
    mr[3] = L4Re::Dma_space::F::No_unmap_flags;
    tag = l4_msgtag(tag.label(), Unmap_words, tag.items(), 0);
  }
  return Epiface_t0::dispatch(tag, rights, utcb);
}

long Dma_mgr::op_associate(Rights, L4::Ipc::Snd_fpage const &, L4::Ipc::Snd_fpage const &, unsigned)
{
  return -L4_ENODEV; // no IOMMU
}

long Dma_mgr::op_associate_phys(Rights, L4::Ipc::Snd_fpage const &space, unsigned)
{
  Dma_space *const s = find_space(space);
  if (!s) return -L4_EINVAL;
  s->associate_physical();
  return 0;
}

long Dma_mgr::op_disassociate(Rights, L4::Ipc::Snd_fpage const &space)
{
  Dma_space *const s = find_space(space);
  if (!s) return -L4_EINVAL;
  s->disassociate();
  return 0;
}

long Dma_mgr::op_block_area(Rights, l4_uint64_t &, l4_uint64_t, l4_uint64_t, unsigned,
                            unsigned char, L4::Ipc::Snd_fpage const &)
{
  return -L4_ENODEV;
}

long Dma_mgr::op_set_limits(Rights, L4::Ipc::Snd_fpage const &space, l4_uint64_t, l4_uint64_t)
{
  return find_space(space) ? 0 : -L4_EINVAL; // physical addresses are what they are
}

} // namespace Moe
