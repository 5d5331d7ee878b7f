// SPDX-License-Identifier: MIT
// C++20: threads that stop, latches, barriers, semaphores, atomics that wait; ranges, random devices.
#include "check.h"

#include <algorithm>
#include <atomic>
#include <barrier>
#include <chrono>
#include <latch>
#include <mutex>
#include <numeric>
#include <random>
#include <ranges>
#include <semaphore>
#include <set>
#include <shared_mutex>
#include <span>
#include <stop_token>
#include <thread>

namespace {

using namespace std::chrono_literals;

CASE("jthread and stop_token: a request ends the loop, the destructor joins")
{
  std::atomic<int> rounds = 0;
  bool stopped = false;
  {
    std::jthread const t([&](std::stop_token stop) {
      std::stop_callback const callback(stop, [&] { stopped = true; });
      while (!stop.stop_requested()) {
        ++rounds;
        std::this_thread::sleep_for(1ms);
      }
    });
    while (rounds < 3)
      std::this_thread::yield();
  }
  CHECK(stopped && rounds >= 3);
}

CASE("latch, barrier, counting_semaphore")
{
  constexpr int Threads = 4, Rounds = 10;
  std::latch begin(Threads);
  std::counting_semaphore<2> two(2);
  std::atomic<int> inside = 0, most = 0, arrived = 0, wrong = 0;
  std::barrier round(Threads, [&]() noexcept { wrong += arrived.exchange(0) != Threads; });
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < Threads; ++i)
      threads.emplace_back([&] {
        begin.arrive_and_wait();
        for (int r = 0; r < Rounds; ++r) {
          ++arrived;
          round.arrive_and_wait();
          two.acquire();
          int const now = ++inside;
          for (int old = most; old < now && !most.compare_exchange_weak(old, now);) {}
          --inside;
          two.release();
        }
      });
  }
  CHECK(wrong == 0 && most >= 1 && most <= 2);
}

CASE("atomic wait and notify; shared_mutex")
{
  std::atomic<int> turn = 0;
  std::shared_mutex mutex;
  int value = 0;
  std::jthread const other([&] {
    for (int i = 1; i < 100; i += 2) {
      for (int now = turn; now != i; now = turn)
        turn.wait(now);
      std::unique_lock const lock(mutex);
      ++value;
      turn = i + 1;
      turn.notify_all();
    }
  });
  for (int i = 0; i < 100; i += 2) {
    for (int now = turn; now != i; now = turn)
      turn.wait(now);
    std::shared_lock const lock(mutex);
    CHECK(value == i / 2);
    turn = i + 1;
    turn.notify_all();
  }
  while (turn != 100)
    std::this_thread::yield();
  CHECK(value == 50);
}

CASE("chrono: clocks, conversions, a sleep until")
{
  auto const begin = std::chrono::steady_clock::now();
  std::this_thread::sleep_until(begin + 10ms);
  auto const passed = std::chrono::steady_clock::now() - begin;
  CHECK(passed >= 10ms);
  CHECK(std::chrono::duration_cast<std::chrono::microseconds>(1500ns) == 1us);
  auto const day = std::chrono::sys_days(std::chrono::year(2024) / 2 / 29);
  CHECK(std::chrono::weekday(day) == std::chrono::Thursday);
  CHECK(std::chrono::system_clock::now().time_since_epoch() >= 0s);
}

CASE("random_device differs; engines and distributions repeat")
{
  std::random_device device;
  std::set<unsigned> words;
  for (int i = 0; i < 16; ++i)
    words.insert(device());
  CHECK(words.size() > 14);
  std::mt19937 a(1), b(1);
  CHECK(a() == b() && a() == b());
  CHECK(std::mt19937(5489)() == 3499211612U);
  std::normal_distribution<double> normal(10, 1);
  double sum = 0;
  for (int i = 0; i < 1000; ++i)
    sum += normal(a);
  CHECK(sum > 9500 && sum < 10500);
}

CASE("ranges, span, three-way comparison")
{
  std::vector<int> v(20);
  std::iota(v.begin(), v.end(), 0);
  int sum = 0;
  for (int n : v | std::views::filter([](int x) { return x % 2; }) |
                   std::views::transform([](int x) { return x * x; }) | std::views::take(3))
    sum += n;
  CHECK(sum == 1 + 9 + 25);
  std::span<int> const middle = std::span(v).subspan(5, 10);
  CHECK(std::ranges::max(middle) == 14);
  CHECK((std::vector{1, 2, 3} <=> std::vector{1, 3}) < 0);
}

} // namespace
