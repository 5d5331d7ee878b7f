// SPDX-License-Identifier: MIT
#pragma once

#include "environment.h"
#include "fake_kernel.h"

#include <l4/re/util/cap_alloc>
#include <l4/sys/cxx/ipc_server_loop>

#include <gtest/gtest.h>

#include <vector>

constexpr l4_cap_idx_t Server = 0x42000, Region_map = 0x10000;

/// A slot of the program's allocator for received capabilities.
struct Buffers : L4::Ipc_svr::Br_manager_no_buffers {
  L4::Cap<void> slot = L4Re::Util::cap_alloc.alloc();
  ~Buffers() override { L4Re::Util::cap_alloc.free(slot, L4_INVALID_CAP); }
  L4::Cap<void> get_rcv_cap(int) const override { return slot; }
  int realloc_rcv_cap(int) override
  {
    if (failing) return -L4_ENOMEM;
    ++taken;
    slot = L4Re::Util::cap_alloc.alloc();
    return 0;
  }
  unsigned taken = 0;
  bool failing = false;
};

/// A kernel with one server behind the capability `Server`; everything else answers 0.
struct Servers : testing::Test {
  Fake_kernel kernel;
  Buffers buffers;
  unsigned rights = L4_CAP_FPAGE_W;
  long valid = 1; ///< answer to the question whether a capability is there
  std::vector<l4_umword_t> released;

  void serve(L4::Epiface *server)
  {
    server->set_server(&buffers, L4::Cap<void>(Server));
    kernel.handler = [this, server](Fake_kernel::Invocation const &call, l4_umword_t *) {
      l4_umword_t *const mr = l4_utcb_mr()->mr;
      if (call.cap() == L4_BASE_TASK_CAP) {
        bool const is_question = mr[0] == L4_TASK_CAP_INFO_OP;
        if (!is_question) released.push_back(mr[2]);
        return l4_msgtag(is_question ? valid : 0, 0, 0, 0);
      }
      if (call.cap() == Region_map) return region_map();
      if (call.cap() != Server) return l4_msgtag(0, 0, 0, 0);
      for (unsigned i = 0; i < call.tag.items(); ++i) {
        l4_umword_t &control = mr[call.tag.words() + 2 * i];
        if (control) control = (control & ~0xff6UL) | 0x38;
      }
      return server->dispatch(call.tag, rights, l4_utcb());
    };
  }

  /// Everything attached lies in `memory`.
  l4_msgtag_t region_map()
  {
    l4_utcb_mr()->mr[0] = reinterpret_cast<l4_umword_t>(memory);
    return l4_msgtag(0, 3, 0, 0);
  }
  alignas(4096) char memory[4096] = {};
};
