// SPDX-License-Identifier: MIT
/*
 * Values of threads by key.
 */
#include "thread.h"

#include <errno.h>

namespace {

/// A key that is made anew must not show the values of its predecessor: creation clears them.
struct Key {
  bool used;
  void (*destructor)(void *);
};

Key keys[Thread::Keys];
Libc::Mutex keys_lock;

/// POSIX: rounds over the keys, because destructors may set values.
constexpr int Rounds = 4;

} // namespace

void run_key_destructors(Thread *self)
{
  for (int round = 0; round < Rounds; ++round) {
    bool found = false;
    for (unsigned i = 0; i < Thread::Keys; ++i) {
      void *const value = self->keys[i];
      auto const destructor = keys[i].destructor;
      if (!value || !destructor) continue;
      self->keys[i] = nullptr;
      destructor(value);
      found = true;
    }
    if (!found) return;
  }
}

extern "C" {

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
  Thread::self();
  Guard guard(keys_lock);
  for (unsigned i = 0; i < Thread::Keys; ++i) {
    if (keys[i].used) continue;
    Guard list(threads_lock);
    for (Thread *t = all_threads; t; t = t->next)
      t->keys[i] = nullptr;
    keys[i] = {true, destructor};
    *key = i;
    return 0;
  }
  return EAGAIN;
}

int pthread_key_delete(pthread_key_t key)
{
  Guard guard(keys_lock);
  if (key >= Thread::Keys || !keys[key].used) return EINVAL;
  keys[key] = {};
  return 0;
}

int pthread_setspecific(pthread_key_t key, void const *value)
{
  if (key >= Thread::Keys || !keys[key].used) return EINVAL;
  Thread::self()->keys[key] = const_cast<void *>(value);
  return 0;
}

void *pthread_getspecific(pthread_key_t key)
{
  return key < Thread::Keys ? Thread::self()->keys[key] : nullptr;
}

} // extern "C"
