// SPDX-License-Identifier: MIT
#include "receive.h"
#include "sched_proxy.h"

#include <l4/sys/err.h>
#include <l4/sys/icu.h>
#include <l4/sys/scheduler.h>

namespace Moe {

namespace {
constexpr unsigned Granularity_shift = 24;
constexpr l4_umword_t Offset_mask = (1UL << Granularity_shift) - 1;
} // namespace

Sched_proxy::Sched_proxy(unsigned limit, unsigned base, Cpu_mask const &cpus)
    : _limit(limit), _base(base), _num_cpus(1), _cpus(cpus)
{
  constexpr l4_umword_t Max = Cpu_mask::Words * L4_MWORD_BITS;
  l4_sched_cpu_set_t all = l4_sched_cpu_set(0, 0);
  l4_umword_t max = 1;
  if (l4_error(l4_scheduler_info(L4_BASE_SCHEDULER_CAP, &max, &all)) >= 0)
    _num_cpus = static_cast<unsigned>(max < Max ? max : Max);
}

l4_sched_cpu_set_t Sched_proxy::limit(l4_sched_cpu_set_t const &set) const
{
  // Granularity g: each bit stands for 2^g CPUs. The result names single CPUs, since a proxy may
  // hold any subset of such a group: the window of 64 CPUs begins at the first one that fits.
  unsigned const g = set.gran_offset >> Granularity_shift;
  l4_umword_t const offset = set.gran_offset & Offset_mask;
  l4_umword_t first = 0, map = 0;
  for (unsigned cpu = 0; cpu < _num_cpus; ++cpu) {
    l4_umword_t const group = g > 24 ? 0 : (cpu - offset) >> g;
    if (cpu < offset || group >= L4_MWORD_BITS || !(set.map >> group & 1) || !_cpus.contains(cpu))
      continue;
    if (!map) first = cpu;
    if (cpu - first < L4_MWORD_BITS) map |= 1UL << (cpu - first);
  }
  return l4_sched_cpu_set(first, 0, map);
}

long Sched_proxy::op_info(L4::Scheduler::Rights, l4_umword_t gran_offset, l4_umword_t &map,
                          l4_umword_t &cpu_max, l4_umword_t &classes)
{
  l4_sched_cpu_set_t set =
      l4_sched_cpu_set(gran_offset & Offset_mask, static_cast<unsigned char>(gran_offset >> 24), 0);
  long const err =
      l4_error(l4_scheduler_info_with_classes(L4_BASE_SCHEDULER_CAP, &cpu_max, &set, &classes));
  if (err < 0) return err;
  unsigned const g = gran_offset >> Granularity_shift > 24 ? 24 : gran_offset >> Granularity_shift;
  map = 0;
  for (unsigned bit = 0; bit < L4_MWORD_BITS; ++bit)
    for (l4_umword_t cpu = 0; cpu < 1UL << g && cpu < cpu_max; ++cpu)
      if (_cpus.contains((gran_offset & Offset_mask) + (l4_umword_t(bit) << g) + cpu)) {
        map |= set.map & 1UL << bit;
        break;
      }
  return 0;
}

long Sched_proxy::op_run_thread(L4::Scheduler::Rights, L4::Ipc::Snd_fpage const &,
                                l4_sched_param_t const &param)
{
  l4_cap_idx_t const thread = receiver.cap(0);
  if (l4_is_invalid_cap(thread)) return -L4_EINVAL;
  l4_sched_param_t limited = param;
  limited.affinity = limit(param.affinity);
  limited.prio = param.prio + _base < _limit ? param.prio + _base : _limit;
  return l4_error(l4_scheduler_run_thread(L4_BASE_SCHEDULER_CAP, thread, &limited));
}

long Sched_proxy::op_idle_time(L4::Scheduler::Rights, l4_sched_cpu_set_t const &,
                               l4_kernel_clock_t &)
{
  return -L4_ENOSYS;
}

long Sched_proxy::op_bind(L4::Icu::Rights, l4_umword_t irq, L4::Ipc::Snd_fpage const &)
{
  l4_cap_idx_t const object = receiver.cap(0);
  if (irq > 0 || l4_is_invalid_cap(object)) return -L4_EINVAL;
  return l4_error(l4_icu_bind(L4_BASE_SCHEDULER_CAP, 0, object));
}

long Sched_proxy::op_unbind(L4::Icu::Rights, l4_umword_t irq, L4::Ipc::Snd_fpage const &)
{
  l4_cap_idx_t const object = receiver.cap(0);
  if (irq > 0 || l4_is_invalid_cap(object)) return -L4_EINVAL;
  return l4_error(l4_icu_unbind(L4_BASE_SCHEDULER_CAP, 0, object));
}

long Sched_proxy::op_info(L4::Icu::Rights, L4::Icu::_Info &info)
{
  info = {};
  info.nr_irqs = 1;
  return 0;
}

long Sched_proxy::op_msi_info(L4::Icu::Rights, l4_umword_t, l4_uint64_t, l4_icu_msi_info_t &)
{
  return -L4_EINVAL;
}

long Sched_proxy::op_mask(L4::Icu::Rights, l4_umword_t)
{
  return -L4_ENOREPLY;
}

long Sched_proxy::op_unmask(L4::Icu::Rights, l4_umword_t)
{
  return -L4_ENOREPLY;
}

long Sched_proxy::op_set_mode(L4::Icu::Rights, l4_umword_t, l4_umword_t)
{
  return 0;
}

} // namespace Moe
