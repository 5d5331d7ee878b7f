// SPDX-License-Identifier: MIT
// No client makes moe spend more than the quota of its factory, whatever it asks for, and nobody
// else notices.
#include "caps.h"

#include <l4/libtap/tap.h>
#include <l4/re/rm>
#include <l4/sys/task>

#include <stdio.h>

namespace {

constexpr unsigned long Page = L4_PAGESIZE;
constexpr l4_umword_t Quota = 256 * 1024;
/// Memory that moe's heap takes in pieces, and leaves of its tables.
constexpr l4_umword_t Slack = 64 * 1024;

/// A factory with a small quota, and proof that it took no more RAM than that.
class Pool {
public:
  Pool() : _before(ram_left())
  {
    REQUIRE(create(mem(), _pool, L4_PROTO_FACTORY, l4_mword_t(Quota)) == 0);
  }
  L4::Cap<L4Re::Mem_alloc> get() const { return _pool.get(); }

  /// It is exhausted: little of the quota is left, no more RAM is gone, others go on.
  void check_exhausted(l4_umword_t left = 16 * 1024)
  {
    L4Re::Mem_alloc::Stats stats{};
    REQUIRE(_pool->info(&stats) == 0);
    CHECK_LE(stats.quota_used, Quota);
    CHECK_GE(stats.quota_used + left, Quota);
    CHECK_LE(_before - ram_left(), Quota + Slack);
    Slot<L4Re::Dataspace> others;
    CHECK_EQ(create(mem(), others, L4RE_PROTO_DATASPACE, 16L * Page), 0);
    CHECK_EQ(others->allocate(0, 16 * Page), 0);
  }
  /// All comes back with it.
  void check_destroyed()
  {
    _pool.destroy();
    ram_left();
    CHECK_GE(ram_left() + Slack, _before);
  }

private:
  l4_umword_t _before;
  Slot<L4Re::Mem_alloc> _pool;
};

/// Slots for many objects, emptied at the end.
class Many {
public:
  static constexpr unsigned Max = 4096;
  ~Many()
  {
    while (_count)
      l4_task_release_cap(L4_BASE_TASK_CAP, next(--_count));
  }
  /// Create objects until the factory refuses. \return how it refused
  template <typename... Args> long exhaust(L4::Cap<L4Re::Mem_alloc> pool, long proto, Args... args)
  {
    for (; _count < Max; ++_count) {
      L4::Factory::S s =
          L4::Cap<L4::Factory>(pool.cap())->create(L4::Cap<void>(next(_count)), proto);
      ((s << args), ...);
      if (long const error = l4_error(l4_msgtag_t(s)); error < 0) return error;
    }
    return 0;
  }
  unsigned count() const { return _count; }

private:
  static l4_cap_idx_t next(unsigned i) { return (30000UL + i) << L4_CAP_SHIFT; }
  unsigned _count = 0;
};

template <typename... Args> void exhaust_with(long proto, unsigned at_least, Args... args)
{
  Pool pool;
  {
    Many objects;
    CHECK_EQ(objects.exhaust(pool.get(), proto, args...), -L4_ENOMEM);
    CHECK_GE(objects.count(), at_least);
    pool.check_exhausted();
  }
  ram_left();
  L4Re::Mem_alloc::Stats stats{};
  REQUIRE(pool.get()->info(&stats) == 0);
  CHECK_EQ(stats.quota_used, 0);
  pool.check_destroyed();
}

CASE("moe-ned-sigma0.md 2.5", "the quota ends the making of objects of every type")
{
  exhaust_with(L4RE_PROTO_DATASPACE, 50, 1L << 30);
  exhaust_with(L4RE_PROTO_DATASPACE, 20, 4096L, 1UL);
  exhaust_with(L4RE_PROTO_NAMESPACE, 50);
  exhaust_with(L4RE_PROTO_RM, 20);
  exhaust_with(L4RE_PROTO_DMA_SPACE, 50);
  exhaust_with(L4_PROTO_LOG, 50, "tag", "r");
  exhaust_with(L4_PROTO_FACTORY, 50, 512L);
}

CASE("moe-ned-sigma0.md 2.5", "nested factories share the quota of the outermost")
{
  Pool pool;
  Slot<L4Re::Mem_alloc> inner, innermost;
  REQUIRE(create(pool.get(), inner, L4_PROTO_FACTORY, 192L * 1024) == 0);
  CHECK_EQ(create(inner.get(), innermost, L4_PROTO_FACTORY, 224L * 1024), -L4_ENOMEM);
  REQUIRE(create(inner.get(), innermost, L4_PROTO_FACTORY, 128L * 1024) == 0);
  Slot<L4Re::Dataspace> ds;
  REQUIRE(create(innermost.get(), ds, L4RE_PROTO_DATASPACE, 1L << 20) == 0);
  CHECK_EQ(ds->allocate(0, 1UL << 20), -L4_ENOMEM);
  inner.destroy();
  ram_left();
  CHECK(!innermost.valid());
  CHECK(!ds.valid());
  pool.check_destroyed();
}

CASE("moe-ned-sigma0.md 2.5", "names, and the capabilities behind them")
{
  Pool pool;
  Slot<L4Re::Namespace> space;
  REQUIRE(create(pool.get(), space, L4RE_PROTO_NAMESPACE) == 0);
  long error = 0;
  unsigned names = 0;
  for (char name[16]; !error && names < 10000; ++names) {
    snprintf(name, sizeof(name), "n%u", names);
    error = space->register_obj(name, L4::Ipc::make_cap(L4Re::Env::env()->log(), L4_CAP_FPAGE_RO));
  }
  CHECK_EQ(error, -L4_ENOMEM);
  CHECK_GE(names, 300);
  CHECK_LE(names, 1000); // each keeps one of the slots that all share
  Slot<void> found;
  CHECK_EQ(space->query("n17", found.get()), 0);
  pool.check_exhausted();
  pool.check_destroyed();
}

CASE("moe-ned-sigma0.md 2.5", "regions and areas of a region map, and the pages behind them")
{
  using Rm = L4Re::Rm;
  Pool pool;
  Slot<Rm> rm;
  Slot<L4Re::Dataspace> ds;
  REQUIRE(create(pool.get(), rm, L4RE_PROTO_RM) == 0);
  REQUIRE(create(mem(), ds, L4RE_PROTO_DATASPACE, 4096L) == 0);
  long error = 0;
  unsigned regions = 0;
  for (; !error && regions < 10000; ++regions) {
    l4_addr_t address = 0x1000000 + regions * 2 * Page;
    error =
        rm->attach(&address, Page, Rm::F::RW | Rm::F::No_eager_map, L4::Ipc::make_cap_rw(ds.get()));
  }
  CHECK_EQ(error, -L4_ENOMEM);
  CHECK_GE(regions, 200);
  pool.check_exhausted(32 * 1024); // the table of regions doubles
  pool.check_destroyed();
}

CASE("moe-ned-sigma0.md 2.5", "copies are paid for by who has them")
{
  Slot<L4Re::Dataspace> source;
  REQUIRE(create(mem(), source, L4RE_PROTO_DATASPACE, 1L << 20) == 0);
  REQUIRE(source->allocate(0, 1UL << 20) == 0);
  Pool pool;
  Slot<L4Re::Dataspace> copy;
  REQUIRE(create(pool.get(), copy, L4RE_PROTO_DATASPACE, 1L << 20) == 0);
  CHECK_EQ(copy->copy_in(0, source.get(), 0, 1UL << 20), -L4_ENOMEM);
  pool.check_exhausted();
  pool.check_destroyed();
}

CASE("moe-ned-sigma0.md 2.5", "as much as possible means what the quota allows")
{
  Pool pool;
  Slot<L4Re::Dataspace> ds;
  REQUIRE(create(pool.get(), ds, L4RE_PROTO_DATASPACE, -32L * 1024, 1UL) == 0);
  CHECK_LE(ds->size(), Quota - 32 * 1024);
  CHECK_GE(ds->size(), Quota - 64 * 1024);
  pool.check_destroyed();
}

} // namespace
