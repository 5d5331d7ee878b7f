// SPDX-License-Identifier: MIT
/** Bodies of the longer client functions of L4Re::Rm. */
#pragma once

#include <l4/re/rm>

namespace L4Re {

inline l4_ret_t Rm::attach(l4_addr_t *start, unsigned long size, Flags flags,
                           L4::Ipc::Cap<Dataspace> mem, Offset offset, unsigned char align,
                           L4::Cap<L4::Task> task, char const *name,
                           Offset backing_offset) const noexcept
{
  // What fits beside the other arguments and the item; the server ends the string itself.
  enum : unsigned long { Max_name = 400 };

  l4_cap_idx_t client_cap = mem.cap().cap();
  if (!(flags & F::Rights_mask) || (flags & (F::Reserved | F::Kernel)))
    mem = L4::Ipc::Cap<Dataspace>();
  else if (mem.is_valid())
    mem = L4::Ipc::Cap<Dataspace>(mem.cap(), mem.rights() & flags.cap_rights(), mem.map_type());

  L4::Ipc::String<> text(name ? name : "");
  if (text.length > Max_name) text.length = Max_name;

  l4_ret_t r =
      attach_t::call(c(), start, size, flags, offset, align, client_cap, text, backing_offset, mem);
  if (r < 0) return r;

  // Pages that cannot be had now come with the first access, or fail there.
  if (flags.raw & F::Eager_map)
    page_in(*start, size, F::Region_flags(flags.raw & F::Rights_mask), task);
  return r;
}

inline int Rm::detach(l4_addr_t start, unsigned long size, L4::Cap<Dataspace> *mem,
                      L4::Cap<L4::Task> const &task, unsigned flags) const noexcept
{
  enum { Unmapped_by_server = 8 };

  l4_addr_t rstart = 0;
  unsigned long rsize = 0;
  l4_cap_idx_t client_cap = L4_INVALID_CAP;
  l4_ret_t r = detach_t::call(c(), start, size, flags, &rstart, &rsize, &client_cap);
  if (r < 0) return r;

  if (mem) *mem = L4::Cap<Dataspace>(client_cap);
  if ((r & Unmapped_by_server) || !task.is_valid()) return r & ~Unmapped_by_server;

  l4_addr_t end = l4_round_page(rstart + rsize);
  for (l4_addr_t at = l4_trunc_page(rstart); at < end;) {
    unsigned char order = l4_fpage_max_order(L4_PAGESHIFT, at, at, end);
    task->unmap(l4_fpage(at, order, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
    at += 1UL << order;
  }
  return r;
}

inline l4_ret_t Rm::page_in(l4_addr_t start, unsigned long size, F::Region_flags rights,
                            L4::Cap<L4::Task> task) const noexcept
{
  /** Function of the in-task region map that does all of it. */
  typedef l4_ret_t Helper(l4_addr_t first, l4_addr_t last, l4_uint16_t rights);

  l4_addr_t last = l4_round_page(start + size) - 1;
  for (l4_addr_t at = l4_trunc_page(start); at <= last;) {
    unsigned char order = l4_fpage_max_order(L4_PAGESHIFT, at, at, last + 1);
    l4_addr_t helper = 0;
    L4::Ipc::Opt<L4::Ipc::Snd_fpage> received;
    l4_ret_t r = page_in_t::call(c(), at, last, rights, L4::Ipc::Rcv_fpage::mem(at, order, 0, task),
                                 &helper, received);
    if (r < 0) return r;
    if (helper) return reinterpret_cast<Helper *>(helper)(at, last, rights);

    unsigned got = received.is_valid() ? received.value().rcv_order() : 0;
    if (got < L4_PAGESHIFT || got > order) got = L4_PAGESHIFT;
    at += 1UL << got;
    if (at == 0) break;
  }
  return 0;
}

} // namespace L4Re
