// SPDX-License-Identifier: MIT
#include "memory.h"

#include <l4/libc_minimal/heap>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/rm>
#include <l4/sys/task.h>

#include <stdlib.h>

#include <new>
#include <utility>

namespace Itas {

namespace {

/**
 * Pages for the heap: a few in .bss, enough for a program with a usual number of regions; then
 * pieces of one big dataspace in the outer region map, whose pages get memory when touched. Its
 * addresses are kept free of the program's regions from the start (Address_space::import()): the
 * outer region map does not know those.
 */
class Heap_pages : public Libc_minimal::Page_source {
public:
  void reserve(l4_addr_t start) { _reserve = start; }

  void *alloc_pages(unsigned order) override
  {
    unsigned const o = order - L4_PAGESHIFT;
    if (o >= Orders) return nullptr;
    if (Free *f = _free[o]) {
      _free[o] = f->next;
      return f;
    }
    return fresh(1UL << order);
  }

  void free_pages(void *pages, unsigned order) override
  {
    unsigned const o = order - L4_PAGESHIFT;
    _free[o] = new (pages) Free{_free[o]};
  }

private:
  struct Free {
    Free *next;
  };

  static constexpr unsigned Orders = 16;
  static constexpr l4_size_t First_size = 4 * L4_PAGESIZE;

  void *fresh(l4_size_t size)
  {
    if (!take(size) && !(open_reserve() && take(size))) return nullptr;
    return reinterpret_cast<void *>(_pos - size);
  }

  bool take(l4_size_t size)
  {
    l4_addr_t const start = (_pos + size - 1) & ~(size - 1);
    if (start > _end || _end - start < size) return false;
    _pos = start + size;
    return true;
  }

  bool open_reserve()
  {
    L4::Cap<L4Re::Dataspace> ds;
    l4_addr_t start = std::exchange(_reserve, 0);
    if (!start || alloc_dataspace(Heap_reserve_size, &ds) < 0) return false;
    if (L4Re::Env::env()->rm()->attach(&start, Heap_reserve_size, L4Re::Rm::F::RW,
                                       L4::Ipc::make_cap_rw(ds)) < 0)
      return false;
    _pos = start;
    _end = start + Heap_reserve_size;
    return true;
  }

  alignas(L4_PAGESIZE) static inline char _first[First_size];
  l4_addr_t _pos = reinterpret_cast<l4_addr_t>(_first);
  l4_addr_t _end = reinterpret_cast<l4_addr_t>(_first) + First_size;
  Free *_free[Orders] = {};
  l4_addr_t _reserve = 0; ///< where to go on; 0: not known yet, or in use
};

Heap_pages heap_pages;
Libc_minimal::Heap heap(&heap_pages);

} // namespace

Cap_slots cap_slots;

l4_cap_idx_t Cap_slots::alloc()
{
  for (unsigned w = 0; w < Count / Word_bits; ++w)
    if (l4_uint64_t const unused = ~_used[w]) {
      unsigned const bit = static_cast<unsigned>(__builtin_ctzl(unused));
      _used[w] |= 1UL << bit;
      return (_first + w * Word_bits + bit) << L4_CAP_SHIFT;
    }
  return L4_INVALID_CAP;
}

void Cap_slots::release(l4_cap_idx_t cap)
{
  l4_umword_t const n = (cap >> L4_CAP_SHIFT) - _first;
  if (l4_is_invalid_cap(cap) || n >= Count) return;
  l4_task_unmap(L4_BASE_TASK_CAP, l4_obj_fpage(cap, 0, L4_CAP_FPAGE_RWSD), L4_FP_ALL_SPACES);
  _used[n / Word_bits] &= ~(1UL << (n % Word_bits));
}

void set_heap_reserve(l4_addr_t start)
{
  heap_pages.reserve(start);
}

long alloc_dataspace(l4_size_t size, L4::Cap<L4Re::Dataspace> *ds, unsigned long flags)
{
  L4::Cap<L4Re::Dataspace> slot = cap_slots.alloc<L4Re::Dataspace>();
  if (!slot.is_valid()) return -L4_ENOMEM;
  long const r = L4Re::Env::env()->mem_alloc()->alloc(static_cast<long>(size), slot, flags);
  if (r < 0) {
    cap_slots.release(slot.cap());
    return r;
  }
  *ds = slot;
  return 0;
}

void *Heap_alloc::alloc(l4_size_t size)
{
  return heap.alloc(size);
}
void Heap_alloc::free(void *p, l4_size_t)
{
  heap.free(p);
}

Ldr::Area *Heap_alloc::new_area()
{
  void *mem = heap.alloc(sizeof(Ldr::Area));
  return mem ? new (mem) Ldr::Area : nullptr;
}

void Heap_alloc::delete_area(Ldr::Area *area)
{
  heap.free(area);
}

} // namespace Itas

extern "C" void *malloc(size_t size)
{
  return Itas::heap.alloc(size);
}
extern "C" void free(void *p)
{
  Itas::heap.free(p);
}
