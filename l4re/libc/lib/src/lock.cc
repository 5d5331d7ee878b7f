// SPDX-License-Identifier: MIT
/*
 * The locks that newlib asks for (retargetable locking): one type for plain and recursive ones.
 */
#include "libc_priv.h"
#include "lock.h"

#include <l4/libc/slots.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/task.h>

#include <stdlib.h>
#include <sys/lock.h>

namespace {

/**
 * A thread parks on a semaphore of its own, made when it has to wait for the first time.
 *
 * When no semaphore can be had (no slot, no quota) it looks again every millisecond: slow, but
 * the program goes on, and sleeping lets owners of any priority run.
 */
struct Semaphore_park {
  using Handle = l4_cap_idx_t;

  static Handle prepare()
  {
    if (l4_is_invalid_cap(own)) {
      l4_cap_idx_t const slot = libc_slot_alloc();
      if (l4_is_invalid_cap(slot)) return slot;
      if (l4_error(l4_factory_create(l4re_global_env->factory, L4_PROTO_SEMAPHORE, slot)) < 0) {
        libc_slot_free(slot);
        return L4_INVALID_CAP;
      }
      own = slot;
    }
    return own;
  }

  /// Delete the calling thread's semaphore. It holds no lock and waits for none.
  static void release()
  {
    if (l4_is_invalid_cap(own)) return;
    l4_task_delete_obj(L4_BASE_TASK_CAP, own);
    libc_slot_free(own);
    own = L4_INVALID_CAP;
  }

  static void sleep(Lock<Semaphore_park>::Waiter *self)
  {
    // A wake-up may be left from an earlier wait that saw its flag first: the flag decides.
    while (!__atomic_load_n(&self->handed_over, __ATOMIC_ACQUIRE))
      if (l4_is_invalid_cap(self->handle) ||
          l4_msgtag_has_error(l4_semaphore_down(self->handle, L4_IPC_NEVER)))
        l4_ipc_sleep_ms(1);
  }

  static void wake(Handle handle)
  {
    if (l4_is_valid_cap(handle)) l4_semaphore_up(handle);
  }

private:
  static thread_local Handle own __attribute__((tls_model("initial-exec")));
};

thread_local Semaphore_park::Handle Semaphore_park::own = L4_INVALID_CAP;

/// Identity of the calling thread: the address its FS base points to.
void *self_id()
{
  void *id;
  asm("mov %%fs:0, %0" : "=r"(id));
  return id;
}

} // namespace

void libc_lock_done()
{
  Semaphore_park::release();
}

/// newlib's opaque lock.
struct __lock {
  Lock<Semaphore_park> lock;
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
