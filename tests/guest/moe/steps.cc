// SPDX-License-Identifier: MIT
// What happens when the quota ends in the middle: each piece of work is tried with every small
// quota, so that in turn each allocation in it is the one that fails. Nothing may be left over.
#include "caps.h"

#include <l4/libtap/tap.h>
#include <l4/re/dma_space>
#include <l4/re/rm>

#include <stdio.h>

namespace {

using Pool = L4::Cap<L4Re::Mem_alloc>;
constexpr unsigned long Page = L4_PAGESIZE;

/// Steps are smaller than what the smallest object costs.
constexpr l4_mword_t Step = 64;
constexpr l4_mword_t Most = 256 * 1024;

/**
 * Try a piece of work with growing quotas until it succeeds.
 * \param work  of a factory; true if all of it was done, false if memory ran out. Anything else
 * that goes wrong it reports itself
 */
template <typename Work> void with_every_quota(unsigned at_least, Work &&work)
{
  ram_left();
  l4_umword_t const before = ram_left();
  unsigned refusals = 0;
  l4_mword_t quota = Step;
  for (bool done = false; !done; ++refusals, quota += quota < 8192 ? Step : Page / 2) {
    if (!CHECK(quota <= Most)) break;
    Slot<L4Re::Mem_alloc> pool;
    REQUIRE(create(mem(), pool, L4_PROTO_FACTORY, quota) == 0);
    done = work(pool.get());
    ram_left(); // what died is taken away with the next message
    L4Re::Mem_alloc::Stats stats{};
    REQUIRE(pool->info(&stats) == 0);
    if (!CHECK_EQ(stats.quota_used, 0)) break;
  }
  CHECK_GE(refusals, at_least);
  ram_left();
  CHECK_GE(ram_left() + 2 * Page, before);
}

/// True for success, false for lack of memory; any other error is a failure of the test.
bool went_well(long result)
{
  if (result < 0) CHECK_EQ(result, -L4_ENOMEM);
  return result >= 0;
}

CASE("moe-ned-sigma0.md 2.5", "every quota: dataspaces, their pages and copies")
{
  Slot<L4Re::Dataspace> source;
  REQUIRE(create(mem(), source, L4RE_PROTO_DATASPACE, long{8 * Page}) == 0);
  REQUIRE(source->allocate(0, 8 * Page) == 0);
  with_every_quota(30, [&](Pool pool) {
    Slot<L4Re::Dataspace> lazy, copy;
    return went_well(create(pool, lazy, L4RE_PROTO_DATASPACE, 1L << 24)) &&
           went_well(lazy->allocate(0, 1)) && went_well(lazy->allocate(1 << 23, 3 * Page)) &&
           went_well(lazy->clear(1 << 23, 1)) &&
           went_well(create(pool, copy, L4RE_PROTO_DATASPACE, long{8 * Page})) &&
           went_well(copy->copy_in(0, source.get(), 0, 8 * Page)) &&
           went_well(copy->copy_in(100, source.get(), 0, Page)) &&
           went_well(copy->allocate(0, 8 * Page));
  });
}

CASE("moe-ned-sigma0.md 2.5", "every quota: contiguous dataspaces")
{
  with_every_quota(20, [](Pool pool) {
    Slot<L4Re::Dataspace> one, several;
    return went_well(create(pool, one, L4RE_PROTO_DATASPACE, long{Page}, 1UL)) &&
           went_well(create(pool, several, L4RE_PROTO_DATASPACE, long{3 * Page}, 2UL));
  });
}

CASE("moe-ned-sigma0.md 2.5", "every quota: names, of own objects and of others")
{
  with_every_quota(20, [](Pool pool) {
    Slot<L4Re::Namespace> space;
    Slot<L4Re::Dataspace> own, found;
    if (!went_well(create(pool, space, L4RE_PROTO_NAMESPACE)) ||
        !went_well(create(pool, own, L4RE_PROTO_DATASPACE, long{Page})))
      return false;
    auto const log = L4::Ipc::make_cap(L4Re::Env::env()->log(), L4_CAP_FPAGE_RO);
    char name[] = "name-0-that-is-not-quite-as-short-as-others";
    for (; name[5] < '6'; ++name[5])
      if (!went_well(space->register_obj(name, log)) ||
          !went_well(space->register_obj(name + 5, L4::Ipc::make_cap_rw(own.get()))))
        return false;
    --name[5];
    CHECK_EQ(space->query(name + 5, found.get()), 0);
    CHECK_EQ(found->size(), Page);
    CHECK_EQ(space->unlink(name), 0);
    return went_well(space->register_obj("later", L4::Ipc::Cap<void>()));
  });
}

CASE("moe-ned-sigma0.md 2.5", "every quota: region maps, regions, areas, holes")
{
  using Rm = L4Re::Rm;
  Slot<L4Re::Dataspace> ds;
  REQUIRE(create(mem(), ds, L4RE_PROTO_DATASPACE, long{16 * Page}) == 0);
  with_every_quota(20, [&](Pool pool) {
    Slot<Rm> rm;
    if (!went_well(create(pool, rm, L4RE_PROTO_RM))) return false;
    for (unsigned n = 0; n < 20; ++n) { // more than the first table holds
      l4_addr_t at = 0x400000 + n * 32 * Page;
      if (!went_well(rm->attach(&at, 16 * Page, Rm::F::RW | Rm::F::No_eager_map,
                                L4::Ipc::make_cap_rw(ds.get()))))
        return false;
    }
    l4_addr_t area = 0x100000, anonymous = 0x8000000, copy = 0x9000000;
    long const hole = rm->detach(0x401000, Page, nullptr);
    if (hole >= 0) CHECK_EQ(hole, Rm::Split_ds);
    return went_well(hole) && went_well(rm->reserve_area(&area, 4 * Page, Rm::Flags(0))) &&
           went_well(rm->attach(&anonymous, 4 * Page,
                                Rm::F::Anonymous | Rm::F::RW | Rm::F::No_eager_map,
                                L4::Ipc::Cap<L4Re::Dataspace>())) &&
           went_well(rm->attach(&copy, 4 * Page, Rm::F::Private | Rm::F::RW | Rm::F::No_eager_map,
                                L4::Ipc::make_cap_rw(ds.get())));
  });
}

CASE("moe-ned-sigma0.md 2.5", "every quota: logs, factories, spaces for devices")
{
  auto const manager = L4Re::Env::env()->get_cap<L4Re::Dma_space_mgr>("dma_mgr");
  Slot<L4Re::Dataspace> pinned;
  REQUIRE(create(mem(), pinned, L4RE_PROTO_DATASPACE, long{4 * Page}, 1UL) == 0);
  with_every_quota(20, [&](Pool pool) {
    Slot<void> log;
    Slot<L4Re::Mem_alloc> inner, innermost;
    Slot<L4Re::Dma_space> dma;
    if (!went_well(create(pool, log, L4_PROTO_LOG, "a tag of some length", "g")) ||
        !went_well(create(pool, inner, L4_PROTO_FACTORY, 2048L)) ||
        !went_well(create(inner.get(), innermost, L4_PROTO_FACTORY, 512L)) ||
        !went_well(create(pool, dma, L4RE_PROTO_DMA_SPACE)))
      return false;
    CHECK_EQ(
        manager->associate_phys(L4::Ipc::make_cap_rws(dma.get()), L4Re::Dma_space_mgr::No_attribs),
        0);
    for (unsigned n = 0; n < 4; ++n) {
      l4_uint64_t size = Page;
      L4Re::Dma_space::Dma_addr address = 0;
      if (!went_well(dma->map(L4::Ipc::make_cap_rw(pinned.get()), n * Page, &size, &address)))
        return false;
    }
    return true;
  });
}

} // namespace
