// SPDX-License-Identifier: MIT
/*
 * Semaphores with names, which are those of this process: there is no place that all processes see.
 */
#include <l4/libc/park.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <new>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

namespace {

/// A semaphore that has a name, or had one and is still open.
struct Named {
  Named *next;
  sem_t semaphore;
  unsigned opens;
  bool linked; ///< it can be found
  char name[]; ///< without the first '/'
};

Libc::Mutex lock;
Named *all;

int fail(int error)
{
  errno = error;
  return -1;
}

/// \return 0 or the error of a bad name: one component behind a '/'
int check(char const *name)
{
  if (name[0] != '/' || !name[1] || strchr(name + 1, '/')) return EINVAL;
  return strlen(name + 1) > NAME_MAX ? ENAMETOOLONG : 0;
}

Named *find(char const *name)
{
  Named *n = all;
  while (n && !(n->linked && !strcmp(n->name, name + 1)))
    n = n->next;
  return n;
}

Named *make(char const *name, unsigned value)
{
  void *const memory = malloc(sizeof(Named) + strlen(name));
  if (!memory) return nullptr;
  auto const n = new (memory) Named{all, {}, 0, true};
  sem_init(&n->semaphore, 0, value);
  strcpy(n->name, name + 1);
  return all = n;
}

void free_unused(Named *unused)
{
  if (unused->opens || unused->linked) return;
  Named **at = &all;
  while (*at != unused)
    at = &(*at)->next;
  *at = unused->next;
  free(unused);
}

int open(char const *name, int flags, unsigned value, sem_t **semaphore)
{
  if (int const e = check(name)) return e;
  if ((flags & O_CREAT) && value > SEM_VALUE_MAX) return EINVAL;
  Libc::Guard guard(lock);
  Named *n = find(name);
  if (n && (flags & O_CREAT) && (flags & O_EXCL)) return EEXIST;
  if (!n && !(flags & O_CREAT)) return ENOENT;
  if (!n && !(n = make(name, value))) return ENOMEM;
  ++n->opens;
  *semaphore = &n->semaphore;
  return 0;
}

} // namespace

extern "C" {

sem_t *sem_open(char const *name, int flags, ...)
{
  unsigned value = 0;
  if (flags & O_CREAT) {
    va_list args;
    va_start(args, flags);
    va_arg(args, mode_t); // one user, who may everything
    value = va_arg(args, unsigned);
    va_end(args);
  }
  sem_t *semaphore;
  if (int const e = open(name, flags, value, &semaphore)) {
    errno = e;
    return SEM_FAILED;
  }
  return semaphore;
}

int sem_close(sem_t *semaphore)
{
  Libc::Guard guard(lock);
  for (Named *n = all; n; n = n->next) {
    if (&n->semaphore != semaphore || !n->opens) continue;
    --n->opens;
    free_unused(n);
    return 0;
  }
  return fail(EINVAL);
}

int sem_unlink(char const *name)
{
  if (int const e = check(name)) return fail(e == EINVAL ? ENOENT : e);
  Libc::Guard guard(lock);
  Named *const n = find(name);
  if (!n) return fail(ENOENT);
  n->linked = false;
  free_unused(n);
  return 0;
}

} // extern "C"
