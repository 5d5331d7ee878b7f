// SPDX-License-Identifier: MIT
/*
 * Attributes of threads.
 */
#include "thread.h"

#include <l4/re/consts.h>
#include <pthread-l4.h>

#include <errno.h>
#include <pthread.h>

namespace {
constexpr unsigned long Default_stack = 256 << 10, Default_guard = 4096;
}

extern "C" {

int pthread_attr_init(pthread_attr_t *attr)
{
  *attr = {};
  attr->__stack_size = Default_stack;
  attr->__guard_size = Default_guard;
  attr->__detach_state = PTHREAD_CREATE_JOINABLE;
  attr->__inherit_sched = PTHREAD_INHERIT_SCHED;
  attr->__policy = SCHED_L4;
  attr->__param.sched_priority = L4RE_MAIN_THREAD_PRIO;
  attr->__scope = PTHREAD_SCOPE_SYSTEM;
  return 0;
}

int pthread_attr_destroy(pthread_attr_t *)
{
  return 0;
}

int pthread_attr_setstacksize(pthread_attr_t *attr, size_t size)
{
  if (size < PTHREAD_STACK_MIN) return EINVAL;
  attr->__stack_size = size;
  return 0;
}

int pthread_attr_getstacksize(pthread_attr_t const *attr, size_t *size)
{
  *size = attr->__stack_size;
  return 0;
}

int pthread_attr_setstack(pthread_attr_t *attr, void *stack, size_t size)
{
  if (!stack || size < PTHREAD_STACK_MIN) return EINVAL;
  attr->__stack = stack;
  attr->__stack_size = size;
  return 0;
}

int pthread_attr_getstack(pthread_attr_t const *attr, void **stack, size_t *size)
{
  *stack = attr->__stack;
  *size = attr->__stack_size;
  return 0;
}

int pthread_attr_setguardsize(pthread_attr_t *attr, size_t size)
{
  attr->__guard_size = size;
  return 0;
}

int pthread_attr_getguardsize(pthread_attr_t const *attr, size_t *size)
{
  *size = attr->__guard_size;
  return 0;
}

int pthread_attr_setdetachstate(pthread_attr_t *attr, int state)
{
  if (state != PTHREAD_CREATE_DETACHED && state != PTHREAD_CREATE_JOINABLE) return EINVAL;
  attr->__detach_state = state;
  return 0;
}

int pthread_attr_getdetachstate(pthread_attr_t const *attr, int *state)
{
  *state = attr->__detach_state;
  return 0;
}

int pthread_attr_setinheritsched(pthread_attr_t *attr, int inherit)
{
  if (inherit != PTHREAD_INHERIT_SCHED && inherit != PTHREAD_EXPLICIT_SCHED) return EINVAL;
  attr->__inherit_sched = inherit;
  return 0;
}

int pthread_attr_getinheritsched(pthread_attr_t const *attr, int *inherit)
{
  *inherit = attr->__inherit_sched;
  return 0;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
  attr->__policy = policy;
  return 0;
}

int pthread_attr_getschedpolicy(pthread_attr_t const *attr, int *policy)
{
  *policy = attr->__policy;
  return 0;
}

int pthread_attr_setschedparam(pthread_attr_t *attr, sched_param const *param)
{
  attr->__param = *param;
  return 0;
}

int pthread_attr_getschedparam(pthread_attr_t const *attr, sched_param *param)
{
  *param = attr->__param;
  return 0;
}

/// Every thread competes with all others of the system.
int pthread_attr_setscope(pthread_attr_t *, int scope)
{
  return scope == PTHREAD_SCOPE_SYSTEM ? 0 : ENOTSUP;
}

int pthread_attr_getscope(pthread_attr_t const *attr, int *scope)
{
  *scope = attr->__scope;
  return 0;
}

int pthread_attr_setaffinity_l4(pthread_attr_t *attr, l4_sched_cpu_set_t const *cpus)
{
  attr->affinity = *cpus;
  return 0;
}

int pthread_attr_getaffinity_l4(pthread_attr_t const *attr, l4_sched_cpu_set_t *cpus)
{
  *cpus = attr->affinity;
  return 0;
}

/// Of the main thread the stack is not known: null and 0.
int pthread_getattr_np(pthread_t id, pthread_attr_t *attr)
{
  Thread *const t = Thread::given(id);
  if (!t) return ESRCH;
  pthread_attr_init(attr);
  attr->__stack = reinterpret_cast<void *>(t->stack.start);
  attr->__stack_size = t->stack.size;
  attr->__guard_size = t->guard;
  attr->__detach_state = t->detached ? PTHREAD_CREATE_DETACHED : PTHREAD_CREATE_JOINABLE;
  attr->__policy = t->policy;
  attr->__param.sched_priority = t->priority;
  attr->affinity = t->cpus;
  return 0;
}

} // extern "C"
