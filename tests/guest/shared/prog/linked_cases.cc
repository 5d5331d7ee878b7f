// SPDX-License-Identifier: MIT
// Libraries that the program is linked with.
#include "linked.h"

#include <l4/libtap/fault.h>
#include <l4/libtap/tap.h>

#include <dlfcn.h>
#include <link.h>

#include <cstdio>
#include <cstring>
#include <stdexcept>
#include <thread>

int overridden() { return 2; }

namespace {

struct Early {
  Early() { events().push_back("program begins"); }
} early;

} // namespace

TEST("a library's constructors run before the program's")
{
  REQUIRE(events().size() >= 2);
  CHECK(events()[0] == "library begins");
  CHECK(events()[1] == "program begins");
}

TEST("a function of the program stands in for that of a library") { CHECK_EQ(ask_overridden(), 2); }

TEST("constants of a library that were relocated cannot be written any more")
{
  auto *const name = const_cast<char const **>(library_names());
  CHECK(!strcmp(name[1], "two"));
  CHECK_FAULT(Write, name, *const_cast<char const *volatile *>(name) = nullptr);
}

TEST("program and library share a variable")
{
  CHECK_EQ(shared_counter, 41);
  shared_counter = 42;
  CHECK_EQ(library_counter(), 42);
  shared_counter = 41;
}

TEST("a function has one address") { CHECK(library_marker() == &marker); }

TEST("an exception of a library is caught in the program")
{
  int code = 0;
  try {
    refuse(3);
  } catch (Refused const &r) {
    code = r.code;
  }
  CHECK_EQ(code, 3);
  bool caught = false;
  try {
    std::string().at(1);
  } catch (std::out_of_range const &) {
    caught = true;
  }
  CHECK(caught);
}

TEST("thread-local variables of a library: one per thread, initialised")
{
  CHECK_EQ(thread_value, 17);
  thread_value = 18;
  int other = 0;
  std::thread([&] {
    other = library_thread_value();
    library_thread_value() = 30;
  }).join();
  CHECK_EQ(other, 17);
  CHECK_EQ(library_thread_value(), 18);
  thread_value = 17;
}

TEST("dladdr names object and symbol")
{
  Dl_info info;
  void *const function = dlsym(RTLD_DEFAULT, "_Z15library_counterv");
  REQUIRE(dladdr(function, &info));
  CHECK(strstr(info.dli_fname, "libtest_linked.so"));
  CHECK(info.dli_sname && strstr(info.dli_sname, "library_counter"));
  CHECK(info.dli_saddr == function);
  CHECK(!dladdr(reinterpret_cast<void *>(8), &info));
}

TEST("dl_iterate_phdr visits program, libc and library")
{
  struct Seen {
    bool program = false, libc = false, library = false;
  } seen;
  dl_iterate_phdr(
      [](dl_phdr_info *info, size_t, void *data) {
        auto s = static_cast<Seen *>(data);
        s->program |= !*info->dlpi_name;
        s->libc |= strstr(info->dlpi_name, "libc.so") != nullptr;
        s->library |= strstr(info->dlpi_name, "libtest_linked.so") != nullptr;
        return 0;
      },
      &seen);
  CHECK(seen.program);
  CHECK(seen.libc);
  CHECK(seen.library);
}
