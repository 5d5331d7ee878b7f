// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libc/slots.h>
#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/sys/task.h>

/// A dataspace of its own; only the capability goes with the object, regions keep the memory.
class Memory {
public:
  explicit Memory(l4_size_t size) : _cap(libc_slot_alloc())
  {
    _ok = L4Re::Env::env()->mem_alloc()->alloc(static_cast<long>(size), _cap) >= 0;
  }
  Memory(Memory const &) = delete;
  Memory &operator=(Memory const &) = delete;
  ~Memory()
  {
    l4_task_release_cap(L4_BASE_TASK_CAP, _cap.cap());
    libc_slot_free(_cap.cap());
  }
  [[nodiscard]] bool ok() const { return _ok; }
  [[nodiscard]] L4::Cap<L4Re::Dataspace> cap() const { return _cap; }

private:
  L4::Cap<L4Re::Dataspace> _cap;
  bool _ok;
};
