// SPDX-License-Identifier: MIT
#include "check.h"

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <shared_mutex>
#include <thread>

namespace {

using namespace std::chrono_literals;

CASE("four threads and a mutex")
{
  std::mutex m;
  int n = 0;
  std::vector<std::thread> t;
  for (int i = 0; i < 4; ++i)
    t.emplace_back([&] {
      for (int k = 0; k < 300; ++k) {
        std::lock_guard guard(m);
        int const seen = n;
        if (k % 16 == 0) std::this_thread::yield();
        n = seen + 1;
      }
    });
  for (std::thread &x : t)
    x.join();
  CHECK(n == 1200);
}

CASE("condition_variable: notify and time out")
{
  std::mutex m;
  std::condition_variable c;
  bool ready = false;
  std::thread t([&] {
    std::lock_guard guard(m);
    ready = true;
    c.notify_one();
  });
  {
    std::unique_lock lock(m);
    c.wait(lock, [&] { return ready; });
    CHECK(c.wait_for(lock, 2ms) == std::cv_status::timeout);
  }
  t.join();
}

CASE("async, promise and an exception through a future")
{
  CHECK(std::async(std::launch::async, [] { return 6 * 7; }).get() == 42);
  auto f = std::async(std::launch::async, []() -> int { throw std::runtime_error("far"); });
  bool caught = false;
  try {
    f.get();
  } catch (std::runtime_error const &e) {
    caught = std::string(e.what()) == "far";
  }
  CHECK(caught);
}

CASE("call_once runs once")
{
  std::once_flag flag;
  int runs = 0;
  std::vector<std::thread> t;
  for (int i = 0; i < 4; ++i)
    t.emplace_back([&] { std::call_once(flag, [&] { ++runs; }); });
  for (std::thread &x : t)
    x.join();
  CHECK(runs == 1);
}

CASE("shared_mutex, recursive_mutex, sleep_for")
{
  std::shared_mutex s;
  std::shared_lock a(s), b(s);
  CHECK(!s.try_lock());
  std::recursive_mutex r;
  std::lock_guard one(r), two(r);
  auto const start = std::chrono::steady_clock::now();
  std::this_thread::sleep_for(3ms);
  CHECK(std::chrono::steady_clock::now() - start >= 3ms);
}

} // namespace
