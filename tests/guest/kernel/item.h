// SPDX-License-Identifier: MIT
// A message with items to a thread whose buffers the test chooses.
#pragma once

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

namespace Tap {

/// A thread that waits once with the buffers given and keeps tag and return items.
struct Order {
  l4_umword_t bdr = 0;
  l4_umword_t br[6] = {};
};

inline void receive_items(Worker &me)
{
  Order const &order = me.data<Order>();
  poison_mrs();
  bdr() = order.bdr;
  for (unsigned i = 0; i < 6; ++i)
    br(i) = order.br[i];
  me.result = wait();
  for (unsigned i = 0; i < 8; ++i)
    me.value[i] = mr(i);
  no_buffers();
}

constexpr l4_umword_t small(l4_cap_idx_t cap, unsigned flags = 0)
{
  return (cap & L4_FPAGE_ADDR_MASK) | L4_RCV_ITEM_SINGLE_CAP | flags;
}

constexpr l4_umword_t Full = L4_ITEM_MAP;

enum : l4_umword_t { Mapped = 0, Nothing = 2, Local_id = 4, Flexpage = 6 };
constexpr l4_umword_t kind(l4_umword_t return_item)
{
  return return_item & 6;
}

/// Runs a receiver in another task (or in this one) and sends it words and items.
struct Transfer {
  Child_task task;
  Order order;
  Worker worker;
  Result sent{};

  explicit Transfer(Order what) : order(what), worker(receive_items, &order, Prio_high, share())
  {
    worker.start();
  }
  Child_task *share()
  {
    CHECK_LABEL(task.share_image(), 0);
    return &task;
  }
  void run(std::initializer_list<l4_umword_t> words, std::initializer_list<Item> items)
  {
    sent = send(worker.cap(), 5, words, items, Zero);
    CHECK(worker.finished());
  }
  Result const &got() const { return worker.result; }
};

constexpr l4_cap_idx_t Target = 20 << L4_CAP_SHIFT; ///< a free slot of the child task

} // namespace Tap
