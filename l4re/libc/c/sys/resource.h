/* SPDX-License-Identifier: MIT */
/*
 * Limits and usage; stands in for newlib's header of this name, which knows times only. What a
 * program may have is decided by its quota, not here.
 */
#ifndef _SYS_RESOURCE_H_
#define _SYS_RESOURCE_H_

#include <sys/time.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned long rlim_t;
struct rlimit {
  rlim_t rlim_cur, rlim_max;
};

#define RLIM_INFINITY (~0UL)
#define RLIM_SAVED_CUR RLIM_INFINITY
#define RLIM_SAVED_MAX RLIM_INFINITY

#define RLIMIT_CPU 0
#define RLIMIT_FSIZE 1
#define RLIMIT_DATA 2
#define RLIMIT_STACK 3
#define RLIMIT_CORE 4
#define RLIMIT_NOFILE 5
#define RLIMIT_AS 6

#define RUSAGE_SELF 0
#define RUSAGE_CHILDREN (-1)
#define RUSAGE_THREAD 1

struct rusage {
  struct timeval ru_utime; /* all of the time: the kernel does not tell it from ru_stime */
  struct timeval ru_stime;
  long ru_maxrss, ru_ixrss, ru_idrss, ru_isrss, ru_minflt, ru_majflt, ru_nswap, ru_inblock,
      ru_oublock, ru_msgsnd, ru_msgrcv, ru_nsignals, ru_nvcsw, ru_nivcsw; /* not counted: 0 */
};

#define PRIO_PROCESS 0
#define PRIO_PGRP 1
#define PRIO_USER 2

int getrusage(int who, struct rusage *usage);
/* Fixed figures: setrlimit() takes what is not below or above them, else EPERM. */
int getrlimit(int resource, struct rlimit *limit);
int setrlimit(int resource, const struct rlimit *limit);
/* Niceness is 0; priorities are those of L4: pthread_setschedparam(). */
int getpriority(int which, id_t who);
int setpriority(int which, id_t who, int niceness);

#ifdef __cplusplus
}
#endif

#endif
