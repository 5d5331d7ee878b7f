// SPDX-License-Identifier: MIT
// Each flag of attach, detach and reserve_area (l4re-protocols.md section 3.1), and what find says.
#include "memory.h"
#include "probe.h"

namespace {

using Rm = L4Re::Rm;
using F = Rm::F;

constexpr l4_addr_t Page = L4_PAGESIZE;
constexpr l4_addr_t Base = 0x640000000000;

L4::Cap<Rm> rm()
{
  return L4Re::Env::env()->rm();
}

/// The map that l4re stands on (process-environment.md section 2.2).
L4::Cap<Rm> outer_rm()
{
  return L4::Cap<Rm>(0x10UL << L4_CAP_SHIFT);
}

L4::Ipc::Cap<L4Re::Dataspace> none()
{
  return L4::Ipc::Cap<L4Re::Dataspace>();
}

long attach(l4_addr_t at, l4_size_t size, Rm::Flags flags)
{
  return rm()->attach(&at, size, flags, none());
}

struct Found {
  explicit Found(l4_addr_t at, unsigned long length = 1) : start(at), size(length)
  {
    error = rm()->find(&start, &size, &offset, &flags, &ds);
  }
  l4_addr_t start;
  unsigned long size;
  Rm::Offset offset = 0;
  Rm::Flags flags{0};
  L4::Cap<L4Re::Dataspace> ds;
  long error;
};

CASE("l4re-protocols.md 3.1", "Kernel and Reserved: a place in the map, and no memory behind it")
{
  Rescues const rescues;
  for (F::Region_flags flag : {F::Kernel, F::Reserved}) {
    REQUIRE(attach(Base, 2 * Page, F::RW | flag) == 0);
    Found const f(Base + Page);
    CHECK_EQ(f.error, 0);
    CHECK_EQ(f.start, Base);
    CHECK_EQ(f.size, 2 * Page);
    CHECK(f.flags.raw & flag);
    CHECK(!f.ds.is_valid());
    CHECK(!readable(Base));
    CHECK(!writable(Base + Page));
    CHECK_EQ(attach(Base + Page, Page, F::Anonymous | F::RW), -L4_EADDRNOTAVAIL);
    CHECK_EQ(rm()->detach(Base, nullptr), 0);
    CHECK_EQ(Found(Base).error, -L4_ENOENT);
  }
}

CASE("l4re-protocols.md 3.1", "Pager: faults go to the outer region map, and its memory is seen")
{
  Rescues const rescues;
  REQUIRE(attach(Base, 2 * Page, Rm::Flags(F::Pager)) == 0);
  CHECK(!readable(Base)); // no right to
  CHECK_EQ(rm()->detach(Base, nullptr), 0);

  Memory ds(Page);
  REQUIRE(ds.ok());
  l4_addr_t at = Base;
  REQUIRE(rm()->attach(&at, 2 * Page, F::RW | F::Pager, L4::Ipc::make_cap_rw(ds.cap())) == 0);
  CHECK(Found(Base).flags.raw & F::Pager);
  CHECK(!readable(Base)); // nothing there outside
  REQUIRE(outer_rm()->attach(&at, Page, F::RW | F::No_eager_map, L4::Ipc::make_cap_rw(ds.cap())) ==
          0);
  CHECK(writable(Base));
  CHECK_EQ(*reinterpret_cast<char volatile *>(Base), 1);
  CHECK(!readable(Base + Page));
  // Both maps forget it.
  CHECK_EQ(rm()->detach(Base, nullptr), 0);
  CHECK_EQ(outer_rm()->detach(Base, nullptr), -L4_ENOENT);
  CHECK(!readable(Base));
}

CASE("l4re-protocols.md 3.1", "caching flags are kept, told by find, and the memory is the same")
{
  Memory ds(Page);
  REQUIRE(ds.ok());
  l4_addr_t plain = Base, at = Base + 16 * Page;
  REQUIRE(rm()->attach(&plain, Page, F::RW, L4::Ipc::make_cap_rw(ds.cap())) == 0);
  for (F::Region_flags caching : {F::Cache_normal, F::Cache_buffered, F::Cache_uncached}) {
    REQUIRE(rm()->attach(&at, Page, F::RW | caching, L4::Ipc::make_cap_rw(ds.cap())) == 0);
    CHECK_EQ(Found(at).flags.raw & F::Caching_mask, caching);
    auto const p = reinterpret_cast<char volatile *>(at);
    *p = static_cast<char>(caching + 1);
    CHECK_EQ(*reinterpret_cast<char volatile *>(plain), caching + 1);
    CHECK_EQ(rm()->detach(at, nullptr), 0);
  }
  CHECK_EQ(rm()->detach(plain, nullptr), 0);
}

CASE("l4re-protocols.md 3.1", "rights of a region are those of its flags")
{
  Rescues const rescues;
  REQUIRE(attach(Base, Page, Rm::Flags(0)) == 0); // neither rights nor a dataspace
  CHECK(!readable(Base));
  CHECK_EQ(rm()->detach(Base, nullptr), 0);
  REQUIRE(attach(Base, Page, F::Anonymous | F::R) == 0);
  CHECK(readable(Base));
  CHECK(!writable(Base));
  CHECK_EQ(Found(Base).flags.raw & F::RWX, F::R);
  CHECK_EQ(rm()->detach(Base, nullptr), 0);
}

CASE("process-environment.md 9", "a region longer than its dataspace has no memory behind its end")
{
  Rescues const rescues;
  Memory ds(Page);
  REQUIRE(ds.ok());
  l4_addr_t at = Base;
  REQUIRE(rm()->attach(&at, 3 * Page, F::RW, L4::Ipc::make_cap_rw(ds.cap())) == 0);
  CHECK(writable(Base + Page - 1));
  CHECK(!readable(Base + Page));
  CHECK(!writable(Base + 3 * Page - 1));
  CHECK_EQ(rm()->page_in(Base, 3 * Page, F::RW), 0); // what cannot be mapped is skipped
  CHECK_EQ(rm()->detach(Base, nullptr), 0);
}

CASE("l4re-protocols.md 3.3", "Search_addr: the first place at or above the address, aligned")
{
  REQUIRE(attach(Base, Page, F::Anonymous | F::RW) == 0);
  l4_addr_t at = Base;
  REQUIRE(rm()->attach(&at, Page, F::Anonymous | F::RW | F::Search_addr, none()) == 0);
  CHECK_EQ(at, Base + Page);
  l4_addr_t aligned = Base + Page;
  REQUIRE(rm()->attach(&aligned, Page, F::Anonymous | F::RW | F::Search_addr, none(), 0,
                       L4_SUPERPAGESHIFT) == 0);
  CHECK_EQ(aligned, Base + L4_SUPERPAGESIZE);
  l4_addr_t wrapped = ~0UL - Page; // behind the end: begins at the lowest
  REQUIRE(rm()->attach(&wrapped, Page, F::Anonymous | F::RW | F::Search_addr, none()) == 0);
  CHECK(wrapped < Base);
  l4_addr_t large = Base;
  CHECK_EQ(rm()->attach(&large, 1UL << 47, F::Anonymous | F::RW | F::Search_addr, none()),
           -L4_EADDRNOTAVAIL);
  for (l4_addr_t a : {Base, at, aligned, wrapped})
    CHECK_EQ(rm()->detach(a, nullptr), 0);
}

CASE("l4re-protocols.md 3.3", "In_area: inside of one, completely; reserved ones take nothing")
{
  l4_addr_t area = Base;
  REQUIRE(rm()->reserve_area(&area, 4 * Page, Rm::Flags(0)) == 0);
  CHECK_EQ(area, Base);
  CHECK_EQ(attach(Base + 3 * Page, 2 * Page, F::Anonymous | F::RW | F::In_area), -L4_EADDRNOTAVAIL);
  CHECK_EQ(attach(Base + 4 * Page, Page, F::Anonymous | F::RW | F::In_area), -L4_EADDRNOTAVAIL);
  l4_addr_t at = Base + 3 * Page;
  REQUIRE(rm()->attach(&at, Page, F::Anonymous | F::RW | F::In_area | F::Search_addr, none()) == 0);
  CHECK_EQ(at, Base + 3 * Page);
  l4_addr_t large = Base;
  CHECK_EQ(
      rm()->attach(&large, 4 * Page, F::Anonymous | F::RW | F::In_area | F::Search_addr, none()),
      -L4_EADDRNOTAVAIL);

  // Areas meet neither each other nor, if reserved, a region.
  l4_addr_t second = Base + 2 * Page;
  CHECK_EQ(rm()->reserve_area(&second, 4 * Page, Rm::Flags(0)), -L4_EADDRNOTAVAIL);
  CHECK_EQ(rm()->free_area(Base + Page), 0);
  CHECK_EQ(rm()->reserve_area(&second, 4 * Page, Rm::Flags(F::Reserved)), -L4_EADDRNOTAVAIL);
  REQUIRE(rm()->reserve_area(&second, 4 * Page, Rm::Flags(0)) == 0);
  CHECK_EQ(rm()->detach(at, nullptr), 0);
  CHECK_EQ(rm()->free_area(second), 0);
  REQUIRE(rm()->reserve_area(&second, 4 * Page, Rm::Flags(F::Reserved)) == 0);
  CHECK_EQ(attach(second, Page, F::Anonymous | F::RW | F::In_area), -L4_EADDRNOTAVAIL);
  CHECK_EQ(attach(second, Page, F::Anonymous | F::RW), -L4_EADDRNOTAVAIL);
  Found const f(second);
  CHECK_EQ(f.error, 0);
  CHECK_EQ(f.size, 4 * Page);
  CHECK((f.flags.raw & (F::Reserved | F::In_area).raw) == (F::Reserved | F::In_area).raw);
  CHECK_EQ(rm()->free_area(second), 0);
}

CASE("l4re-protocols.md 3.3", "reserve_area: arguments, and the list of areas")
{
  l4_addr_t area = Base;
  CHECK_EQ(rm()->reserve_area(&area, 0, Rm::Flags(0)), -L4_EINVAL);
  CHECK_EQ(rm()->reserve_area(&area, Page, Rm::Flags(0x200)), -L4_EINVAL);
  CHECK_EQ(rm()->reserve_area(&area, Page, Rm::Flags(F::Search_addr), 11), -L4_EINVAL);
  area = Base + 5;
  REQUIRE(rm()->reserve_area(&area, Page + 1, F::Search_addr | F::Reserved, L4_SUPERPAGESHIFT) ==
          0);
  CHECK_EQ(area & (L4_SUPERPAGESIZE - 1), 0);
  CHECK_GE(area, Base);
  Rm::Range const *list = nullptr;
  REQUIRE(rm()->get_areas(area, L4::Ipc::Ret_array<Rm::Range>(&list)) >= 1);
  CHECK_EQ(list[0].start, area);
  CHECK_EQ(list[0].end, area + 2 * Page - 1);
  CHECK(list[0].flags.raw & F::Reserved);
  CHECK_EQ(rm()->free_area(area), 0);
}

CASE("l4re-protocols.md 3.3", "find: regions before areas, the null page, nothing")
{
  CHECK_EQ(Found(Base, 0).error, -L4_EINVAL);
  CHECK_EQ(Found(Base).error, -L4_ENOENT);
  Found const null(8);
  CHECK_EQ(null.error, 0);
  CHECK_EQ(null.start, 0);
  CHECK_EQ(null.size, Page);
  CHECK((null.flags.raw & (F::Reserved | F::In_area).raw) == (F::Reserved | F::In_area).raw);
  l4_addr_t area = Base;
  REQUIRE(rm()->reserve_area(&area, 8 * Page, Rm::Flags(0)) == 0);
  REQUIRE(attach(Base + 4 * Page, Page, F::Anonymous | F::RW | F::In_area) == 0);
  CHECK_EQ(Found(Base).size, 8 * Page);
  Found const f(Base, 8 * Page); // a range: the region in it
  CHECK_EQ(f.start, Base + 4 * Page);
  CHECK(!(f.flags.raw & F::In_area));
  CHECK_EQ(rm()->detach(Base + 4 * Page, nullptr), 0);
  CHECK_EQ(rm()->free_area(Base), 0);
}

CASE("l4re-protocols.md 3.3", "detach: overlap takes whole regions, exact only the range")
{
  Memory ds(4 * Page);
  REQUIRE(ds.ok());
  l4_addr_t a = Base, b = Base + 4 * Page;
  for (l4_addr_t *start : {&a, &b})
    REQUIRE(rm()->attach(start, 4 * Page, F::RW, L4::Ipc::make_cap_rw(ds.cap())) == 0);
  L4::Cap<L4Re::Dataspace> gone;
  auto const task = L4::Cap<L4::Task>::Invalid;
  CHECK_EQ(rm()->detach(Base + 3 * Page, 2 * Page, &gone, task, Rm::Detach_overlap),
           Rm::Detached_ds | Rm::Detach_again);
  CHECK_EQ(gone.cap(), ds.cap().cap());
  CHECK_EQ(Found(Base).error, -L4_ENOENT);
  CHECK_EQ(rm()->detach(Base + 3 * Page, 2 * Page, &gone, task, Rm::Detach_exact), Rm::Kept_ds);
  Found const rest(b + Page);
  CHECK_EQ(rest.start, b + Page);
  CHECK_EQ(rest.offset, Page);
  CHECK_EQ(rm()->detach(Base + 3 * Page, 2 * Page, &gone, task, Rm::Detach_overlap), -L4_ENOENT);
  CHECK_EQ(rm()->detach(b + Page, nullptr), 0);
  CHECK_EQ(rm()->detach(Base, 0, nullptr), -L4_EINVAL);
}

} // namespace
