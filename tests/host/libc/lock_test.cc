// SPDX-License-Identifier: MIT
#include "lock.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using Libc::Lock;

namespace {

/// Parks on a counting semaphore of its own, like the real one.
struct Test_park {
  struct Semaphore {
    std::mutex mutex;
    std::condition_variable condition;
    int count = 0;
  };
  using Handle = Semaphore *;

  static Handle prepare()
  {
    // Kept beyond the thread's end: a waker may still hold the handle then.
    thread_local Semaphore *own = nullptr;
    if (!own) own = all.emplace_back(std::make_unique<Semaphore>()).get();
    return own;
  }
  static void sleep(Lock<Test_park>::Waiter *self)
  {
    while (!__atomic_load_n(&self->handed_over, __ATOMIC_ACQUIRE)) {
      std::unique_lock guard(self->handle->mutex);
      self->handle->condition.wait(guard, [self] { return self->handle->count > 0; });
      --self->handle->count;
    }
  }
  static void wake(Handle h)
  {
    std::lock_guard guard(h->mutex);
    ++h->count;
    h->condition.notify_one();
  }

  struct List {
    std::mutex mutex;
    std::vector<std::unique_ptr<Semaphore>> list;
    std::unique_ptr<Semaphore> &emplace_back(std::unique_ptr<Semaphore> s)
    {
      std::lock_guard guard(mutex);
      return list.emplace_back(std::move(s));
    }
  };
  static inline List all;
};

TEST(Lock, is_free_at_first_and_after_release)
{
  Lock<Test_park> lock;
  EXPECT_TRUE(lock.try_acquire());
  EXPECT_FALSE(lock.try_acquire());
  lock.release();
  EXPECT_TRUE(lock.try_acquire());
}

TEST(Lock, admits_one_thread_at_a_time_and_loses_nobody)
{
  constexpr int Threads = 8, Rounds = 20000;
  Lock<Test_park> lock;
  long counter = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < Threads; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < Rounds; ++i) {
        lock.acquire();
        long const before = counter;
        if (i % 64 == 0) std::this_thread::yield(); // lets others pile up
        counter = before + 1;
        lock.release();
      }
    });
  for (auto &t : threads)
    t.join();
  EXPECT_EQ(counter, long{Threads} * Rounds);
  EXPECT_TRUE(lock.try_acquire());
}

TEST(Lock, is_handed_to_the_one_who_waits_longest)
{
  Lock<Test_park> lock;
  lock.acquire();
  std::vector<int> order;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      lock.acquire();
      order.push_back(t);
      lock.release();
    });
    std::this_thread::sleep_for(std::chrono::milliseconds(30)); // each is queued before the next
  }
  lock.release();
  for (auto &t : threads)
    t.join();
  EXPECT_EQ(order, (std::vector{0, 1, 2, 3}));
}

} // namespace
