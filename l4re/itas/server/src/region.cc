// SPDX-License-Identifier: MIT
#include "region.h"

#include <l4/sys/task.h>

#include <stdlib.h>
#include <string.h>

#include <new>

namespace Itas {

namespace {

constexpr unsigned Bits = 8;

/// Two pages of address space through which foreign pages are copied; nobody else maps there.
alignas(L4_PAGESIZE) char bounce[2 * L4_PAGESIZE];

void unmap(void *page)
{
  l4_task_unmap(L4_BASE_TASK_CAP,
                l4_fpage(reinterpret_cast<l4_addr_t>(page), L4_PAGESHIFT, L4_FPAGE_RWX),
                L4_FP_ALL_SPACES);
}

long map_page(L4::Cap<L4Re::Dataspace> ds, l4_addr_t offset, L4Re::Dataspace::Flags flags, void *at)
{
  l4_addr_t const a = reinterpret_cast<l4_addr_t>(at);
  return ds->map(offset, flags, a, a, a + L4_PAGESIZE);
}

} // namespace

Backing *Backing::make(L4::Cap<L4Re::Dataspace> ds, l4_size_t private_size)
{
  void *mem = malloc(sizeof(Backing));
  if (!mem) return nullptr;
  auto b = new (mem) Backing(ds);
  if (private_size) {
    l4_size_t const bytes = (private_size / L4_PAGESIZE + Bits - 1) / Bits;
    b->_private_size = private_size;
    b->_copied = static_cast<unsigned char *>(malloc(bytes));
    if (!b->_copied) {
      free(mem);
      return nullptr;
    }
    memset(b->_copied, 0, bytes);
  }
  return b;
}

void Backing::unref()
{
  if (--_refs) return;
  cap_slots.release(_ds.cap());
  cap_slots.release(_copies.cap());
  free(_copied);
  free(this);
}

bool Backing::copied(l4_addr_t offset) const
{
  l4_addr_t const page = offset / L4_PAGESIZE;
  return _copied && (_copied[page / Bits] & (1U << (page % Bits)));
}

long Backing::copy_page(l4_addr_t offset, l4_addr_t ds_offset)
{
  if (!_copies.is_valid())
    if (long e = alloc_dataspace(_private_size, &_copies); e < 0) return e;

  // The allocator can copy by sharing if the dataspace is one of its own; else we copy.
  long e = _copies->copy_in(offset, L4::Ipc::make_cap_rw(_ds), ds_offset, L4_PAGESIZE);
  if (e < 0) e = bounce_page(offset, ds_offset);
  if (e < 0) return e;
  l4_addr_t const page = offset / L4_PAGESIZE;
  _copied[page / Bits] = static_cast<unsigned char>(_copied[page / Bits] | (1U << (page % Bits)));
  return 0;
}

long Backing::bounce_page(l4_addr_t offset, l4_addr_t ds_offset) const
{
  void *const from = bounce, *const to = bounce + L4_PAGESIZE;
  long e = map_page(_ds, ds_offset, L4Re::Dataspace::F::R, from);
  if (e >= 0) {
    e = map_page(_copies, offset, L4Re::Dataspace::F::RW, to);
    if (e >= 0) memcpy(to, from, L4_PAGESIZE);
    unmap(to);
  }
  unmap(from);
  return e;
}

void Region::set_name(char const *text, l4_size_t length)
{
  l4_size_t const n = length < sizeof(name) - 1 ? length : sizeof(name) - 1;
  memcpy(name, text, n);
  name[n] = '\0';
}

void Region::advance(l4_size_t bytes)
{
  offset += bytes;
  page_offset += bytes;
  backing_offset += bytes;
}

Region *Region::clone(Heap_alloc *) const
{
  void *mem = malloc(sizeof(Region));
  if (!mem) return nullptr;
  auto copy = new (mem) Region(*this);
  if (backing) backing->ref();
  return copy;
}

} // namespace Itas
