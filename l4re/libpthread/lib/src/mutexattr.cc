// SPDX-License-Identifier: MIT
/*
 * Attributes of mutexes.
 */
#include "mutex.h"

#include <errno.h>

using namespace Mutex_word;

namespace {

constexpr int Min_ceiling = 1, Max_ceiling = 255;

bool bad_ceiling(int ceiling)
{
  return ceiling < Min_ceiling || ceiling > Max_ceiling;
}

} // namespace

extern "C" {

int pthread_mutexattr_init(pthread_mutexattr_t *attr)
{
  *attr = {PTHREAD_MUTEX_DEFAULT, Max_ceiling};
  return 0;
}

int pthread_mutexattr_destroy(pthread_mutexattr_t *)
{
  return 0;
}

int pthread_mutexattr_settype(pthread_mutexattr_t *attr, int type)
{
  if (type < PTHREAD_MUTEX_NORMAL || type > PTHREAD_MUTEX_ERRORCHECK) return EINVAL;
  attr->__type = (attr->__type & ~unsigned{Type_mask}) | static_cast<unsigned>(type);
  return 0;
}

int pthread_mutexattr_gettype(pthread_mutexattr_t const *attr, int *type)
{
  *type = static_cast<int>(attr->__type & Type_mask);
  return 0;
}

int pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int robust)
{
  if (robust != PTHREAD_MUTEX_STALLED && robust != PTHREAD_MUTEX_ROBUST) return EINVAL;
  attr->__type =
      (attr->__type & ~unsigned{Robust}) | (robust == PTHREAD_MUTEX_ROBUST ? unsigned{Robust} : 0U);
  return 0;
}

int pthread_mutexattr_getrobust(pthread_mutexattr_t const *attr, int *robust)
{
  *robust = attr->__type & Robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED;
  return 0;
}

int pthread_mutexattr_setprotocol(pthread_mutexattr_t *attr, int protocol)
{
  if (protocol < PTHREAD_PRIO_NONE || protocol > PTHREAD_PRIO_PROTECT) return EINVAL;
  attr->__type &= ~unsigned{Inherit | Protect};
  if (protocol == PTHREAD_PRIO_INHERIT) attr->__type |= Inherit;
  if (protocol == PTHREAD_PRIO_PROTECT) attr->__type |= Protect;
  return 0;
}

int pthread_mutexattr_getprotocol(pthread_mutexattr_t const *attr, int *protocol)
{
  *protocol = attr->__type & Inherit   ? PTHREAD_PRIO_INHERIT
              : attr->__type & Protect ? PTHREAD_PRIO_PROTECT
                                       : PTHREAD_PRIO_NONE;
  return 0;
}

int pthread_mutexattr_setprioceiling(pthread_mutexattr_t *attr, int ceiling)
{
  if (bad_ceiling(ceiling)) return EINVAL;
  attr->__ceiling = ceiling;
  return 0;
}

int pthread_mutexattr_getprioceiling(pthread_mutexattr_t const *attr, int *ceiling)
{
  *ceiling = attr->__ceiling;
  return 0;
}

int pthread_mutex_getprioceiling(pthread_mutex_t const *m, int *ceiling)
{
  if (!(m->__type & Protect)) return EINVAL;
  *ceiling = m->__ceiling;
  return 0;
}

int pthread_mutex_setprioceiling(pthread_mutex_t *m, int ceiling, int *old)
{
  if (!(m->__type & Protect) || bad_ceiling(ceiling)) return EINVAL;
  if (int const error = pthread_mutex_lock(m)) return error;
  if (old) *old = m->__ceiling;
  m->__ceiling = ceiling;
  return pthread_mutex_unlock(m);
}

} // extern "C"
