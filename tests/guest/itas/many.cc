// SPDX-License-Identifier: MIT
// More regions than l4re has room for at first: its memory and the program's do not meet.
#include "memory.h"

#include <l4/libtap/tap.h>
#include <l4/re/rm>

namespace {

using F = L4Re::Rm::F;

L4::Cap<L4Re::Rm> rm()
{
  return L4Re::Env::env()->rm();
}

constexpr l4_addr_t Page = L4_PAGESIZE;
/// Fits below the program.
constexpr l4_addr_t Large = 3 << 20;
constexpr unsigned Count = 600;
constexpr l4_addr_t Base = 0x630000000000;

l4_addr_t place(unsigned n)
{
  return Base + n * 2 * Page;
}

bool attach_many(L4::Cap<L4Re::Dataspace> ds)
{
  for (unsigned n = 0; n < Count; ++n) {
    l4_addr_t a = place(n);
    if (rm()->attach(&a, Page, F::RW, L4::Ipc::make_cap_rw(ds)) != 0) return false;
  }
  return true;
}

CASE("process-environment.md 9",
     "hundreds of regions, and a large one found for us that is all our own")
{
  Memory ds(Page), large(Large);
  REQUIRE(ds.ok() && large.ok());
  REQUIRE(attach_many(ds.cap()));
  l4_addr_t start = 0;
  REQUIRE(rm()->attach(&start, Large, F::Search_addr | F::RW, L4::Ipc::make_cap_rw(large.cap())) ==
          0);
  auto const bytes = reinterpret_cast<char volatile *>(start);
  unsigned foreign = 0;
  for (l4_addr_t at = 0; at < Large; at += Page) {
    foreign += bytes[at] != 0;
    bytes[at] = 0x55;
  }
  CHECK_EQ(foreign, 0);
  reinterpret_cast<char volatile *>(place(0))[7] = 'm';
  CHECK_EQ(reinterpret_cast<char volatile *>(place(Count - 1))[7], 'm');
  CHECK_EQ(rm()->detach(start, nullptr), 0);
  for (unsigned n = 0; n < Count; ++n)
    CHECK_EQ(rm()->detach(place(n), nullptr), 0);
}

} // namespace
