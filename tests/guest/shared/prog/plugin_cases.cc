// SPDX-License-Identifier: MIT
// Libraries that come and go while the program runs.
#include "linked.h"

#include <l4/libtap/tap.h>

#include <dlfcn.h>
#include <link.h>

#include <cstring>
#include <thread>

namespace {

/// What happened since the program began: the first two events are those of the start.
constexpr size_t Start_events = 2;

constexpr char Plugin[] = "libtest_plugin.so";

template <typename F> F *function(void *handle, char const *name)
{
  return reinterpret_cast<F *>(dlsym(handle, name));
}

} // namespace

TEST("a library is opened, used and closed; its constructors and destructors run")
{
  events().resize(Start_events);
  void *const handle = dlopen(Plugin, RTLD_NOW);
  REQUIRE(handle);
  CHECK_EQ(events().size(), Start_events + 1);
  auto const value = static_cast<int *>(dlsym(handle, "plugin_value"));
  REQUIRE(value);
  CHECK_EQ(*value, 5);
  CHECK(!dlsym(RTLD_DEFAULT, "plugin_value")); // RTLD_LOCAL
  CHECK(dlopen(Plugin, RTLD_NOW | RTLD_NOLOAD) == handle);
  CHECK_EQ(dlclose(handle), 0);
  CHECK_EQ(events().size(), Start_events + 1); // it is open twice
  CHECK_EQ(dlclose(handle), 0);
  REQUIRE(events().size() == Start_events + 2);
  CHECK(events()[2] == "plugin begins");
  CHECK(events()[3] == "plugin ends");
  CHECK(!dlopen(Plugin, RTLD_NOW | RTLD_NOLOAD));
}

TEST("its thread-local variables are fresh in every thread, and again when it comes back")
{
  for (int round = 0; round < 3; ++round) {
    void *const handle = dlopen(Plugin, RTLD_LAZY);
    REQUIRE(handle);
    auto const call = function<int()>(handle, "plugin_call");
    REQUIRE(call);
    CHECK_EQ(call(), 101);
    CHECK_EQ(call(), 102);
    auto const is_zero = function<bool()>(handle, "plugin_is_zero");
    REQUIRE(is_zero);
    CHECK(is_zero());
    for (int thread = 0; thread < 3; ++thread) { // a later one gets memory that an earlier one used
      int other = 0;
      bool zero = false;
      std::thread([&] {
        other = call();
        zero = is_zero();
      }).join();
      CHECK_EQ(other, 101);
      CHECK(zero);
    }
    CHECK_EQ(dlclose(handle), 0);
  }
}

TEST("exceptions pass between plugin, library and program")
{
  void *const handle = dlopen(Plugin, RTLD_NOW);
  REQUIRE(handle);
  auto const catches = function<int()>(handle, "plugin_catch");
  auto const throws = function<void()>(handle, "plugin_throw");
  REQUIRE(catches && throws);
  CHECK_EQ(catches(), 7);
  int code = 0;
  try {
    throws();
  } catch (Refused const &r) {
    code = r.code;
  }
  CHECK_EQ(code, 9);
  dlclose(handle);
}

TEST("RTLD_GLOBAL shows the symbols to all")
{
  void *const handle = dlopen(Plugin, RTLD_NOW | RTLD_GLOBAL);
  REQUIRE(handle);
  CHECK(dlsym(RTLD_DEFAULT, "plugin_value") == dlsym(handle, "plugin_value"));
  dlclose(handle);
  CHECK(!dlsym(RTLD_DEFAULT, "plugin_value"));
}

TEST("who uses a library without needing it keeps it, bound at once or at the first call")
{
  void *const lender = dlopen("libtest_lender.so", RTLD_NOW | RTLD_GLOBAL);
  void *const value = dlopen("libtest_lender_value.so", RTLD_NOW | RTLD_GLOBAL);
  void *const borrower = dlopen("libtest_borrower.so", RTLD_LAZY);
  REQUIRE(lender && value && borrower);
  auto const call = function<int()>(borrower, "borrower_call");
  CHECK_EQ(dlclose(value), 0);
  CHECK_EQ(call(), 42);
  CHECK_EQ(dlclose(lender), 0);
  CHECK_EQ(call(), 42);
  CHECK_EQ(dlclose(borrower), 0);
}

TEST("errors say what is missing, once")
{
  dlerror();
  CHECK(!dlopen("libnowhere.so", RTLD_NOW));
  char const *text = dlerror();
  REQUIRE(text);
  CHECK(strstr(text, "there is no library 'libnowhere.so'"));
  CHECK(!dlerror());
  CHECK(!dlsym(RTLD_DEFAULT, "no_such_symbol"));
  text = dlerror();
  REQUIRE(text);
  CHECK(strstr(text, "no_such_symbol"));
  CHECK(!dlopen("rom/l4re", RTLD_NOW));
  text = dlerror();
  REQUIRE(text);
  CHECK(strstr(text, "rom/l4re"));
  int nothing = 0;
  CHECK_EQ(dlclose(&nothing), -1);
  CHECK(dlerror());
}

namespace {

/// Of all that debuggers see, the object whose path contains a name.
link_map const *seen_by_debuggers(char const *name)
{
  Elf64_Dyn const *d = _DYNAMIC;
  while (d->d_tag != DT_NULL && d->d_tag != DT_DEBUG)
    ++d;
  auto const record = reinterpret_cast<r_debug const *>(d->d_un.d_ptr);
  if (d->d_tag != DT_DEBUG || !record || record->r_version != 1) return nullptr;
  link_map const *before = nullptr;
  for (link_map const *m = record->r_map; m; before = m, m = m->l_next) {
    CHECK(m->l_prev == before);
    if (strstr(m->l_name, name)) return m;
  }
  return nullptr;
}

} // namespace

TEST("debuggers find the libraries that are there")
{
  CHECK(seen_by_debuggers("libc.so"));
  CHECK(!seen_by_debuggers(Plugin));
  void *const handle = dlopen(Plugin, RTLD_NOW);
  link_map const *const plugin = seen_by_debuggers(Plugin);
  Dl_info info;
  REQUIRE(plugin && dladdr(dlsym(handle, "plugin_value"), &info));
  CHECK_EQ(plugin->l_addr, reinterpret_cast<Elf64_Addr>(info.dli_fbase));
  dlclose(handle);
  CHECK(!seen_by_debuggers(Plugin));
  events().resize(Start_events);
}

TEST("a thousand times open and close")
{
  for (int i = 0; i < 1000; ++i) {
    void *const handle = dlopen(Plugin, RTLD_LAZY);
    REQUIRE(handle);
    dlclose(handle);
    events().resize(Start_events);
  }
  events().resize(Start_events);
}
