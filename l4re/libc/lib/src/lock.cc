// SPDX-License-Identifier: MIT
/*
 * The locks that newlib asks for (retargetable locking): one type for plain and recursive ones.
 */
#include <l4/libc/park.h>

#include <stdlib.h>
#include <sys/lock.h>

namespace {

/// Identity of the calling thread: the address its FS base points to.
void *self_id()
{
  void *id;
  asm("mov %%fs:0, %0" : "=r"(id));
  return id;
}

} // namespace

/// newlib's opaque lock.
struct __lock {
  Libc::Mutex lock;
  void *owner = nullptr; ///< holder, for recursive locks
  unsigned depth = 0;    ///< how often the holder took it beyond the first time

  // Only the holder writes its own id, so a thread reads its own id exactly if it is the holder.
  bool is_mine() const { return __atomic_load_n(&owner, __ATOMIC_RELAXED) == self_id(); }
  void set_owner(void *id) { __atomic_store_n(&owner, id, __ATOMIC_RELAXED); }
};

extern "C" {

__lock __lock___sfp_recursive_mutex;
__lock __lock___atexit_recursive_mutex;
__lock __lock___at_quick_exit_mutex;
__lock __lock___malloc_recursive_mutex;
__lock __lock___env_recursive_mutex;
__lock __lock___tz_mutex;
__lock __lock___dd_hash_mutex;
__lock __lock___arc4random_mutex;

void __retarget_lock_init(_LOCK_T *lock)
{
  *lock = static_cast<_LOCK_T>(calloc(1, sizeof(__lock)));
  if (!*lock) abort();
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
  __retarget_lock_init(lock);
}

void __retarget_lock_close(_LOCK_T lock)
{
  free(lock);
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
  free(lock);
}

void __retarget_lock_acquire(_LOCK_T lock)
{
  lock->lock.acquire();
}

int __retarget_lock_try_acquire(_LOCK_T lock)
{
  return lock->lock.try_acquire();
}

void __retarget_lock_release(_LOCK_T lock)
{
  lock->lock.release();
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
  if (lock->is_mine()) {
    ++lock->depth;
    return;
  }
  lock->lock.acquire();
  lock->set_owner(self_id());
}

int __retarget_lock_try_acquire_recursive(_LOCK_T lock)
{
  if (lock->is_mine()) {
    ++lock->depth;
    return 1;
  }
  if (!lock->lock.try_acquire()) return 0;
  lock->set_owner(self_id());
  return 1;
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
  if (lock->depth) {
    --lock->depth;
    return;
  }
  lock->set_owner(nullptr);
  lock->lock.release();
}

} // extern "C"
