// SPDX-License-Identifier: MIT
#include "rm_server.h"

#include <l4/sys/task.h>

#include <string.h>

namespace Itas {

namespace {

/// Flags as on the wire (l4re-protocols.md section 3.1).
enum Flag : l4_uint32_t {
  Rights_mask = 7,
  Caching_mask = 0x30,
  Kernel = 0x100,
  Pager = 0x400,
  Reserved = 0x800,
  Private = 0x1000,
  Anonymous = 0x2000,
  Search_addr = 0x20000,
  In_area = 0x40000,
  Eager_map = 0x80000,
  No_eager_map = 0x100000,
  Region_mask = 0xffff,
  Known = Rights_mask | Caching_mask | Kernel | Pager | Reserved | Private | Anonymous |
          Search_addr | In_area | Eager_map | No_eager_map,
};

long check_flags(l4_uint32_t flags, unsigned long size, unsigned char align)
{
  if ((flags & ~l4_uint32_t{Known}) || !size) return -L4_EINVAL;
  if ((flags & Search_addr) && (align < L4_PAGESHIFT || align > 63)) return -L4_EINVAL;
  return 0;
}

} // namespace

void Rm_server::prepare_receive()
{
  if (l4_is_invalid_cap(_receive)) _receive = cap_slots.alloc();
  l4_buf_regs_t *const br = l4_utcb_br();
  br->bdr = 0;
  br->br[0] = (_receive & L4_FPAGE_ADDR_MASK) | L4_RCV_ITEM_SINGLE_CAP | L4_RCV_ITEM_LOCAL_ID;
  br->br[1] = 0;
}

/**
 * Get our own reference to the dataspace of a request.
 *
 * A thread of this task names its own capability; the region shall outlive that, so it is copied.
 */
long Rm_server::take_dataspace(L4::Ipc::Snd_fpage const &item, l4_uint32_t flags,
                               L4::Cap<L4Re::Dataspace> *ds)
{
  if (flags & (Reserved | Kernel | Anonymous)) return 0;
  if (item.cap_received()) {
    *ds = L4::Cap<L4Re::Dataspace>(_receive);
    _receive = L4_INVALID_CAP;
    return 0;
  }
  if (!item.local_id_received()) return flags & Rights_mask ? -L4_EINVAL : 0;
  L4::Cap<L4Re::Dataspace> const own = cap_slots.alloc<L4Re::Dataspace>();
  if (!own.is_valid()) return -L4_ENOMEM;
  l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, item.fpage(), own.cap() | L4_ITEM_MAP);
  *ds = own;
  return 0;
}

long Rm_server::op_attach(Rights, l4_addr_t &start, unsigned long size, Flags flags, Offset offset,
                          unsigned char align, l4_cap_idx_t client_cap,
                          L4::Ipc::String<> const &name, Offset backing_offset,
                          L4::Ipc::Opt<L4::Ipc::Snd_fpage> const &dataspace)
{
  auto const raw = static_cast<l4_uint32_t>(flags.raw);
  if (long e = check_flags(raw, size, align); e < 0) return e;

  // Before the first system call: the name lies in the message registers.
  char own_name[Region::Name_length];
  l4_size_t const length = strnlen(name.data, sizeof(own_name));
  memcpy(own_name, name.data, length);

  Address_space::Attach a;
  a.start = start;
  a.size = size;
  a.flags = raw;
  a.align = align;
  a.offset = offset;
  a.client_cap = client_cap;
  a.name = own_name;
  a.name_length = length;
  a.backing_offset = backing_offset;
  long e = take_dataspace(dataspace.value(), raw, &a.ds);
  if (e >= 0) e = _space->attach(a, &start);
  if (e < 0) cap_slots.release(a.ds.cap());
  return e;
}

long Rm_server::op_detach(Rights, l4_addr_t addr, unsigned long size, unsigned flags,
                          l4_addr_t &start, l4_addr_t &removed, l4_cap_idx_t &client_cap)
{
  Address_space::Detached out;
  long const r = _space->detach(addr, size, flags, &out);
  start = out.start;
  removed = out.size;
  client_cap = out.client_cap;
  return r;
}

long Rm_server::op_find(Rights, l4_addr_t &addr, unsigned long &size, Flags &flags, Offset &offset,
                        l4_cap_idx_t &client_cap)
{
  if (!size) return -L4_EINVAL;
  Ldr::Range const wanted{addr, addr + (size - 1)};
  if (Region const *r = _space->map().regions().overlapping(wanted)) {
    addr = r->start;
    size = r->size();
    flags = Flags(r->flags);
    offset = r->offset;
    client_cap = r->client_cap;
    return 0;
  }
  if (Ldr::Area const *area = _space->map().areas().overlapping(wanted)) {
    addr = area->start;
    size = area->size();
    flags = Flags((area->flags & Region_mask) | In_area);
    offset = 0;
    client_cap = L4_INVALID_CAP;
    return 0;
  }
  return -L4_ENOENT;
}

long Rm_server::op_reserve_area(Rights, l4_addr_t &start, unsigned long size, Flags flags,
                                unsigned char align)
{
  auto const raw = static_cast<l4_uint32_t>(flags.raw);
  if (long e = check_flags(raw, size, align); e < 0) return e;
  return _space->map().reserve_area(&start, size, raw, align);
}

long Rm_server::op_free_area(Rights, l4_addr_t addr)
{
  return _space->map().free_area(addr);
}

long Rm_server::op_get_regions(Rights, l4_addr_t addr, L4::Ipc::Ret_array<L4Re::Rm::Range> list)
{
  auto const &regions = _space->map().regions();
  unsigned n = 0;
  for (unsigned i = regions.lower_bound(addr); i < regions.size() && n < list.max; ++i, ++n) {
    list.value[n].start = regions[i]->start;
    list.value[n].end = regions[i]->last;
    list.value[n].flags = L4Re::Rm::F::Region_flags(regions[i]->flags);
  }
  return n;
}

long Rm_server::op_get_areas(Rights, l4_addr_t addr, L4::Ipc::Ret_array<L4Re::Rm::Range> list)
{
  auto const &areas = _space->map().areas();
  unsigned n = 0;
  for (unsigned i = areas.lower_bound(addr); i < areas.size() && n < list.max; ++i, ++n) {
    list.value[n].start = areas[i]->start;
    list.value[n].end = areas[i]->last;
    list.value[n].flags = L4Re::Rm::F::Region_flags(areas[i]->flags & Region_mask);
  }
  return n;
}

long Rm_server::op_get_info(Rights, l4_addr_t addr, L4::Ipc::String<char> &name,
                            Offset &backing_offset)
{
  Region const *const r = _space->map().find(addr);
  if (!r) return -L4_ENOENT;
  name.copy_in(r->name);
  backing_offset = r->backing_offset;
  return 0;
}

long Rm_server::op_add_rescue_jump(Rights, l4_addr_t begin, l4_addr_t end, l4_addr_t resume)
{
  return _rescue->add(begin, end, resume);
}

long Rm_server::op_remove_rescue_jump(Rights, l4_addr_t pc)
{
  return _rescue->remove(pc);
}

/// The pages are mapped here, into the task of the client; there is nothing to send or to call.
long Rm_server::op_page_in(Rights, l4_addr_t first, l4_addr_t last, unsigned short rights,
                           l4_addr_t &helper, L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
{
  helper = 0;
  if (last < first) return -L4_EINVAL;
  _space->page_in(first, last, rights & Rights_mask);
  return 0;
}

/// A negative label turns the fault into an exception, which brings all registers.
long Rm_server::op_page_fault(L4::Pager::Rights, l4_umword_t address, l4_umword_t pc,
                              L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
{
  return _space->resolve(Fault::from_message(address, pc)).error;
}

/// Ports belong to whoever was given them; a page fault earns none.
long Rm_server::op_io_page_fault(L4::Io_pager::Rights, l4_fpage_t, l4_umword_t,
                                 L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
{
  return -L4_ENOMEM;
}

} // namespace Itas
