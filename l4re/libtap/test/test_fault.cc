// SPDX-License-Identifier: MIT
// Expected faults, fixtures and text checks of the library itself.
#include <l4/libtap/fault.h>

namespace {

int const constant = 1;
char bss[0x8000]; // pages that nobody used yet

TEST("code that comes to its end is no fault")
{
  int sum = 0;
  auto const fault = Tap::fault_of([&] { sum = 40 + 2; });
  CHECK_EQ(fault.kind, Tap::Fault::None);
  CHECK_EQ(sum, 42);
}

TEST("pages that the region map brings are no faults")
{
  auto const fault = Tap::fault_of([] {
    for (unsigned i = 0; i < sizeof(bss); i += 0x1000)
      *const_cast<char volatile *>(bss + i) = 1;
  });
  CHECK_EQ(fault.kind, Tap::Fault::None);
}

TEST("a null pointer, a constant, data that is executed")
{
  auto *const null = reinterpret_cast<int volatile *>(0x10);
  CHECK_FAULT(Read, null, (void)*null);
  CHECK_FAULT(Write, null, *null = 1);
  CHECK_FAULT(Write, &constant, *const_cast<int volatile *>(&constant) = 2);
  CHECK_FAULT(Execute, bss, reinterpret_cast<void (*)()>(bss)());
  CHECK_FAULT(Read, Tap::Free_range, (void)*reinterpret_cast<int volatile *>(Tap::Free_range));
}

TEST("processor exceptions")
{
  int volatile zero = 0;
  CHECK_EXCEPTION(6, __builtin_trap());
  CHECK_EXCEPTION(0, zero = 100 / zero);
}

TEST("code that hangs is told from code that faults")
{
  auto const fault = Tap::fault_of([] { Tap::wait(Tap::Never); });
  CHECK_EQ(fault.kind, Tap::Fault::Hang);
}

struct Counted {
  Counted() { ++alive; }
  ~Counted() { --alive; }
  static int alive;

protected:
  int member = 7;
};
int Counted::alive;

TEST_F(Counted, "a case of a fixture sees its members")
{
  CHECK_EQ(member, 7);
  CHECK_EQ(alive, 1);
}

TEST("a fixture ends with its case")
{
  CHECK_EQ(Counted::alive, 0);
}

TEST("texts")
{
  char const text[] = {'a', 'b', 0};
  CHECK_STREQ(text, "ab");
}

} // namespace
