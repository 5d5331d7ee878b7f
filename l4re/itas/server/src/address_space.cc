// SPDX-License-Identifier: MIT
#include "address_space.h"

#include <l4/re/env>
#include <l4/sys/ipc.h>
#include <l4/sys/task.h>

#include <stdlib.h>
#include <string.h>

#include <new>

namespace Itas {

namespace {

using Rm = L4Re::Rm;
using Ds = L4Re::Dataspace;
using Kind = Fault_result::Kind;

constexpr unsigned Right_x = 1, Right_w = 2, Right_r = 4;
constexpr l4_uint32_t Ds_map_mask = 0xff, Region_mask = 0xffff, Rights_mask = 0xf;
constexpr l4_uint32_t Kernel = 0x100, Pager = 0x400, Reserved = 0x800, Private = 0x1000,
                      Anonymous = 0x2000;
constexpr l4_uint32_t Search = 0x20000;
/// Above our own stack, below where stacks of programs are looked for.
constexpr l4_addr_t Heap_search = 0x72000000;
constexpr long Already_unmapped = 8;
/// Most entries of 24 bytes that fit into a message.
constexpr unsigned Max_list = L4_UTCB_GENERIC_DATA_SIZE / 3;
/// Of all stacks that have a guard.
constexpr char Stack_name[] = "[stack]";

L4::Cap<Rm> outer()
{
  return L4Re::Env::env()->rm();
}

Region *new_region()
{
  void *mem = malloc(sizeof(Region));
  return mem ? new (mem) Region : nullptr;
}

void delete_region(Region *r)
{
  r->~Region();
  free(r);
}

/// Remove the pages of a range from the task.
void unmap(l4_addr_t start, l4_addr_t last)
{
  while (start <= last) {
    unsigned order = l4_fpage_max_order(L4_PAGESHIFT, start, start, last + 1, 0);
    l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage(start, order, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
    start += 1UL << order;
  }
}

} // namespace

long Address_space::import()
{
  Rm::Range const *list = nullptr;
  for (l4_addr_t from = 0;;) {
    long const n = outer()->get_regions(from, L4::Ipc::Ret_array<Rm::Range>(&list));
    if (n < 0) return n;
    if (n == 0) break;
    // The list lies in the message registers, which the allocator may need.
    Rm::Range copy[Max_list];
    memcpy(copy, list, static_cast<l4_size_t>(n) * sizeof(copy[0]));
    for (long i = 0; i < n; ++i) {
      from = copy[i].end + 1;
      if (long e = import_region(copy[i].start, copy[i].end,
                                 static_cast<l4_uint32_t>(copy[i].flags.raw));
          e < 0)
        return e;
    }
  }
  if (long e = import_areas(); e < 0) return e;
  if (long e = keep_null_page(); e < 0) return e;
  return keep_heap_room();
}

/// Whatever the outer map says: nobody gets the page of null pointers.
long Address_space::keep_null_page()
{
  l4_addr_t null = 0;
  if (_map.min() > 0 || _map.areas().overlapping({null, null})) return 0;
  return _map.reserve_area(&null, L4_PAGESIZE, Reserved, L4_PAGESHIFT);
}

long Address_space::keep_heap_room()
{
  l4_addr_t start = Heap_search;
  if (long e = _map.reserve_area(&start, Heap_reserve_size, Search, L4_SUPERPAGESHIFT); e < 0)
    return e;
  set_heap_reserve(start);
  return 0;
}

long Address_space::import_region(l4_addr_t start, l4_addr_t last, l4_uint32_t flags)
{
  Region *r = new_region();
  if (!r) return -L4_ENOMEM;
  r->flags = flags & Region_mask;
  if (!(r->flags & Reserved)) r->flags |= Pager;
  r->set_name("l4re", 4);
  long const e = _map.attach(r, start, last - start + 1, 0, L4_PAGESHIFT);
  if (e < 0) delete_region(r);
  return e;
}

long Address_space::import_areas()
{
  Rm::Range const *areas = nullptr;
  for (l4_addr_t from = 0;;) {
    long const n = outer()->get_areas(from, L4::Ipc::Ret_array<Rm::Range>(&areas));
    if (n < 0) return n;
    if (n == 0) return 0;
    Rm::Range copy[Max_list];
    memcpy(copy, areas, static_cast<l4_size_t>(n) * sizeof(copy[0]));
    for (long i = 0; i < n; ++i) {
      from = copy[i].end + 1;
      l4_addr_t start = copy[i].start;
      if (long e = _map.reserve_area(&start, copy[i].end - start + 1,
                                     static_cast<l4_uint32_t>(copy[i].flags.raw) & Reserved,
                                     L4_PAGESHIFT);
          e < 0)
        return e;
    }
  }
}

long Address_space::attach(Attach const &a, l4_addr_t *start)
{
  Region *r = new_region();
  if (!r) return -L4_ENOMEM;
  r->flags = a.flags & Region_mask;
  // Memory that nobody else can reach needs no copies.
  if (r->flags & Anonymous) r->flags &= ~Private;
  r->offset = l4_trunc_page(a.offset);
  r->client_cap = a.client_cap;
  r->backing_offset = a.backing_offset;
  r->set_name(a.name, a.name_length);

  long e = _map.attach(r, a.start, a.size, a.flags, a.align);
  if (e < 0) {
    delete_region(r);
    return e;
  }

  if (a.ds.is_valid()) {
    r->backing = Backing::make(a.ds, r->flags & Private ? r->size() : 0);
    if (!r->backing) e = -L4_ENOMEM;
  } else if (r->flags & Anonymous)
    e = mirror(*r, a.flags);

  if (e < 0) {
    Map::Detached_range gone;
    _map.detach(r->start, 1, Ldr::Detach_overlap, &gone);
    delete_region(gone.region);
    return e;
  }
  *start = r->start;
  return 0;
}

long Address_space::mirror(Region const &r, l4_uint32_t flags)
{
  l4_addr_t start = r.start;
  Rm::Flags const f(static_cast<l4_uint32_t>((flags & (Ds_map_mask | Anonymous)) |
                                             l4_uint32_t(Rm::F::No_eager_map)));
  return outer()->attach(&start, r.size(), f, L4::Ipc::Cap<Ds>(), 0, L4_PAGESHIFT,
                         L4::Cap<L4::Task>::Invalid, r.name);
}

long Address_space::detach(l4_addr_t start, l4_size_t size, l4_uint32_t flags, Detached *out)
{
  Map::Detached_range range;
  long const result = _map.detach(start, size, flags, &range);
  if (result < 0) return result;

  Region *const r = range.region;
  out->start = range.start;
  out->size = range.size();
  out->client_cap = r->client_cap;
  if (r->flags & (Anonymous | Pager))
    outer()->detach(range.start, range.size(), nullptr, L4::Cap<L4::Task>::Invalid,
                    Rm::Detach_exact);
  if (!(r->flags & Reserved)) unmap(range.start, range.last);
  if ((result & 3) == Ldr::Detached) delete_region(r);
  return result | Already_unmapped;
}

/// The first thread's guard is a reserved region; those of other threads are the lower end of an
/// area whose rest is the stack.
Region const *Address_space::stack_above_guard(l4_addr_t address) const
{
  auto const &regions = _map.regions();
  Region const *const guard = _map.find(address);
  if (guard && !(guard->flags & Reserved)) return nullptr;
  unsigned const next = regions.lower_bound(address) + (guard ? 1 : 0);
  if (next == regions.size() || strcmp(regions[next]->name, Stack_name) != 0) return nullptr;
  Region const *const stack = regions[next];
  if (guard) return guard->last + 1 == stack->start ? stack : nullptr;
  Ldr::Area const *const area = _map.areas().overlapping({address, address});
  return area && area->contains(stack->start) ? stack : nullptr;
}

/// Why nothing can be at an address; `r` is what is reserved there, or null.
Fault_result Address_space::no_memory(l4_addr_t address, Region const *r) const
{
  long const error = r ? -L4_ENODEV : -L4_ENOMEM;
  if (stack_above_guard(address)) return {Kind::Stack_guard, error, r};
  if (r) return {Kind::Reserved, error, r};
  return {address < Null_area ? Kind::Null : Kind::No_region, error, nullptr};
}

Fault_result Address_space::check_access(Fault const &fault) const
{
  Region const *const r = _map.find(fault.address);
  if (!r || (r->flags & Reserved)) return no_memory(fault.address, r);
  if (fault.fetch && !(r->flags & Right_x)) return {Kind::Not_executable, -L4_EACCESS, r};
  if (fault.write && !(r->flags & Right_w)) return {Kind::Not_writable, -L4_EACCESS, r};
  if (!(r->flags & Rights_mask & (Right_r | Right_w | Right_x)))
    return {Kind::Not_readable, -L4_EACCESS, r};
  return {Kind::Mapped, 0, r};
}

Fault_result Address_space::resolve(Fault const &fault)
{
  Fault_result result = check_access(fault);
  if (result.kind != Kind::Mapped) return result;

  Region const &r = *result.region;
  l4_addr_t const page = l4_trunc_page(fault.address);
  if (r.flags & (Pager | Anonymous))
    result.error = ask_outer(fault);
  else if (r.flags & Kernel)
    return {Kind::Reserved, -L4_ENODEV, &r};
  else if (r.flags & Private)
    result.error = map_private(r, page, fault.write);
  else
    result.error = map_plain(r, page);
  if (result.error < 0) result.kind = Kind::Not_backed;
  return result;
}

long Address_space::map_plain(Region const &r, l4_addr_t page)
{
  l4_addr_t const around = (1UL << Fault_around) - 1;
  l4_addr_t const low = page & ~around, high = page | around;
  l4_addr_t const min = r.start > low ? r.start : low;
  l4_addr_t const max = r.last < high ? r.last : high;
  Ds::Flags const flags(r.flags & Ds_map_mask);
  return r.backing->ds()->map(r.offset + (page - r.start), flags, page, min, max + 1);
}

long Address_space::map_private(Region const &r, l4_addr_t page, bool write)
{
  l4_addr_t const distance = page - r.start;
  l4_addr_t const own = r.page_offset + distance;
  if (write && !r.backing->copied(own))
    if (long e = r.backing->copy_page(own, r.offset + distance); e < 0) return e;

  bool const copied = r.backing->copied(own);
  l4_uint32_t const rights = copied ? r.flags : r.flags & ~Right_w;
  L4::Cap<Ds> const ds = copied ? r.backing->copies() : r.backing->ds();
  l4_addr_t const offset = copied ? own : r.offset + distance;
  return ds->map(offset, Ds::Flags(rights & Ds_map_mask), page, page, page + L4_PAGESIZE);
}

/// Forward a fault; the outer region map places its page by itself.
long Address_space::ask_outer(Fault const &fault)
{
  l4_msg_regs_t *const mr = l4_utcb_mr();
  l4_buf_regs_t *const br = l4_utcb_br();
  mr->mr[0] = fault.address | (fault.write ? 2 : 0) | (fault.fetch ? 4 : 0);
  mr->mr[1] = fault.ip;
  br->bdr = 0;
  br->br[0] = L4_ITEM_MAP;
  br->br[1] = l4_fpage_all().raw;
  br->br[2] = 0;
  return l4_error(
      l4_ipc_call(outer().cap(), l4_utcb(), l4_msgtag(L4_PROTO_PAGE_FAULT, 2, 0, 0), L4_IPC_NEVER));
}

void Address_space::page_in(l4_addr_t first, l4_addr_t last, unsigned rights)
{
  for (l4_addr_t page = l4_trunc_page(first); page <= last; page += L4_PAGESIZE) {
    Fault f;
    f.address = page;
    f.write = rights & Right_w;
    f.fetch = rights & Right_x;
    resolve(f);
    if (page + L4_PAGESIZE < page) break;
  }
}

bool Address_space::readable(l4_addr_t address, l4_size_t size)
{
  for (l4_addr_t page = l4_trunc_page(address); page < address + size; page += L4_PAGESIZE) {
    Fault f;
    f.address = page;
    if (resolve(f).kind != Kind::Mapped) return false;
  }
  return true;
}

} // namespace Itas
