// SPDX-License-Identifier: MIT
#include "clients.h"

#include <l4/sys/consts.h>
#include <l4/sys/err.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/irq.h>
#include <l4/sys/kernel_object.h>
#include <l4/sys/rcv_endpoint.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

namespace {

constexpr unsigned Label_shift = 4;

constexpr l4_cap_idx_t cap(unsigned slot)
{
  return l4_cap_idx_t(slot) << L4_CAP_SHIFT;
}

/// Withdraw mappings from all other tasks: [start, end) cut into naturally aligned flexpages.
template <typename Fpage>
void unmap(l4_uint64_t start, l4_uint64_t end, unsigned unit_order, Fpage &&fpage)
{
  while (start < end) {
    unsigned order = unit_order;
    while (!(start & ((2UL << order) - 1)) && start + (2UL << order) <= end)
      ++order;
    l4_task_unmap(L4_BASE_TASK_CAP, fpage(start, order), L4_FP_OTHER_SPACES);
    start += 1UL << order;
  }
}

void unmap_memory(l4_uint64_t start, l4_uint64_t end)
{
  unmap(start, end, L4_LOG2_PAGESIZE,
        [](l4_uint64_t addr, unsigned order) { return l4_fpage(addr, order, L4_FPAGE_RWX); });
}

void unmap_ports(l4_uint64_t start, l4_uint64_t end)
{
  unmap(start, end, 0, [](l4_uint64_t port, unsigned order) { return l4_iofpage(port, order); });
}

} // namespace

void Clients::init()
{
  l4_cap_idx_t const irq = cap(Irq_slot);
  if (l4_error(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq)) < 0) return;
  l4_rcv_ep_bind_thread(irq, L4_BASE_THREAD_CAP, Deletion_label);
  l4_thread_register_del_irq(L4_BASE_THREAD_CAP, irq);
}

bool Clients::dead(unsigned slot) const
{
  // Asks for the counter without changing it. Nobody holds a counted capability: also dead, it
  // happens when the reply with the new gate did not reach the client.
  l4_msgtag_t const tag = l4_kobject_dec_refcnt(cap(slot), 0);
  return l4_error(tag) < 0 || static_cast<l4_mword_t>(l4_utcb_mr()->mr[0]) <= 0;
}

void Clients::collect()
{
  for (unsigned slot = First_slot; slot < End_slot; ++slot)
    if (_used[slot] && dead(slot)) {
      l4_task_delete_obj(L4_BASE_TASK_CAP, cap(slot));
      _memory.release(slot, unmap_memory, unmap_ports);
      _used[slot] = false;
    }
}

long Clients::create()
{
  collect();
  for (unsigned n = First_slot; n < End_slot; ++n) {
    unsigned const slot = _next;
    _next = _next + 1 < End_slot ? _next + 1 : First_slot;
    if (_used[slot]) continue;
    long const err = l4_error(l4_factory_create_gate(
        L4_BASE_FACTORY_CAP, cap(slot), L4_BASE_THREAD_CAP, l4_umword_t(slot) << Label_shift));
    if (err < 0) return err;
    l4_kobject_dec_refcnt(cap(slot), 1);
    _used[slot] = true;
    return slot;
  }
  return -L4_ENOMEM;
}
