// SPDX-License-Identifier: MIT
#include "dataspace.h"
#include "debug.h"
#include "rm.h"

#include <l4/sys/err.h>
#include <l4/sys/kip.h>
#include <l4/sys/memdesc.h>

#include <stdio.h>
#include <string.h>

namespace Moe {

namespace {

using F = L4Re::Rm::F;
constexpr l4_uint32_t Rights_mask = F::RWX, Caching_mask = F::Caching_mask,
                      Kernel = F::Kernel, Reserved = F::Reserved, Private = F::Private,
                      Anonymous = F::Anonymous;
constexpr l4_umword_t Fault_write = 2, Fault_fetch = 4;

/// User addresses, from the KIP descriptor "conventional, virtual".
struct Limits {
  l4_addr_t min = L4_PAGESIZE, max = 0x7fffffffffff;

  Limits()
  {
    l4_kernel_info_t const *const kip = l4_kip();
    l4_kernel_info_mem_desc_t const *md = l4_kernel_info_get_mem_descs(kip);
    for (unsigned i = 0; i < l4_kernel_info_get_num_mem_descs(kip); ++i, ++md)
      if (l4_kernel_info_get_mem_desc_is_virtual(md) &&
          l4_kernel_info_get_mem_desc_type(md) == l4_mem_type_conventional) {
        min = l4_kernel_info_get_mem_desc_start(md);
        max = l4_kernel_info_get_mem_desc_end(md);
      }
  }
};

} // namespace

// --- nodes
// ----------------------------------------------------------------------------------------

Ldr::Area *Region_memory::new_area()
{
  void *const p = _account->alloc(sizeof(Ldr::Area));
  return p ? new (p) Ldr::Area() : nullptr;
}

void Region_memory::delete_area(Ldr::Area *area)
{
  _account->free(area, sizeof(*area));
}

Region *Region_memory::new_region()
{
  void *const p = _account->alloc(sizeof(Region));
  return p ? new (p) Region() : nullptr;
}

void Region_memory::delete_region(Region *region)
{
  region->~Region();
  _account->free(region, sizeof(*region));
}

Region *Region::clone(Region_memory *memory) const
{
  Region *const copy = memory->new_region();
  if (copy) *copy = *this;
  return copy;
}

// --- life
// -----------------------------------------------------------------------------------------

Rm::Rm(l4_addr_t min, l4_addr_t max) : _map(&_memory, min, max)
{
}

Rm *Rm::create(Account &account, char const *name)
{
  static Limits const limits;
  Rm *const rm = make<Rm>(account, limits.min, limits.max);
  if (!rm) return nullptr;
  rm->_memory.account(&account);
  rm->_name = name;
  // Programs that follow a null pointer shall fault.
  l4_addr_t null = 0;
  if (limits.min == 0 && rm->_map.reserve_area(&null, L4_PAGESIZE, Reserved, L4_PAGESHIFT) < 0) {
    rm->unref();
    return nullptr;
  }
  return rm;
}

void Rm::remove_all()
{
  while (unsigned const n = _map.regions().size()) {
    Map::Detached_range out;
    Region const *const last = _map.regions()[n - 1];
    _map.detach(last->start, last->size(), Ldr::Detach_overlap, &out);
    _memory.delete_region(out.region);
  }
}

Rm::~Rm()
{
  remove_all();
}

void Rm::revoke()
{
  remove_all();
  Object::revoke();
}

// --- attach
// ---------------------------------------------------------------------------------------

long Rm::attach(l4_addr_t start, l4_size_t size, l4_uint32_t flags, Ref<Backing> backing,
                l4_addr_t offset, char const *name)
{
  Region *const r = _memory.new_region();
  if (!r) return -L4_ENOMEM;
  r->backing = std::move(backing);
  r->offset = offset;
  r->flags = flags & Region_mask;
  if (name) strncpy(r->name, name, Region::Max_name - 1);
  long const err = _map.attach(r, start, size, flags, L4_PAGESHIFT);
  if (err < 0) _memory.delete_region(r);
  return err;
}

/// What the region shows: nothing, fresh memory, or the client's dataspace.
long Rm::find_backing(l4_umword_t flags, L4::Ipc::Snd_fpage const &dataspace, Offset offset,
                      l4_size_t size, Ref<Backing> *backing)
{
  if (flags & (Reserved | Kernel)) return 0;
  if (flags & Anonymous) {
    *backing = Ref<Backing>::adopt(make<Paged_backing>(
        *account(), size, static_cast<unsigned char>(L4_FPAGE_RWX), unsigned{L4_PAGESHIFT}));
    return *backing ? 0 : -L4_ENOMEM;
  }
  if (!dataspace.is_valid()) return flags & Rights_mask ? -L4_EINVAL : 0;
  Object *const object = registry.find(dataspace);
  Dataspace *const ds = object ? object->dataspace() : nullptr;
  if (!ds) return -L4_ENOENT;
  l4_size_t const ds_size = ds->backing()->mapped_size();
  if (offset > ds_size || size > ds_size - offset) return -L4_ERANGE;
  // A private region never writes to the dataspace itself.
  unsigned const wanted =
      flags & (flags & Private ? l4_umword_t(L4_FPAGE_RX) : l4_umword_t(Rights_mask));
  if (wanted & ~ds->client_rights(static_cast<unsigned>(dataspace.data()))) return -L4_EPERM;
  *backing = ds->backing();
  return 0;
}

/// Replace the backing of a Private region by a copy (shared until somebody writes).
long Rm::make_private(l4_umword_t flags, l4_size_t size, Ref<Backing> *backing, Offset *offset)
{
  if (!(flags & Private) || (flags & (Anonymous | Reserved | Kernel)) || !*backing) return 0;
  auto copy = Ref<Backing>::adopt(make<Paged_backing>(
      *account(), size, static_cast<unsigned char>(L4_FPAGE_RWX), unsigned{L4_PAGESHIFT}));
  if (!copy) return -L4_ENOMEM;
  if (long const err = copy->copy_in(0, **backing, *offset, size); err < 0) return err;
  *backing = std::move(copy);
  *offset = 0;
  return 0;
}

long Rm::op_attach(Rights, l4_addr_t &start, unsigned long size, L4Re::Rm::Flags flags,
                   Offset offset, unsigned char align, l4_cap_idx_t client_cap,
                   L4::Ipc::String<> const &name, Offset backing_offset,
                   L4::Ipc::Snd_fpage const &dataspace)
{
  l4_umword_t const raw = flags.raw;
  if (long const err = check_flags(raw, size, align); err < 0) return err;
  l4_size_t const pages = l4_round_page(size);
  if (pages < size) return -L4_EINVAL;

  Region *const r = _memory.new_region();
  if (!r) return -L4_ENOMEM;
  // Before the system calls below: the name lies in the message registers.
  strncpy(r->name, name.data, Region::Max_name - 1);
  offset = l4_trunc_page(offset);
  long err = find_backing(raw, dataspace, offset, pages, &r->backing);
  if (err >= 0) err = make_private(raw, pages, &r->backing, &offset);
  r->offset = raw & Anonymous ? 0 : offset;
  r->flags = raw & Region_mask;
  r->client_cap = client_cap;
  r->backing_offset = backing_offset;
  if (err >= 0) err = _map.attach(r, start, size, static_cast<l4_uint32_t>(raw), align);
  if (err < 0) {
    _memory.delete_region(r);
    return err;
  }
  start = r->start;
  return 0;
}

// --- detach
// ---------------------------------------------------------------------------------------

long Rm::op_detach(Rights, l4_addr_t addr, unsigned long size, l4_uint32_t flags, l4_addr_t &start,
                   unsigned long &removed, l4_cap_idx_t &client_cap)
{
  Map::Detached_range out;
  // Look first: the offset of what goes away is not known any more behind the operation.
  Region const *const region = _map.regions().overlapping(
      {l4_trunc_page(addr), (addr + (size ? size - 1 : 0)) | (L4_PAGESIZE - 1)});
  l4_addr_t const region_start = region ? region->start : 0;
  l4_addr_t const region_offset = region ? region->offset : 0;
  Ref<Backing> const backing = region ? region->backing : Ref<Backing>();
  bool const own = region && (region->flags & (Anonymous | Private));

  long const result = _map.detach(addr, size, flags, &out);
  if (result < 0) return result;
  start = out.start;
  removed = out.size();
  client_cap = out.region->client_cap;
  bool const gone = (result & 3) == Ldr::Detached;
  if (gone)
    _memory.delete_region(out.region);
  else if (own)
    backing->discard(region_offset + (out.start - region_start), out.size());
  return result;
}

long Rm::op_find(Rights, l4_addr_t &, unsigned long &, L4Re::Rm::Flags &, Offset &, l4_cap_idx_t &)
{
  return -L4_EPERM; // process-environment.md section 9: only the task's own region map answers
}

long Rm::op_add_rescue_jump(Rights, l4_addr_t, l4_addr_t, l4_addr_t)
{
  return -L4_ENOSYS; // a matter of the task's own region map
}

long Rm::op_remove_rescue_jump(Rights, l4_addr_t)
{
  return -L4_ENOSYS;
}

// --- faults
// ---------------------------------------------------------------------------------------

long Rm::resolve(l4_addr_t addr, unsigned access, L4::Ipc::Snd_fpage *page)
{
  Region const *const r = _map.find(addr);
  if (!r) return -L4_ENOMEM;
  if (r->flags & (Kernel | Reserved)) return -L4_ENODEV;
  if ((access & ~r->flags & Rights_mask) || !r->backing) return -L4_EACCESS;

  l4_addr_t const offset = r->offset + (addr - r->start);
  if (offset >= r->backing->mapped_size()) return -L4_ENOMEM;
  // Rights of the region that come for free are given at once; only writing may cost a copy.
  unsigned const flags = (r->flags & Caching_mask) | access;
  return make_item(*r->backing, offset, addr, flags, r->offset, r->offset + (r->last - r->start),
                   page, r->flags & Rights_mask);
}

long Rm::op_page_fault(L4::Pager::Rights, l4_umword_t addr, l4_umword_t pc,
                       L4::Ipc::Opt<L4::Ipc::Snd_fpage> &page)
{
  unsigned const access =
      L4_FPAGE_RO | (addr & Fault_write ? L4_FPAGE_W : 0) | (addr & Fault_fetch ? L4_FPAGE_X : 0);
  long const err = resolve(addr & ~7UL, access, &page.value());
  page.set_valid(err >= 0);
  if (err < 0) report("page fault", addr & ~7UL, access, pc, err);
  return err;
}

long Rm::op_page_in(Rights, l4_addr_t first, l4_addr_t, unsigned short rights, l4_addr_t &helper,
                    L4::Ipc::Opt<L4::Ipc::Snd_fpage> &page)
{
  helper = 0;
  long const err = resolve(first, rights & Rights_mask, &page.value());
  page.set_valid(err >= 0);
  return err;
}

void Rm::report(char const *what, l4_umword_t addr, unsigned access, l4_umword_t pc, long err) const
{
  Region const *const r = _map.find(addr);
  debug(Dbg_exceptions, "%s%sunresolved %s: %s 0x%lx, ip 0x%lx: %s%s%s", _name ? _name : "",
        _name ? ": " : "", what,
        access & L4_FPAGE_W   ? "write to"
        : access & L4_FPAGE_X ? "jump to"
                              : "read from",
        addr, pc, error_name(err), r && r->name[0] ? ", region " : "", r ? r->name : "");
}

l4_msgtag_t Rm::exception(l4_utcb_t *utcb)
{
  // Nobody but moe handles exceptions of the l4re thread of a task; it cannot go on.
  l4_exc_regs_t const regs = *l4_utcb_exc_u(utcb);
  printf("moe: %s: exception %lu (error 0x%lx) in l4re at ip 0x%lx, sp 0x%lx, address 0x%lx; "
         "the task is stopped\n",
         _name ? _name : "a task", regs.trapno, regs.err, regs.ip, regs.sp, regs.pfa);
  return l4_msgtag(-L4_ENOREPLY, 0, 0, 0);
}

/// What the program of this region map uses, for `ps`.
l4_msgtag_t Rm::usage(l4_utcb_t *utcb)
{
  static unsigned walk;
  ++walk;
  l4_umword_t present = 0, attached = 0;
  auto const &regions = _map.regions();
  for (unsigned i = 0; i < regions.size(); ++i) {
    attached += regions[i]->last - regions[i]->start + 1;
    Backing *const backing = regions[i]->backing.get();
    if (backing && backing->first_visit(walk)) present += backing->present();
  }
  l4_utcb_mr_u(utcb)->mr[0] = present;
  l4_utcb_mr_u(utcb)->mr[1] = attached;
  return l4_msgtag(0, 2, 0, 0);
}

l4_msgtag_t Rm::dispatch(l4_msgtag_t tag, unsigned rights, l4_utcb_t *utcb)
{
  if (l4_msgtag_label(tag) == L4RE_PROTO_RM && l4_msgtag_words(tag) &&
      static_cast<int>(l4_utcb_mr_u(utcb)->mr[0]) == Rm_usage_op)
    return usage(utcb);
  if (l4_msgtag_is_exception(tag)) return exception(utcb);
  return Epiface_t0::dispatch(tag, rights, utcb);
}

} // namespace Moe
