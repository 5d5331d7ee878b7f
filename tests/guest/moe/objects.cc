// SPDX-License-Identifier: MIT
#include "caps.h"

#include <l4/libtap/tap.h>
#include <l4/re/dma_space>
#include <l4/re/rm>
#include <l4/sigma0/sigma0.h>
#include <l4/sys/kip.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/vcon.h>

#include <string.h>

namespace {

CASE("l4re-protocols.md 5.2", "a factory refuses what it does not know and who has no right")
{
  Slot<void> slot;
  CHECK_EQ(create(mem(), slot, 0x1234), -L4_ENODEV);
  CHECK_EQ(create(mem(), slot, L4_PROTO_FACTORY, 0L), -L4_EINVAL);
  CHECK_EQ(create(mem(), slot, L4_PROTO_LOG), -L4_EINVAL);
  Slot<L4::Factory> weak;
  REQUIRE(l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, mem().fpage(L4_CAP_FPAGE_RW),
                               weak.get().snd_base())) == 0);
  CHECK_EQ(create(weak.get(), slot, L4RE_PROTO_DATASPACE, 4096L), -L4_EPERM);
}

CASE("moe-ned-sigma0.md 2.5", "a log writes lines and nothing else")
{
  Slot<void> log;
  REQUIRE(create(mem(), log, L4_PROTO_LOG, "tap-log", "g") == 0);
  char const text[] = "# this line comes from a tagged log\n";
  l4_cap_idx_t const cap = log.get().cap();
  CHECK(!l4_msgtag_has_error(l4_vcon_send(cap, text, sizeof(text) - 1)));
  l4_vcon_attr_t attr{};
  CHECK_EQ(l4_error(l4_vcon_get_attr(cap, &attr)), -L4_EINVAL);
  CHECK_EQ(l4_error(l4_vcon_set_attr(cap, &attr)), -L4_ENOSYS);
}

CASE("l4re-protocols.md 3", "a region map for another task")
{
  using Rm = L4Re::Rm;
  Slot<Rm> rm;
  REQUIRE(create(mem(), rm, L4RE_PROTO_RM) == 0);
  Slot<L4Re::Dataspace> ds;
  REQUIRE(mem()->alloc(4 * L4_PAGESIZE, ds.get()) == 0);

  l4_addr_t addr = 0x400000;
  CHECK_EQ(rm->attach(&addr, 4 * L4_PAGESIZE, Rm::F::RW | Rm::F::No_eager_map,
                      L4::Ipc::make_cap_rw(ds.get())),
           0);
  CHECK_EQ(rm->attach(&addr, L4_PAGESIZE, Rm::F::RW | Rm::F::No_eager_map,
                      L4::Ipc::make_cap_rw(ds.get())),
           -L4_EADDRNOTAVAIL);
  l4_addr_t found = 0;
  CHECK_EQ(rm->attach(&found, L4_PAGESIZE, Rm::F::Search_addr | Rm::F::RW | Rm::F::No_eager_map,
                      L4::Ipc::make_cap_rw(ds.get())),
           0);
  CHECK_EQ(found, L4_PAGESIZE);
  CHECK_EQ(rm->attach(&found, 0, Rm::F::Search_addr | Rm::F::RW, ds.get()), -L4_EINVAL);
  found = 0x800000;
  // as long as the dataspace, but not from its beginning
  CHECK_EQ(rm->attach(&found, 4 * L4_PAGESIZE, Rm::F::RW | Rm::F::No_eager_map,
                      L4::Ipc::make_cap_rw(ds.get()), L4_PAGESIZE),
           -L4_ERANGE);
  CHECK_EQ(rm->attach(&found, L4_PAGESIZE, Rm::F::RW | Rm::F::No_eager_map,
                      L4::Ipc::make_cap(ds.get(), L4_CAP_FPAGE_RO)),
           -L4_EPERM);
  CHECK_EQ(rm->attach(&found, 9 * L4_PAGESIZE, Rm::F::RW | Rm::F::No_eager_map,
                      L4::Ipc::make_cap_rw(ds.get())),
           -L4_ERANGE);

  Rm::Range const *list = nullptr;
  REQUIRE(rm->get_regions(0, &list) == 2);
  CHECK_EQ(list[0].start, L4_PAGESIZE);
  CHECK_EQ(list[1].end, 0x403fff);
  REQUIRE(rm->get_areas(0, &list) == 1);
  CHECK_EQ(list[0].start, 0);
  CHECK_EQ(list[0].end, L4_PAGESIZE - 1);

  l4_addr_t where = 0x400000;
  unsigned long size = 1;
  Rm::Offset offset = 0;
  Rm::Flags flags(0);
  L4::Cap<L4Re::Dataspace> cap;
  CHECK_EQ(rm->find(&where, &size, &offset, &flags, &cap), -L4_EPERM);

  CHECK_EQ(rm->detach(0x401000, L4_PAGESIZE, &cap, L4::Cap<L4::Task>::Invalid, Rm::Detach_exact),
           int{Rm::Split_ds});
  REQUIRE(rm->get_regions(0x400000, &list) == 2);
  CHECK_EQ(list[0].end, 0x400fff);
  CHECK_EQ(list[1].start, 0x402000);
}

CASE("l4re-protocols.md 9", "scheduler proxies limit priorities and CPUs")
{
  Slot<void> sched;
  CHECK_EQ(create(mem(), sched, L4_PROTO_SCHEDULER, 300L, 0L), -L4_ERANGE);
  CHECK_EQ(create(mem(), sched, L4_PROTO_SCHEDULER, 5L, 5L), -L4_EINVAL);
  REQUIRE(create(mem(), sched, L4_PROTO_SCHEDULER, 20L, 10L, 1UL) == 0);
  l4_cap_idx_t const cap = sched.get().cap();
  l4_sched_cpu_set_t cpus = l4_sched_cpu_set(0, 0);
  l4_umword_t max = 0;
  REQUIRE(l4_error(l4_scheduler_info(cap, &max, &cpus)) >= 0);
  CHECK_EQ(cpus.map, 1);
  CHECK_GE(max, 1);
  l4_sched_param_t const param = l4_sched_param(2);
  CHECK_EQ(l4_error(l4_scheduler_run_thread(cap, L4Re::Env::env()->main_thread().cap(), &param)),
           0);
  CHECK_LE(l4_error(l4_scheduler_run_thread(cap, L4Re::Env::env()->log().cap(), &param)), -1);
  CHECK_EQ(l4_error(l4_scheduler_run_thread(L4Re::Env::env()->scheduler().cap(),
                                            L4Re::Env::env()->main_thread().cap(), &param)),
           0);
  l4_kernel_clock_t us;
  CHECK_EQ(l4_error(l4_scheduler_idle_time(cap, &cpus, &us)), -L4_ENOSYS);
}

CASE("l4re-protocols.md 14", "without an IOMMU devices use physical addresses of pinned memory")
{
  using Dma = L4Re::Dma_space;
  auto const mgr = L4Re::Env::env()->get_cap<L4Re::Dma_space_mgr>("dma_mgr");
  REQUIRE(mgr.is_valid());
  Slot<Dma> space;
  REQUIRE(create(mem(), space, L4RE_PROTO_DMA_SPACE) == 0);
  Slot<L4Re::Dataspace> pinned, lazy;
  REQUIRE(mem()->alloc(16 * L4_PAGESIZE, pinned.get(), L4Re::Mem_alloc::Continuous) == 0);
  REQUIRE(mem()->alloc(16 * L4_PAGESIZE, lazy.get()) == 0);

  l4_uint64_t size = 8 * L4_PAGESIZE;
  Dma::Dma_addr address = 0, second = 0;
  auto const ds = L4::Ipc::make_cap_rw(pinned.get());
  CHECK_EQ(space->map(ds, 0, &size, &address), -L4_EINVAL);
  REQUIRE(mgr->associate_phys(L4::Ipc::make_cap_rws(space.get()),
                              L4Re::Dma_space_mgr::No_attribs) == 0);
  REQUIRE(space->map(ds, 0, &size, &address) == 0);
  CHECK_EQ(size, 8 * L4_PAGESIZE);
  CHECK_NE(address, 0);
  l4_size_t old_size = L4_PAGESIZE;
  REQUIRE(space->map(ds, 3 * L4_PAGESIZE, &old_size, Dma::F::Search_addr, Dma::Bidirectional,
                     &second) == 0);
  CHECK_EQ(second, address + 3 * L4_PAGESIZE);
  CHECK_EQ(space->map(L4::Ipc::make_cap_rw(lazy.get()), 0, &size, &address), -L4_EINVAL);
  CHECK_EQ(space->unmap(address, 8 * L4_PAGESIZE), 0);
  CHECK_EQ(mgr->disassociate(L4::Ipc::make_cap_rws(space.get())), 0);
  CHECK_EQ(space->map(ds, 0, &size, &address), -L4_EINVAL);
}

CASE("moe-ned-sigma0.md 2.3", "the KIP is a dataspace")
{
  auto const kip = L4Re::Env::env()->get_cap<L4Re::Dataspace>("kip");
  REQUIRE(kip.is_valid());
  CHECK_EQ(kip->size(), L4_PAGESIZE);
  l4_uint32_t *p = nullptr;
  REQUIRE(L4Re::Env::env()->rm()->attach(&p, L4_PAGESIZE, L4Re::Rm::F::Search_addr | L4Re::Rm::F::R,
                                         kip) == 0);
  CHECK_EQ(*p, l4_uint32_t{L4_KERNEL_INFO_MAGIC});
  L4Re::Env::env()->rm()->detach(p, nullptr);
}

CASE("moe-ned-sigma0.md 1", "a session of sigma0 gets no RAM, but device memory")
{
  l4_cap_idx_t const sigma0 = L4Re::Env::env()->get_cap<void>("sigma0").cap();
  constexpr l4_addr_t Room = 0x200000000;
  // The page that this session gets in the end stays with it: each pass takes another one.
  static l4_addr_t page = 0xa0000;
  page += L4_PAGESIZE;
  l4_addr_t base = 0;
  CHECK_EQ(l4sigma0_map_anypage(sigma0, Room, 12, &base, 12), -L4SIGMA0_NOFPAGE);
  CHECK_EQ(l4sigma0_map_mem(sigma0, 0x2000000, Room, 4096), -L4SIGMA0_NOFPAGE);
  CHECK_EQ(l4sigma0_map_iomem(sigma0, 0xb8000, Room, 4096, 1), 0);
  CHECK_EQ(l4sigma0_map_mem(sigma0, 1, Room, 4096), -L4SIGMA0_NOTALIGNED);

  // Another session: cannot have the same device memory until this one gives it up.
  Slot<void> second;
  REQUIRE(create(L4::Cap<L4::Factory>(sigma0), second, L4_PROTO_SIGMA0) == 0);
  l4_cap_idx_t const other = second.get().cap();
  CHECK_EQ(l4sigma0_map_iomem(other, 0xb8000, Room, 4096, 1), -L4SIGMA0_NOFPAGE);
  CHECK_EQ(l4sigma0_map_iomem(other, page, Room + 4096, 4096, 1), 0);
  second.drop();
  CHECK_EQ(l4sigma0_map_iomem(sigma0, page, Room + 4096, 4096, 1), 0);
}

} // namespace
