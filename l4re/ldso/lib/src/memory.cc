// SPDX-License-Identifier: MIT
#include "memory.h"

#include <l4/libc_minimal/heap>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/sys/task.h>

#include <string.h>

namespace Ldso {

namespace {

using L4Re::Rm;

constexpr unsigned Word_bits = 64;

struct {
  l4_umword_t first = 0;
  l4_uint64_t used[Slots / Word_bits] = {};
} slots;

class Heap_pages : public Libc_minimal::Page_source {
public:
  void *alloc_pages(unsigned order) override
  {
    return reinterpret_cast<void *>(attach_pages(order));
  }
  void free_pages(void *pages, unsigned order) override
  {
    detach(reinterpret_cast<l4_addr_t>(pages), 1UL << order);
  }
};

Heap_pages heap_pages;
Libc_minimal::Heap heap(&heap_pages);

L4::Cap<Rm> rm()
{
  return L4Re::Env::env()->rm();
}

void detach_all(l4_addr_t start, l4_size_t size, unsigned flags)
{
  long r;
  do
    r = rm()->detach(start, size, nullptr, L4::Cap<L4::Task>(L4_INVALID_CAP), flags);
  while (r >= 0 && (r & Rm::Detach_again));
}

bool attach_read_only(l4_addr_t start, l4_size_t size, L4::Cap<L4Re::Dataspace> ds, char const *name,
                      Rm::Flags where)
{
  return rm()->attach(&start, size, where | Rm::F::R, L4::Ipc::make_cap(ds, L4_CAP_FPAGE_RO), 0,
                      L4_PAGESHIFT, L4::Cap<L4::Task>(L4_INVALID_CAP), name) >= 0;
}

} // namespace

void init_slots()
{
  auto const env = const_cast<L4Re::Env *>(L4Re::Env::env());
  slots.first = env->first_free_cap();
  env->first_free_cap(slots.first + Slots);
}

l4_cap_idx_t alloc_slot()
{
  for (unsigned w = 0; w < Slots / Word_bits; ++w)
    if (l4_uint64_t const unused = ~slots.used[w]) {
      unsigned const bit = static_cast<unsigned>(__builtin_ctzl(unused));
      slots.used[w] |= 1UL << bit;
      return (slots.first + w * Word_bits + bit) << L4_CAP_SHIFT;
    }
  return L4_INVALID_CAP;
}

void free_slot(l4_cap_idx_t slot)
{
  if (l4_is_invalid_cap(slot)) return;
  l4_task_unmap(L4_BASE_TASK_CAP, l4_obj_fpage(slot, 0, L4_CAP_FPAGE_RWSD), L4_FP_ALL_SPACES);
  l4_umword_t const n = (slot >> L4_CAP_SHIFT) - slots.first;
  slots.used[n / Word_bits] &= ~(1UL << (n % Word_bits));
}

void *allocate(l4_size_t size)
{
  return heap.alloc(size);
}

void release(void *object)
{
  heap.free(object);
}

l4_addr_t attach_pages(unsigned order)
{
  l4_addr_t start = 0;
  long const e = rm()->attach(&start, 1UL << order, Rm::F::Search_addr | Rm::F::Anonymous | Rm::F::RW,
                              L4::Ipc::make_cap(L4::Cap<L4Re::Dataspace>(L4_INVALID_CAP), 0), 0,
                              static_cast<unsigned char>(order));
  return e < 0 ? 0 : start;
}

void detach(l4_addr_t start, l4_size_t size)
{
  detach_all(start, size, Rm::Detach_exact);
}

void detach_area(l4_addr_t start, l4_size_t size)
{
  detach_all(start, size, Rm::Detach_overlap);
  rm()->free_area(start);
}

// Region maps cannot change the rights of a region, so the pages are replaced by a copy.
bool protect(l4_addr_t start, l4_size_t size, char const *name)
{
  L4::Cap<L4Re::Dataspace> const ds(alloc_slot());
  if (!ds.is_valid()) return false;
  l4_addr_t copy = 0;
  bool done = false;
  if (L4Re::Env::env()->mem_alloc()->alloc(static_cast<long>(size), ds) >= 0 &&
      rm()->attach(&copy, size, Rm::F::Search_addr | Rm::F::RW, L4::Ipc::make_cap_rw(ds)) >= 0) {
    memcpy(reinterpret_cast<void *>(copy), reinterpret_cast<void *>(start), size);
    detach(copy, size);
    detach(start, size);
    // Libraries lie in areas of their own, a program may lie in none.
    done = attach_read_only(start, size, ds, name, Rm::Flags(Rm::F::In_area)) ||
           attach_read_only(start, size, ds, name, Rm::Flags(0));
  }
  free_slot(ds.cap());
  return done;
}

} // namespace Ldso

// The C++ run-time of libc_minimal wants them.
extern "C" void *malloc(size_t size)
{
  return Ldso::allocate(size);
}
extern "C" void free(void *p)
{
  Ldso::release(p);
}
