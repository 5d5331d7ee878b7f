/* SPDX-License-Identifier: MIT */
/*
 * Types of POSIX threads; stands in for newlib's header of this name, whose types are numbers of
 * 32 bits. libstdc++ is compiled against these: a change of a size gives a new libstdc++.
 *
 * All words named __word are waited on by address (l4re/libpthread, wait.h). An object of zeros is
 * a valid mutex, condition variable, rwlock, and control word for pthread_once().
 */
#ifndef _SYS__PTHREADTYPES_H_
#define _SYS__PTHREADTYPES_H_

#include <sys/sched.h>
#include <sys/types.h>

/* Where the headers of L4 are not at hand (libstdc++ is built without) a type of the same layout. */
#if __has_include(<l4/sys/__sched_cpu_set.h>)
#include <l4/sys/__sched_cpu_set.h>
#else
typedef struct l4_sched_cpu_set_t {
  unsigned long gran_offset, map;
} l4_sched_cpu_set_t;
#endif

#define PTHREAD_SCOPE_PROCESS 0
#define PTHREAD_SCOPE_SYSTEM  1

#define PTHREAD_INHERIT_SCHED  1
#define PTHREAD_EXPLICIT_SCHED 2

#define PTHREAD_CREATE_DETACHED 0
#define PTHREAD_CREATE_JOINABLE 1

#define PTHREAD_PROCESS_PRIVATE 0
#define PTHREAD_PROCESS_SHARED  1

#define PTHREAD_MUTEX_NORMAL     0
#define PTHREAD_MUTEX_RECURSIVE  1
#define PTHREAD_MUTEX_ERRORCHECK 2
#define PTHREAD_MUTEX_DEFAULT    PTHREAD_MUTEX_NORMAL

#define PTHREAD_PRIO_NONE    0
#define PTHREAD_PRIO_INHERIT 1
#define PTHREAD_PRIO_PROTECT 2

/* Smallest stack for pthread_attr_setstacksize(). */
#define PTHREAD_STACK_MIN 4096

/* Scheduling policy whose priority is that of the L4 scheduler. */
#define SCHED_L4 6

/* Address of the thread's UTCB. */
typedef unsigned long pthread_t;

typedef struct {
  void *__stack; /* lowest address, or 0: allocated */
  unsigned long __stack_size;
  unsigned long __guard_size;
  l4_sched_cpu_set_t affinity; /* map 0: every CPU that the scheduler offers */
  struct sched_param __param;
  int __detach_state;
  int __inherit_sched;
  int __policy;
  int __scope;
  int create_flags; /* PTHREAD_L4_ATTR_NO_START */
} pthread_attr_t;

typedef struct _pthread_mutex {
  unsigned __word; /* 0 free, 1 taken, 2 taken and waited for */
  unsigned __depth;
  unsigned long __owner; /* pthread_t; unused in plain mutexes of type NORMAL */
  unsigned __type;       /* type, with bits for robust and the protocol: mutex.cc */
  int __ceiling;
  struct _pthread_mutex *__next; /* of those with such a bit that the owner holds */
} pthread_mutex_t;
#define _PTHREAD_MUTEX_INITIALIZER { 0, 0, 0, PTHREAD_MUTEX_NORMAL, 0, 0 }
#define PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP { 0, 0, 0, PTHREAD_MUTEX_RECURSIVE, 0, 0 }
#define PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP { 0, 0, 0, PTHREAD_MUTEX_ERRORCHECK, 0, 0 }

typedef struct {
  unsigned __type; /* as in a mutex */
  int __ceiling;
} pthread_mutexattr_t;

typedef struct {
  unsigned __word;    /* counts signals */
  unsigned __waiters; /* threads between wait and return */
  clockid_t __clock;  /* of timeouts; 0: CLOCK_REALTIME */
} pthread_cond_t;
#define _PTHREAD_COND_INITIALIZER { 0, 0, 0 }

typedef struct {
  clockid_t __clock;
} pthread_condattr_t;

typedef unsigned pthread_key_t;

typedef struct {
  unsigned __word; /* 0 not run, 1 running, 2 running and waited for, 3 done */
} pthread_once_t;
#define _PTHREAD_ONCE_INIT { 0 }

typedef struct {
  unsigned __word; /* readers; all ones: one writer */
  unsigned __epoch; /* counts releases, waited on */
  unsigned __waiters;
  unsigned __writers_waiting;
} pthread_rwlock_t;
#define _PTHREAD_RWLOCK_INITIALIZER { 0, 0, 0, 0 }

typedef struct {
  int __reserved;
} pthread_rwlockattr_t;

typedef struct {
  unsigned __word; /* counts rounds, waited on */
  unsigned __arrived;
  unsigned __count;
  pthread_mutex_t __lock;
} pthread_barrier_t;

typedef struct {
  int __reserved;
} pthread_barrierattr_t;

typedef struct {
  unsigned __word;
} pthread_spinlock_t;

#endif
