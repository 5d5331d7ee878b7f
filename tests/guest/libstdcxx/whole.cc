// SPDX-License-Identifier: MIT
// What is only there when the library was configured for all that its C library has.
#include "check.h"

#include <atomic>
#include <charconv>
#include <cmath>
#include <coroutine>
#include <cstdlib>
#include <ctime>
#include <cuchar>
#include <iomanip>
#include <map>
#include <memory_resource>
#include <sstream>
#include <string>
#include <syncstream>
#include <thread>
#include <vector>

namespace {

constexpr int Threads = 4;

/// Runs a function in some threads and waits for them.
template <typename F> void in_threads(F const &f)
{
  std::vector<std::jthread> threads;
  for (int i = 0; i < Threads; ++i)
    threads.emplace_back([&f, i] { f(i); });
}

CASE("string: copies are their own, short ones need no memory")
{
  std::string a = "short";
  std::string const b = a;
  CHECK(a.data() != b.data());
  auto const *const object = reinterpret_cast<char const *>(&a);
  CHECK(a.data() >= object && a.data() < object + sizeof(a));
  a[0] = 'S';
  CHECK(b == "short");
}

CASE("memory resources: strings and maps in a buffer of their own")
{
  char buffer[4096];
  std::pmr::monotonic_buffer_resource memory(buffer, sizeof(buffer),
                                             std::pmr::null_memory_resource());
  std::pmr::map<int, std::pmr::string> texts(&memory);
  texts[1] = "a text that is too long for the string object itself";
  auto const *const at = texts[1].data();
  CHECK(at >= buffer && at < buffer + sizeof(buffer));
  std::pmr::synchronized_pool_resource pool;
  in_threads([&](int n) {
    std::pmr::vector<int> numbers(&pool);
    numbers.assign(1000, n);
    CHECK(numbers.back() == n);
  });
}

CASE("osyncstream: what threads write at once stays whole")
{
  std::ostringstream all;
  in_threads([&](int n) {
    for (int i = 0; i < 20; ++i)
      std::osyncstream(all) << n << ' ' << n << ' ' << n << '\n';
  });
  std::istringstream in(all.str());
  int lines = 0;
  for (int a, b, c; in >> a >> b >> c; ++lines)
    CHECK(a == b && b == c);
  CHECK(lines == 20 * Threads);
}

CASE("numbers and text: to_string, stold, hexfloat, to_chars, from_chars")
{
  CHECK(std::to_string(2.5) == "2.500000" && std::to_wstring(1.5f) == L"1.500000");
  CHECK(std::stold("0x1p-3") == 0.125L && std::stod("1e3") == 1000);
  std::ostringstream hex;
  hex << std::hexfloat << 1.5;
  CHECK(hex.str() == "0x1.8p+0");
  char text[64];
  auto const end = std::to_chars(text, text + sizeof(text), 0.1);
  CHECK(std::string(text, end.ptr) == "0.1");
  double value = 0;
  CHECK(std::from_chars(text, end.ptr, value).ec == std::errc{} && value == 0.1);
}

CASE("long double: functions have its precision, not that of double")
{
  constexpr long double Pi = 3.14159265358979323846264338L, E = 2.71828182845904523536028747L;
  constexpr long double Close = 1e-18L; // a double is off by 1e-16
  volatile long double one = 1;
  CHECK(std::abs(std::acos(-one) - Pi) < Close && std::abs(4 * std::atan(one) - Pi) < Close);
  CHECK(std::abs(std::exp(one) - E) < Close && std::abs(std::log(E * one) - 1) < Close);
  CHECK(std::abs(std::pow(2 * one, 0.5L) - std::sqrt(2 * one)) < Close);
  CHECK(std::abs(std::sinh(one) + std::cosh(one) - E) < Close && std::fmod(7 * one, 4) == 3);
}

/// Three numbers that must always be seen together.
struct Triple {
  long a, b, c;
};

CASE("atomic: objects of any size are read and written whole")
{
  std::atomic<Triple> triple(Triple{0, 0, 0});
  CHECK(!triple.is_lock_free());
  in_threads([&](int) {
    for (int i = 0; i < 500; ++i) {
      Triple now = triple.load();
      while (!triple.compare_exchange_weak(now, {now.a + 1, now.b + 2, now.c + 3}))
        ;
      Triple const seen = triple.load();
      CHECK(seen.b == 2 * seen.a && seen.c == 3 * seen.a);
    }
  });
  Triple const last = triple.exchange({1, 2, 3});
  CHECK(last.a == 500 * Threads && triple.load().c == 3);
}

CASE("atomic: 128 bits")
{
  using Number = unsigned __int128;
  alignas(16) Number sum = 0;
  Number const step = (static_cast<Number>(1) << 64) + 1;
  in_threads([&](int) {
    for (int i = 0; i < 500; ++i)
      __atomic_fetch_add(&sum, step, __ATOMIC_SEQ_CST);
  });
  std::atomic_ref<Number> const last(sum);
  CHECK(last.load() == step * (500 * Threads));
  Number expected = 0;
  CHECK(!last.compare_exchange_strong(expected, 1) && expected == step * (500 * Threads));
  CHECK(last.exchange(7) == expected && last.load() == 7);
}

/// Numbers that a coroutine yields.
struct Numbers {
  struct promise_type {
    int value = 0;
    Numbers get_return_object()
    {
      return {std::coroutine_handle<promise_type>::from_promise(*this)};
    }
    std::suspend_always initial_suspend() noexcept { return {}; }
    std::suspend_always final_suspend() noexcept { return {}; }
    std::suspend_always yield_value(int v)
    {
      value = v;
      return {};
    }
    void return_void() {}
    void unhandled_exception() { std::terminate(); }
  };
  std::coroutine_handle<promise_type> handle;
};

Numbers squares(int n)
{
  for (int i = 1; i <= n; ++i)
    co_yield i *i;
}

CASE("coroutines")
{
  Numbers const numbers = squares(4);
  int sum = 0;
  while (numbers.handle.resume(), !numbers.handle.done())
    sum += numbers.handle.promise().value;
  numbers.handle.destroy();
  CHECK(sum == 1 + 4 + 9 + 16);
}

CASE("what C++ has from C11: timespec_get, aligned_alloc, at_quick_exit, characters of UTF-16")
{
  std::timespec time;
  CHECK(std::timespec_get(&time, TIME_UTC) == TIME_UTC && std::timespec_get(&time, 77) == 0);
  void *const memory = std::aligned_alloc(256, 512);
  CHECK(reinterpret_cast<uintptr_t>(memory) % 256 == 0);
  std::free(memory);
  CHECK(std::at_quick_exit([] {}) == 0);
  std::mbstate_t state{};
  char16_t wide = 0;
  CHECK(std::mbrtoc16(&wide, "a", 1, &state) == 1 && wide == u'a');
}

CASE("streams: a long double with all its digits")
{
  std::ostringstream out;
  out << std::setprecision(20) << 1.0L / 3;
  CHECK(out.str().substr(0, 20) == "0.333333333333333333");
}

} // namespace
