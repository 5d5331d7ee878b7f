// SPDX-License-Identifier: MIT
#pragma once

#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/namespace>
#include <l4/re/protocols.h>
#include <l4/sys/factory>
#include <l4/sys/ipc.h>
#include <l4/sys/task.h>

/**
 * A capability slot; the destructor gives the capability up. Slots are far away from those of the
 * C library's allocator and are used like a stack, so that tests need the same ones in each pass.
 */
template <typename T> class Slot {
public:
  Slot() : _cap(top() += L4_CAP_OFFSET) {}
  ~Slot()
  {
    drop();
    top() -= L4_CAP_OFFSET;
  }
  Slot(Slot const &) = delete;
  Slot &operator=(Slot const &) = delete;

  void drop() { l4_task_release_cap(L4_BASE_TASK_CAP, _cap.cap()); }
  void destroy() { l4_task_delete_obj(L4_BASE_TASK_CAP, _cap.cap()); }
  bool valid() const { return l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, _cap.cap())) > 0; }
  L4::Cap<T> get() const { return _cap; }
  T *operator->() const { return _cap.operator->(); }

private:
  static l4_cap_idx_t &top();

  L4::Cap<T> _cap;
};

inline l4_cap_idx_t &slot_stack_top()
{
  static l4_cap_idx_t top = l4_cap_idx_t(20000) << L4_CAP_SHIFT;
  return top;
}

template <typename T> l4_cap_idx_t &Slot<T>::top()
{
  return slot_stack_top();
}

inline L4::Cap<L4Re::Mem_alloc> mem()
{
  return L4Re::Env::env()->mem_alloc();
}

/// Create an object at a factory. \return label
template <typename T, typename F, typename... Args>
long create(F factory, Slot<T> const &slot, long proto, Args... args)
{
  L4::Factory::S s = L4::Cap<L4::Factory>(factory.cap())->create(L4::Cap<void>(slot.get()), proto);
  ((s << args), ...);
  return l4_error(l4_msgtag_t(s));
}

/// Bytes of RAM that moe has left. Memory of dead objects comes back with moe's next message.
inline l4_umword_t ram_left()
{
  L4Re::Mem_alloc::Stats stats{};
  mem()->info(&stats);
  mem()->info(&stats);
  return stats.mem_free;
}
