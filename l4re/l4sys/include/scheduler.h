// SPDX-License-Identifier: MIT
/** Scheduling parameters and CPUs (kernel-objects.md section 9). */
#pragma once

#include <l4/sys/__sched_cpu_set.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/ipc.h>

enum L4_scheduler_ops {
  L4_SCHEDULER_INFO_OP = 0,
  L4_SCHEDULER_RUN_THREAD_OP = 1,
  L4_SCHEDULER_IDLE_TIME_OP = 2,
};

/** Bits of the scheduling classes a scheduler supports. */
enum L4_scheduler_classes {
  L4_SCHEDULER_CLASS_FIXED_PRIO = 1 << 1,
  L4_SCHEDULER_CLASS_WFQ = 1 << 2,
};

typedef struct l4_sched_param_t {
  l4_sched_cpu_set_t affinity;
  /** 1..255; negative values name a scheduling class. */
  l4_umword_t prio;
  /** Time slice, microseconds; 0 for the default. */
  l4_umword_t quantum;
} l4_sched_param_t;

L4_BEGIN_DECLS

L4_INLINE L4_CONSTEXPR l4_sched_cpu_set_t l4_sched_cpu_set(
    l4_umword_t offset, unsigned char granularity, l4_umword_t map L4_DEFAULT_PARAM(1)) L4_NOTHROW
{
  l4_sched_cpu_set_t cs = {((l4_umword_t)granularity << 24) | (offset & 0x00ffffff), map};
  return cs;
}

/** Parameters with an affinity to all CPUs. */
L4_INLINE L4_CONSTEXPR l4_sched_param_t
l4_sched_param(unsigned prio, l4_umword_t quantum L4_DEFAULT_PARAM(0)) L4_NOTHROW
{
  l4_sched_param_t sp = {l4_sched_cpu_set(0, 0xff, 1), prio, quantum};
  return sp;
}

/**
 * CPUs present and online.
 * \param[out]    cpu_max  Maximum number of CPUs; may be 0.
 * \param[in,out] cpus     In: offset and granularity asked for. Out: map.
 * \param[out]    classes  Supported scheduling classes; may be 0.
 * Outputs are written on success.
 */
L4_INLINE l4_msgtag_t l4_scheduler_info_u(l4_cap_idx_t scheduler, l4_umword_t *cpu_max,
                                          l4_sched_cpu_set_t *cpus, l4_umword_t *classes,
                                          l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_SCHEDULER_INFO_OP;
  m->mr[1] = cpus->gran_offset;

  l4_msgtag_t result =
      l4_ipc_call(scheduler, utcb, l4_msgtag(L4_PROTO_SCHEDULER, 2, 0, 0), L4_IPC_NEVER);
  if (l4_error_u(result, utcb) < 0) return result;
  cpus->map = m->mr[0];
  if (cpu_max) *cpu_max = m->mr[1];
  if (classes) *classes = m->mr[2];
  return result;
}

L4_INLINE l4_msgtag_t l4_scheduler_info(l4_cap_idx_t scheduler, l4_umword_t *cpu_max,
                                        l4_sched_cpu_set_t *cpus) L4_NOTHROW
{
  return l4_scheduler_info_u(scheduler, cpu_max, cpus, 0, l4_utcb());
}

L4_INLINE l4_msgtag_t l4_scheduler_info_with_classes(l4_cap_idx_t scheduler, l4_umword_t *cpu_max,
                                                     l4_sched_cpu_set_t *cpus,
                                                     l4_umword_t *classes) L4_NOTHROW
{
  return l4_scheduler_info_u(scheduler, cpu_max, cpus, classes, l4_utcb());
}

/** Give a thread its parameters; a thread runs only after it got some. */
L4_INLINE l4_msgtag_t l4_scheduler_run_thread_u(l4_cap_idx_t scheduler, l4_cap_idx_t thread,
                                                l4_sched_param_t const *sp,
                                                l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_SCHEDULER_RUN_THREAD_OP;
  m->mr[1] = sp->affinity.gran_offset;
  m->mr[2] = sp->affinity.map;
  m->mr[3] = sp->prio;
  m->mr[4] = sp->quantum;
  __l4_cap_argument(m, 5, thread);
  return l4_ipc_call(scheduler, utcb, l4_msgtag(L4_PROTO_SCHEDULER, 5, 1, 0), L4_IPC_NEVER);
}

L4_INLINE l4_msgtag_t l4_scheduler_run_thread(l4_cap_idx_t scheduler, l4_cap_idx_t thread,
                                              l4_sched_param_t const *sp) L4_NOTHROW
{
  return l4_scheduler_run_thread_u(scheduler, thread, sp, l4_utcb());
}

/** \param[out] us  Idle time of the first online CPU in the set, microseconds; on success. */
L4_INLINE l4_msgtag_t l4_scheduler_idle_time_u(l4_cap_idx_t scheduler,
                                               l4_sched_cpu_set_t const *cpus,
                                               l4_kernel_clock_t *us, l4_utcb_t *utcb) L4_NOTHROW
{
  l4_msg_regs_t *m = l4_utcb_mr_u(utcb);
  m->mr[0] = L4_SCHEDULER_IDLE_TIME_OP;
  m->mr[1] = cpus->gran_offset;
  m->mr[2] = cpus->map;

  l4_msgtag_t result =
      l4_ipc_call(scheduler, utcb, l4_msgtag(L4_PROTO_SCHEDULER, 3, 0, 0), L4_IPC_NEVER);
  if (l4_error_u(result, utcb) >= 0) *us = m->mr64[0];
  return result;
}

L4_INLINE l4_msgtag_t l4_scheduler_idle_time(l4_cap_idx_t scheduler, l4_sched_cpu_set_t const *cpus,
                                             l4_kernel_clock_t *us) L4_NOTHROW
{
  return l4_scheduler_idle_time_u(scheduler, cpus, us, l4_utcb());
}

/** 1 if the CPU is online, else 0. */
L4_INLINE int l4_scheduler_is_online_u(l4_cap_idx_t scheduler, l4_umword_t cpu,
                                       l4_utcb_t *utcb) L4_NOTHROW
{
  l4_sched_cpu_set_t set = l4_sched_cpu_set(cpu, 0, 1);
  l4_msgtag_t result = l4_scheduler_info_u(scheduler, 0, &set, 0, utcb);
  return l4_error_u(result, utcb) >= 0 && (set.map & 1);
}

L4_INLINE int l4_scheduler_is_online(l4_cap_idx_t scheduler, l4_umword_t cpu) L4_NOTHROW
{
  return l4_scheduler_is_online_u(scheduler, cpu, l4_utcb());
}

L4_END_DECLS
