// SPDX-License-Identifier: MIT
/*
 * What threads are made of: stacks and UTCBs.
 */
#include "thread.h"

#include <l4/re/env>
#include <l4/re/rm>
#include <l4/re/util/kumem_alloc>

using L4Re::Env;
using L4Re::Rm;

namespace {

Libc::Mutex utcb_lock;

/// UTCBs that nobody uses, linked through their first message register.
l4_addr_t free_utcbs;

l4_addr_t &next_utcb(l4_addr_t utcb)
{
  return *reinterpret_cast<l4_addr_t *>(utcb);
}

void add_utcbs(l4_addr_t start, l4_addr_t end)
{
  for (; start + L4_UTCB_OFFSET <= end; start += L4_UTCB_OFFSET) {
    next_utcb(start) = free_utcbs;
    free_utcbs = start;
  }
}

/// First what the environment's area has left, later kernel-user memory, a page at a time.
bool more_utcbs()
{
  auto *env = const_cast<Env *>(Env::env());
  constexpr l4_addr_t None = ~0UL;
  l4_addr_t const first = env->first_free_utcb();
  if (first != None) {
    l4_fpage_t const area = env->utcb_area();
    env->first_free_utcb(None);
    add_utcbs(first, l4_fpage_memaddr(area) + (1UL << l4_fpage_size(area)));
    if (free_utcbs) return true;
  }
  l4_addr_t page;
  if (L4Re::Util::kumem_alloc(&page, 0) < 0) return false;
  add_utcbs(page, page + L4_PAGESIZE);
  return true;
}

} // namespace

bool stack_alloc(Stack *stack, l4_size_t size, l4_size_t guard)
{
  size = l4_round_page(size);
  guard = l4_round_page(guard);
  auto const rm = Env::env()->rm();
  l4_addr_t area = 0;
  if (rm->reserve_area(&area, size + guard, Rm::F::Search_addr) < 0) return false;
  l4_addr_t start = area + guard;
  if (rm->attach(&start, size, Rm::F::In_area | Rm::F::Anonymous | Rm::F::RW,
                 L4::Ipc::make_cap(L4::Cap<L4Re::Dataspace>(L4_INVALID_CAP), 0), 0, L4_PAGESHIFT,
                 L4::Cap<L4::Task>::Invalid, "[stack]") < 0) {
    rm->free_area(area);
    return false;
  }
  *stack = {area, start, size};
  return true;
}

void stack_free(Stack const &stack)
{
  if (!stack.area) return;
  auto const rm = Env::env()->rm();
  rm->detach(stack.start, nullptr);
  rm->free_area(stack.area);
}

bool utcb_alloc(l4_addr_t *utcb)
{
  Guard guard(utcb_lock);
  if (!free_utcbs && !more_utcbs()) return false;
  *utcb = free_utcbs;
  free_utcbs = next_utcb(free_utcbs);
  return true;
}

void utcb_free(l4_addr_t utcb)
{
  Guard guard(utcb_lock);
  next_utcb(utcb) = free_utcbs;
  free_utcbs = utcb;
}
