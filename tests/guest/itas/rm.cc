// SPDX-License-Identifier: MIT
// The region map protocol (l4re-protocols.md section 3) as a program uses it.
#include "memory.h"

#include <l4/libtap/tap.h>
#include <l4/re/env>
#include <l4/re/rm>

#include <string.h>

namespace {

using Rm = L4Re::Rm;
using F = Rm::F;

L4::Cap<Rm> rm()
{
  return L4Re::Env::env()->rm();
}

constexpr l4_addr_t Page = 4096;
/// Nobody else uses this range.
constexpr l4_addr_t Base = 0x600000000000;

L4::Ipc::Cap<L4Re::Dataspace> none()
{
  return L4::Ipc::Cap<L4Re::Dataspace>();
}

long attach_anonymous(l4_addr_t *start, l4_size_t size, Rm::Flags extra = Rm::Flags(0))
{
  return rm()->attach(start, size, F::Anonymous | F::RW | extra, none());
}

CASE("l4re-protocols.md 3.3", "attach checks flags, size and alignment")
{
  l4_addr_t a = Base;
  CHECK_EQ(rm()->attach(&a, Page, Rm::Flags(0x200 | 0x2006), none()), -L4_EINVAL);
  CHECK_EQ(attach_anonymous(&a, 0), -L4_EINVAL);
  CHECK_EQ(rm()->attach(&a, Page, F::Anonymous | F::RW | F::Search_addr, none(), 0, 11),
           -L4_EINVAL);
  CHECK_EQ(rm()->attach(&a, Page, F::RW, none()), -L4_EINVAL);
  a = 0;
  CHECK_EQ(attach_anonymous(&a, Page), -L4_EADDRNOTAVAIL);
}

CASE("l4re-protocols.md 3.3", "anonymous memory reads as zero, holds what is written, and goes")
{
  l4_addr_t a = Base;
  REQUIRE(attach_anonymous(&a, 4 * Page) == 0);
  auto p = reinterpret_cast<unsigned char volatile *>(a);
  CHECK_EQ(p[0] + p[3 * Page], 0);
  p[Page] = 7;
  CHECK_EQ(p[Page], 7);
  l4_addr_t again = Base + Page;
  CHECK_EQ(attach_anonymous(&again, Page), -L4_EADDRNOTAVAIL);
  CHECK_EQ(rm()->detach(a, 4 * Page, nullptr), 0);
  CHECK_EQ(rm()->detach(a, 4 * Page, nullptr), -L4_ENOENT);
  REQUIRE(attach_anonymous(&a, Page) == 0);
  CHECK_EQ(p[0], 0);
  CHECK_EQ(rm()->detach(a, nullptr), 0);
}

CASE("l4re-protocols.md 3.3", "a hole in a region leaves both sides as they were")
{
  l4_addr_t a = Base;
  REQUIRE(attach_anonymous(&a, 3 * Page) == 0);
  auto p = reinterpret_cast<unsigned char volatile *>(a);
  p[0] = 1;
  p[Page] = 2;
  p[2 * Page] = 3;
  CHECK_EQ(rm()->detach(a + Page, Page, nullptr), Rm::Split_ds);
  CHECK_EQ(p[0], 1);
  CHECK_EQ(p[2 * Page], 3);
  CHECK_EQ(rm()->detach(a, 3 * Page, nullptr), Rm::Detached_ds | Rm::Detach_again);
  CHECK_EQ(rm()->detach(a, 3 * Page, nullptr), Rm::Detached_ds);
}

CASE("l4re-protocols.md 3.3", "a dataspace shows its contents at two places, and find tells where")
{
  Memory ds(2 * Page);
  REQUIRE(ds.ok());
  l4_addr_t a = Base, b = Base + 16 * Page;
  REQUIRE(rm()->attach(&a, 2 * Page, F::RW, L4::Ipc::make_cap_rw(ds.cap())) == 0);
  REQUIRE(rm()->attach(&b, Page, F::R, L4::Ipc::make_cap(ds.cap(), L4_CAP_FPAGE_R), Page, 12,
                       L4::Cap<L4::Task>::Invalid, "second view", 0x5000) == 0);
  reinterpret_cast<char volatile *>(a)[Page + 5] = 'x';
  CHECK_EQ(reinterpret_cast<char volatile *>(b)[5], 'x');

  l4_addr_t at = b + 7;
  unsigned long size = 1;
  Rm::Offset offset;
  Rm::Flags flags;
  L4::Cap<L4Re::Dataspace> found;
  CHECK_EQ(rm()->find(&at, &size, &offset, &flags, &found), 0);
  CHECK_EQ(at, b);
  CHECK_EQ(size, Page);
  CHECK_EQ(offset, Page);
  CHECK_EQ(found.cap(), ds.cap().cap());

  char text[40];
  L4::Ipc::String<char> name(sizeof(text), text);
  Rm::Offset backing = 0;
  CHECK_EQ(rm()->get_info(b, name, backing), 0);
  CHECK(!strcmp(text, "second view"));
  CHECK_EQ(backing, 0x5000);

  L4::Cap<L4Re::Dataspace> mem;
  CHECK_EQ(rm()->detach(a, &mem), 0);
  CHECK_EQ(mem.cap(), ds.cap().cap());
  CHECK_EQ(rm()->detach(b, nullptr), 0);
}

CASE("l4re-protocols.md 3.3", "a region outlives the capability it was attached with")
{
  l4_addr_t a = Base;
  {
    Memory ds(Page);
    REQUIRE(ds.ok());
    REQUIRE(rm()->attach(&a, Page, F::RW, L4::Ipc::make_cap_rw(ds.cap())) == 0);
    reinterpret_cast<char volatile *>(a)[0] = 'y';
  }
  CHECK_EQ(reinterpret_cast<char volatile *>(a)[0], 'y');
  CHECK_EQ(rm()->detach(a, nullptr), 0);
}

CASE("process-environment.md 9", "writes to a private region do not reach the dataspace")
{
  Memory ds(3 * Page);
  REQUIRE(ds.ok());
  l4_addr_t shared = Base, own = Base + 16 * Page;
  REQUIRE(rm()->attach(&shared, 3 * Page, F::RW, L4::Ipc::make_cap_rw(ds.cap())) == 0);
  auto s = reinterpret_cast<char volatile *>(shared);
  s[Page] = 'a';
  REQUIRE(rm()->attach(&own, 2 * Page, F::RW | F::Private, L4::Ipc::make_cap_rw(ds.cap()), Page) ==
          0);
  auto p = reinterpret_cast<char volatile *>(own);
  CHECK_EQ(p[0], 'a');
  s[Page] = 'b'; // not copied yet: still the same page
  CHECK_EQ(p[0], 'b');
  p[0] = 'c';
  p[Page + 1] = 'd';
  CHECK_EQ(s[Page], 'b');
  CHECK_EQ(s[2 * Page + 1], 0);
  CHECK_EQ(p[0], 'c');
  s[Page] = 'e';
  CHECK_EQ(p[0], 'c');
  CHECK_EQ(rm()->detach(own, Page, nullptr), Rm::Kept_ds); // the rest keeps its copies
  CHECK_EQ(p[Page + 1], 'd');
  CHECK_EQ(rm()->detach(own, 2 * Page, nullptr), 0);
  CHECK_EQ(rm()->detach(shared, nullptr), 0);
}

CASE("l4re-protocols.md 3.3", "areas keep addresses for those who ask for them")
{
  l4_addr_t area = Base;
  REQUIRE(rm()->reserve_area(&area, 64 * Page, F::Search_addr) == 0);
  l4_addr_t a = area;
  CHECK_EQ(attach_anonymous(&a, Page), -L4_EADDRNOTAVAIL);
  a = area;
  CHECK_EQ(attach_anonymous(&a, Page, F::In_area | F::Search_addr), 0);
  CHECK_EQ(a, area);
  a = area;
  CHECK_EQ(attach_anonymous(&a, Page, F::Search_addr), 0);
  CHECK(a < area || a >= area + 64 * Page);
  CHECK_EQ(rm()->detach(a, nullptr), 0);

  l4_addr_t at = area + 8 * Page;
  unsigned long size = 1;
  Rm::Offset offset;
  Rm::Flags flags;
  L4::Cap<L4Re::Dataspace> found;
  CHECK_EQ(rm()->find(&at, &size, &offset, &flags, &found), 0);
  CHECK_EQ(at, area);
  CHECK(flags.raw & F::In_area);
  CHECK_EQ(rm()->free_area(area), 0);
  CHECK_EQ(rm()->free_area(area), -L4_ENOENT);
  CHECK_EQ(rm()->detach(area, nullptr), 0);
}

CASE("l4re-protocols.md 3.3",
     "a search keeps clear of null pointers, who names such an address gets it")
{
  l4_addr_t a = 0;
  REQUIRE(attach_anonymous(&a, Page, F::Search_addr) == 0);
  CHECK_GE(a, 0x10000);
  CHECK_EQ(rm()->detach(a, nullptr), 0);
  l4_addr_t area = 0;
  REQUIRE(rm()->reserve_area(&area, Page, F::Search_addr) == 0);
  CHECK_GE(area, 0x10000);
  CHECK_EQ(rm()->free_area(area), 0);
  a = 2 * Page;
  REQUIRE(attach_anonymous(&a, Page) == 0);
  CHECK_EQ(*reinterpret_cast<char volatile *>(a), 0);
  CHECK_EQ(rm()->detach(a, nullptr), 0);
}

CASE("process-environment.md 7", "the kernel information page and the stack are regions")
{
  l4_addr_t at = 0x6ffff000;
  unsigned long size = 1;
  Rm::Offset offset;
  Rm::Flags flags;
  L4::Cap<L4Re::Dataspace> found;
  CHECK_EQ(rm()->find(&at, &size, &offset, &flags, &found), 0);
  CHECK_EQ(size, Page);
  at = reinterpret_cast<l4_addr_t>(&at);
  CHECK_EQ(rm()->find(&at, &size, &offset, &flags, &found), 0);
  CHECK_EQ(flags.raw & 7, 6);

  unsigned regions = 0;
  Rm::Range const *list = nullptr;
  for (l4_addr_t from = 0;;) {
    long const n = rm()->get_regions(from, L4::Ipc::Ret_array<Rm::Range>(&list));
    if (n <= 0) break;
    for (long i = 0; i < n; ++i) {
      CHECK(list[i].start >= from);
      from = list[i].end + 1;
      ++regions;
    }
  }
  CHECK_GE(regions, 8);
}

} // namespace
