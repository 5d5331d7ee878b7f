// SPDX-License-Identifier: MIT
// Two libraries that need each other: they come together and go together.
#include "ring.h"

#include <l4/libtap/tap.h>

#include <dlfcn.h>

#include <initializer_list>

namespace {

constexpr char First[] = "libtest_ring_a.so", Second[] = "libtest_ring_b.so";

bool is_loaded(char const *library)
{
  void *const handle = dlopen(library, RTLD_NOW | RTLD_NOLOAD);
  if (handle) dlclose(handle);
  return handle;
}

} // namespace

TEST("libraries that need each other come and go together; destructors may call the other")
{
  for (int round = 0; round < 3; ++round) {
    for (char const *opened : {First, Second}) {
      Ring_events seen = {};
      void *const handle = dlopen(opened, RTLD_NOW);
      REQUIRE(handle);
      CHECK(is_loaded(First));
      CHECK(is_loaded(Second));
      auto const listen = reinterpret_cast<void (*)(Ring_events *)>(dlsym(handle, "ring_listen"));
      REQUIRE(listen);
      listen(&seen);
      CHECK_EQ(dlclose(handle), 0);
      CHECK_EQ(seen.a_ended, 1);
      CHECK_EQ(seen.b_ended, 1);
      CHECK_EQ(seen.asked_while_ending, 2);
      CHECK(!is_loaded(First));
      CHECK(!is_loaded(Second));
    }
  }
}

TEST("one handle of two keeps both")
{
  void *const a = dlopen(First, RTLD_NOW), *const b = dlopen(Second, RTLD_NOW);
  REQUIRE(a && b);
  dlclose(a);
  CHECK(is_loaded(First));
  auto const ask = reinterpret_cast<int (*)()>(dlsym(b, "ring_b_asks"));
  REQUIRE(ask);
  CHECK_EQ(ask(), 1);
  dlclose(b);
  CHECK(!is_loaded(First));
  CHECK(!is_loaded(Second));
}
