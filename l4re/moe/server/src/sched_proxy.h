// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

#include <l4/sys/cxx/ipc_epiface>
#include <l4/sys/scheduler>

namespace Moe {

/// Set of CPUs.
struct Cpu_mask {
  static constexpr unsigned Words = 16; ///< 1024 CPUs

  l4_umword_t word[Words] = {};

  static Cpu_mask all()
  {
    Cpu_mask m;
    for (l4_umword_t &w : m.word)
      w = ~0UL;
    return m;
  }
  bool contains(l4_umword_t cpu) const
  {
    return cpu < Words * L4_MWORD_BITS && (word[cpu / L4_MWORD_BITS] >> cpu % L4_MWORD_BITS & 1);
  }
};

/**
 * Scheduler with a limited view: a base that is added to all priorities, a highest priority, and a
 * set of CPUs (l4re-protocols.md section 9).
 */
class Sched_proxy final : public L4::Epiface_t0<Sched_proxy, L4::Scheduler, Object> {
public:
  /// \param cpus  bits beyond the CPUs of this machine are ignored
  Sched_proxy(unsigned limit, unsigned base, Cpu_mask const &cpus);

  long op_info(L4::Scheduler::Rights, l4_umword_t gran_offset, l4_umword_t &map,
               l4_umword_t &cpu_max, l4_umword_t &classes);
  long op_run_thread(L4::Scheduler::Rights, L4::Ipc::Snd_fpage const &thread,
                     l4_sched_param_t const &param);
  long op_idle_time(L4::Scheduler::Rights, l4_sched_cpu_set_t const &cpus, l4_kernel_clock_t &us);

  // Interrupt 0 of the kernel's scheduler tells about CPUs that come and go.
  long op_bind(L4::Icu::Rights, l4_umword_t irq, L4::Ipc::Snd_fpage const &object);
  long op_unbind(L4::Icu::Rights, l4_umword_t irq, L4::Ipc::Snd_fpage const &object);
  long op_info(L4::Icu::Rights, L4::Icu::_Info &info);
  long op_msi_info(L4::Icu::Rights, l4_umword_t, l4_uint64_t, l4_icu_msi_info_t &);
  long op_mask(L4::Icu::Rights, l4_umword_t);
  long op_unmask(L4::Icu::Rights, l4_umword_t);
  long op_set_mode(L4::Icu::Rights, l4_umword_t, l4_umword_t);

private:
  /// The CPUs of a set that belong to this proxy, in a form the kernel understands.
  l4_sched_cpu_set_t limit(l4_sched_cpu_set_t const &set) const;

  unsigned _limit, _base;
  unsigned _num_cpus; ///< of the machine, as far as a mask can name them
  Cpu_mask _cpus;
};

} // namespace Moe
