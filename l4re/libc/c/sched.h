/* SPDX-License-Identifier: MIT */
/* Sets of CPUs, as GNU has them; bit n is CPU n of the program's scheduler. */
#ifndef L4_LIBC_SCHED_H
#define L4_LIBC_SCHED_H

#include_next <sched.h>
#include <string.h>

#define CPU_SETSIZE 64

typedef struct {
  unsigned long __bits;
} cpu_set_t;

#define CPU_ZERO(set)      ((set)->__bits = 0)
#define CPU_SET(cpu, set)  ((void)((set)->__bits |= (cpu) < CPU_SETSIZE ? 1UL << (cpu) : 0))
#define CPU_CLR(cpu, set)  ((void)((set)->__bits &= (cpu) < CPU_SETSIZE ? ~(1UL << (cpu)) : ~0UL))
#define CPU_ISSET(cpu, set) ((cpu) < CPU_SETSIZE && ((set)->__bits >> (cpu) & 1))
#define CPU_COUNT(set)     __builtin_popcountl((set)->__bits)
#define CPU_EQUAL(a, b)    ((a)->__bits == (b)->__bits)

#ifdef __cplusplus
extern "C" {
#endif

/* Of the calling thread, for which 0 stands; ESRCH: another process. size: sizeof(cpu_set_t). */
int sched_setaffinity(pid_t pid, size_t size, const cpu_set_t *cpus);
int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *cpus);

#ifdef __cplusplus
}
#endif

#endif
