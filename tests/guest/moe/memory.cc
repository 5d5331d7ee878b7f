// SPDX-License-Identifier: MIT
#include "caps.h"

#include <l4/libtap/tap.h>
#include <l4/re/rm>
#include <l4/sys/factory.h>
#include <l4/sys/task>

#include <string.h>

namespace {

constexpr unsigned long Page = L4_PAGESIZE;

/// A dataspace attached to the own address space.
class Window {
public:
  Window(L4::Ipc::Cap<L4Re::Dataspace> ds, unsigned long size, L4Re::Rm::F::Region_flags rights)
  {
    error = L4Re::Env::env()->rm()->attach(&address, size, L4Re::Rm::F::Search_addr | rights, ds);
  }
  ~Window()
  {
    if (error >= 0) L4Re::Env::env()->rm()->detach(address, nullptr);
  }
  char *operator+(unsigned long offset) const { return address + offset; }

  char *address = nullptr;
  long error;
};

CASE("l4re-protocols.md 5.2", "a dataspace reads as zero and keeps what is written")
{
  Slot<L4Re::Dataspace> ds;
  REQUIRE(mem()->alloc(64 * Page, ds.get()) == 0);
  CHECK_EQ(ds->size(), 64 * Page);
  CHECK_EQ(ds->flags().raw, unsigned{L4Re::Dataspace::F::RWX});
  Window w(L4::Ipc::make_cap_rw(ds.get()), 64 * Page, L4Re::Rm::F::RW);
  REQUIRE(w.error == 0);
  CHECK_EQ(w.address[63 * Page], 0);
  for (unsigned i = 0; i < 64; ++i)
    w.address[i * Page] = static_cast<char>(i + 1);
  bool same = true;
  for (unsigned i = 0; i < 64; ++i)
    same = same && w.address[i * Page] == static_cast<char>(i + 1) && w.address[i * Page + 1] == 0;
  CHECK(same);
  REQUIRE(ds->clear(Page, Page) == 0);
  CHECK_EQ(w.address[Page], 0);
  CHECK_EQ(w.address[2 * Page], 3);
}

CASE("l4re-protocols.md 2", "without the W right nothing can be written")
{
  Slot<L4Re::Dataspace> ds, ro;
  REQUIRE(mem()->alloc(Page, ds.get()) == 0);
  REQUIRE(l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, ds.get().fpage(L4_CAP_FPAGE_RO),
                               ro.get().snd_base())) == 0);
  CHECK_EQ(ro->flags().raw, unsigned{L4Re::Dataspace::F::RX});
  CHECK_EQ(ro->clear(0, Page), -L4_EACCESS);
  CHECK_EQ(ro->copy_in(0, ds.get(), 0, Page), -L4_EACCESS);
  Window w(L4::Ipc::make_cap_rw(ro.get()), Page, L4Re::Rm::F::RW);
  CHECK_LE(w.error, -1);
  // nor by a message of one's own
  using F = L4Re::Dataspace::F;
  constexpr l4_addr_t Nowhere = 0x300000000000;
  CHECK_EQ(ro->map(0, F::RW, Nowhere, Nowhere, Nowhere + Page - 1), -L4_EPERM);
  CHECK_EQ(ro->map(0, F::R, Nowhere, Nowhere, Nowhere + Page - 1), 0);
  CHECK_EQ(*reinterpret_cast<char volatile *>(Nowhere), 0);
  l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage(Nowhere, L4_PAGESHIFT, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

CASE("l4re-protocols.md 2", "copy_in shares pages until somebody writes")
{
  Slot<L4Re::Dataspace> a, b;
  REQUIRE(mem()->alloc(16 * Page, a.get()) == 0);
  REQUIRE(mem()->alloc(16 * Page, b.get()) == 0);
  Window wa(L4::Ipc::make_cap_rw(a.get()), 16 * Page, L4Re::Rm::F::RW);
  Window wb(L4::Ipc::make_cap_rw(b.get()), 16 * Page, L4Re::Rm::F::RW);
  REQUIRE(wa.error == 0 && wb.error == 0);
  for (unsigned i = 0; i < 16; ++i)
    wa.address[i * Page] = static_cast<char>('a' + i);
  CHECK_EQ(wb.address[3 * Page], 0);
  l4_umword_t const left = ram_left();
  REQUIRE(b->copy_in(0, L4::Ipc::make_cap_rw(a.get()), 0, 16 * Page) == 0);
  CHECK_GE(ram_left() + 2 * Page, left);
  CHECK_EQ(wb.address[3 * Page], 'd');
  wa.address[3 * Page] = 'X';
  CHECK_EQ(wb.address[3 * Page], 'd');
  wb.address[4 * Page] = 'Y';
  CHECK_EQ(wa.address[4 * Page], 'e');
  CHECK_EQ(wb.address[4 * Page], 'Y');
  CHECK_EQ(b->copy_in(100, L4::Ipc::make_cap_rw(a.get()), 3 * Page, 1), 0);
  CHECK_EQ(wb.address[100], 'X');
  CHECK_EQ(wb.address[0], 'a');
}

CASE("l4re-protocols.md 2", "ranges behind the end are cut, unknown sources refused")
{
  Slot<L4Re::Dataspace> a, b;
  REQUIRE(mem()->alloc(2 * Page, a.get()) == 0);
  REQUIRE(mem()->alloc(2 * Page, b.get()) == 0);
  CHECK_EQ(a->copy_in(Page, b.get(), 0, 100 * Page), 0);
  CHECK_EQ(a->copy_in(9 * Page, b.get(), 0, Page), 0);
  CHECK_EQ(a->clear(Page, ~0UL), 0);
  L4::Cap<L4Re::Dataspace> const no_ds(L4_BASE_LOG_CAP);
  CHECK_EQ(a->copy_in(0, no_ds, 0, Page), -L4_EINVAL);
}

CASE("l4re-protocols.md 5.2", "contiguous and pinned memory, alignment, sizes")
{
  Slot<L4Re::Dataspace> ds, none;
  REQUIRE(mem()->alloc(3L << 20, ds.get(), L4Re::Mem_alloc::Continuous, 21) == 0);
  Window w(L4::Ipc::make_cap_rw(ds.get()), 3UL << 20, L4Re::Rm::F::RW);
  REQUIRE(w.error == 0);
  w.address[(3UL << 20) - 1] = 1;
  CHECK_EQ(w.address[0], 0);
  CHECK_EQ(mem()->alloc(0, none.get()), -L4_ERANGE);
  CHECK_EQ(mem()->alloc(-4096, none.get()), -L4_ERANGE);
  CHECK_EQ(mem()->alloc(1L << 46, none.get(), L4Re::Mem_alloc::Continuous), -L4_ENOMEM);
  CHECK(!none.valid());
}

CASE("moe-ned-sigma0.md 2.5", "memory of a dataspace comes back with its last capability")
{
  l4_umword_t const before = ram_left();
  {
    Slot<L4Re::Dataspace> ds;
    REQUIRE(mem()->alloc(4L << 20, ds.get()) == 0);
    REQUIRE(ds->allocate(0, 4UL << 20) == 0);
    CHECK_LE(ram_left(), before - (4UL << 20));
  }
  CHECK_GE(ram_left() + 4 * Page, before);
}

CASE("moe-ned-sigma0.md 2.5", "a factory spends no more than its quota and takes all with it")
{
  constexpr l4_umword_t Quota = 256 * 1024;
  l4_umword_t const before = ram_left();
  Slot<L4Re::Mem_alloc> pool;
  REQUIRE(create(mem(), pool, L4_PROTO_FACTORY, l4_mword_t(Quota)) == 0);
  L4Re::Mem_alloc::Stats stats{};
  REQUIRE(pool->info(&stats) == 0);
  CHECK_EQ(stats.quota, Quota);
  CHECK_EQ(stats.quota_used, 0);

  Slot<L4Re::Dataspace> ds, more;
  REQUIRE(create(pool.get(), ds, L4RE_PROTO_DATASPACE, 1L << 20) == 0);
  CHECK_EQ(ds->allocate(0, 1UL << 20), -L4_ENOMEM);
  REQUIRE(pool->info(&stats) == 0);
  CHECK_LE(stats.quota_used, Quota);
  CHECK_GE(stats.quota_used, Quota - 16 * 1024);
  CHECK_EQ(create(pool.get(), more, L4RE_PROTO_DATASPACE, 1L << 20, 1UL), -L4_ENOMEM);
  CHECK_EQ(create(pool.get(), more, L4_PROTO_FACTORY, l4_mword_t(Quota)), -L4_ENOMEM);
  REQUIRE(ds->clear(0, 1UL << 20) == 0);
  CHECK_EQ(create(pool.get(), more, L4RE_PROTO_DATASPACE, 64L << 10, 1UL), 0);

  pool.destroy();
  ram_left();
  CHECK(!ds.valid());
  CHECK(!more.valid());
  CHECK_GE(ram_left() + 8 * Page, before);
}

CASE("moe-ned-sigma0.md 2.5", "thousands of objects leave nothing behind")
{
  Slot<L4Re::Mem_alloc> pool;
  REQUIRE(create(mem(), pool, L4_PROTO_FACTORY, 64L << 20) == 0);
  l4_umword_t before = 0;
  for (unsigned round = 0; round < 3; ++round) {
    for (unsigned i = 0; i < 300; ++i) {
      Slot<L4Re::Dataspace> ds;
      REQUIRE(create(pool.get(), ds, L4RE_PROTO_DATASPACE, 16L * 4096) == 0);
      REQUIRE(ds->allocate(i % 16 * Page, 1) == 0);
    }
    l4_umword_t const left = ram_left();
    if (round == 1) before = left;
    if (round == 2) CHECK_GE(left + 2 * Page, before);
  }
  L4Re::Mem_alloc::Stats stats{};
  REQUIRE(pool->info(&stats) == 0);
  CHECK_EQ(stats.quota_used, 0);
}

CASE("moe-ned-sigma0.md 2.5", "what a task held comes back when it dies")
{
  l4_umword_t const before = ram_left();
  Slot<L4::Task> child;
  l4_fpage_t no_utcbs = l4_fpage_invalid();
  REQUIRE(l4_error(l4_factory_create_task(L4Re::Env::env()->factory().cap(), child.get().cap(),
                                          &no_utcbs)) >= 0);
  {
    Slot<L4Re::Dataspace> ds;
    REQUIRE(mem()->alloc(2L << 20, ds.get()) == 0);
    REQUIRE(ds->allocate(0, 2UL << 20) == 0);
    REQUIRE(l4_error(l4_task_map(child.get().cap(), L4_BASE_TASK_CAP, ds.get().fpage(),
                                 l4_map_obj_control(0x20 << L4_CAP_SHIFT, L4_MAP_ITEM_MAP))) >= 0);
  }
  CHECK_LE(ram_left() + (2UL << 20), before);
  child.destroy();
  CHECK_GE(ram_left() + 4 * Page, before);
}

CASE("process-environment.md 9", "a dataspace lives as long as a region shows it")
{
  L4Re::Rm const *const rm = L4Re::Env::env()->rm().operator->();
  char *address = nullptr;
  {
    Slot<L4Re::Dataspace> ds;
    REQUIRE(mem()->alloc(Page, ds.get()) == 0);
    REQUIRE(rm->attach(&address, Page, L4Re::Rm::F::Search_addr | L4Re::Rm::F::RW,
                       L4::Ipc::make_cap_rw(ds.get())) == 0);
    *address = 'z';
    Slot<L4Re::Dataspace> copy;
    REQUIRE(mem()->alloc(Page, copy.get()) == 0);
    REQUIRE(copy->copy_in(0, ds.get(), 0, Page) == 0);
  }
  ram_left();
  CHECK_EQ(*address, 'z');
  CHECK_GE(rm->detach(address, nullptr), 0);
}

} // namespace
