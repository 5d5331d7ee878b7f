// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"
#include "receive.h"

#include <l4/libkproxy/scheduler_svr>
#include <l4/sys/cxx/ipc_epiface>
#include <l4/sys/scheduler>

namespace Moe {

using L4kproxy::Cpu_mask;

/// Scheduler with a limited view of the kernel's: all of it is in libkproxy.
class Sched_proxy final : public L4::Epiface_t0<Sched_proxy, L4::Scheduler, Object>,
                          public L4kproxy::Scheduler_svr_t<Sched_proxy> {
public:
  Sched_proxy(unsigned limit, unsigned base, Cpu_mask const &cpus)
      : Scheduler_svr_t(limit, base, cpus)
  {
  }
  static l4_cap_idx_t received_cap() { return receiver.cap(0); }
};

} // namespace Moe
