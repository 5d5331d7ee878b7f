// SPDX-License-Identifier: MIT
#include "check.h"

#include <exception>
#include <memory>
#include <thread>
#include <typeinfo>

namespace {

int destroyed;

struct Counted {
  ~Counted() { ++destroyed; }
};

struct Base {
  virtual ~Base() = default;
};
struct Left : Base {};
struct Right : Base {};

[[gnu::noinline]] void deep(int n)
{
  Counted c;
  if (!n) throw std::out_of_range("deep");
  deep(n - 1);
}

thread_local Counted per_thread;

CASE("exceptions unwind through frames and run destructors")
{
  destroyed = 0;
  bool caught = false;
  try {
    deep(20);
  } catch (std::logic_error const &e) {
    caught = std::string(e.what()) == "deep";
  }
  CHECK(caught && destroyed == 21);
}

CASE("a rethrown exception keeps its type")
{
  bool caught = false;
  try {
    try {
      throw 42;
    } catch (...) {
      throw;
    }
  } catch (int i) {
    caught = i == 42;
  }
  CHECK(caught);
}

CASE("exception_ptr and nested exceptions")
{
  std::exception_ptr p;
  try {
    try {
      throw std::runtime_error("inner");
    } catch (...) {
      std::throw_with_nested(std::logic_error("outer"));
    }
  } catch (...) {
    p = std::current_exception();
  }
  std::string text;
  try {
    std::rethrow_exception(p);
  } catch (std::logic_error const &e) {
    text = e.what();
    try {
      std::rethrow_if_nested(e);
    } catch (std::runtime_error const &inner) {
      text += inner.what();
    }
  }
  CHECK(text == "outerinner");
}

CASE("dynamic_cast and typeid")
{
  std::unique_ptr<Base> const b = std::make_unique<Left>();
  CHECK(dynamic_cast<Left *>(b.get()) && !dynamic_cast<Right *>(b.get()));
  CHECK(typeid(*b) == typeid(Left));
  bool caught = false;
  try {
    (void)dynamic_cast<Right &>(*b);
  } catch (std::bad_cast const &) {
    caught = true;
  }
  CHECK(caught);
}

CASE("a thread's thread_local objects are destroyed at its end")
{
  destroyed = 0;
  std::thread([] { (void)&per_thread; [[maybe_unused]] auto volatile *p = &per_thread; }).join();
  CHECK(destroyed == 1);
}

} // namespace
