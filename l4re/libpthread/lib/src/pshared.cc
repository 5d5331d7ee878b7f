// SPDX-License-Identifier: MIT
/*
 * Objects that several processes share: there are none but spin locks. Who waits sleeps on a
 * semaphore of its own task, whose capability another task does not have.
 */
#include <errno.h>
#include <pthread.h>

namespace {

int set(int shared)
{
  if (shared == PTHREAD_PROCESS_SHARED) return ENOTSUP;
  return shared == PTHREAD_PROCESS_PRIVATE ? 0 : EINVAL;
}

int get(int *shared)
{
  *shared = PTHREAD_PROCESS_PRIVATE;
  return 0;
}

} // namespace

extern "C" {

int pthread_mutexattr_setpshared(pthread_mutexattr_t *, int shared)
{
  return set(shared);
}

int pthread_mutexattr_getpshared(pthread_mutexattr_t const *, int *shared)
{
  return get(shared);
}

int pthread_condattr_setpshared(pthread_condattr_t *, int shared)
{
  return set(shared);
}

int pthread_condattr_getpshared(pthread_condattr_t const *, int *shared)
{
  return get(shared);
}

int pthread_rwlockattr_setpshared(pthread_rwlockattr_t *, int shared)
{
  return set(shared);
}

int pthread_rwlockattr_getpshared(pthread_rwlockattr_t const *, int *shared)
{
  return get(shared);
}

int pthread_barrierattr_setpshared(pthread_barrierattr_t *, int shared)
{
  return set(shared);
}

int pthread_barrierattr_getpshared(pthread_barrierattr_t const *, int *shared)
{
  return get(shared);
}

} // extern "C"
