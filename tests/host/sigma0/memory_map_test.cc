// SPDX-License-Identifier: MIT
#include "memory_map.h"

#include <gtest/gtest.h>
#include <l4/sys/consts.h>
#include <l4/sys/err.h>

#include <map>
#include <memory>
#include <random>

namespace {

constexpr Owner Root = Memory_map::Root_owner, Other = 13;
constexpr l4_uint64_t Limit = 1UL << 40;

l4_kernel_info_mem_desc_t desc(unsigned long start, unsigned long last, unsigned type,
                               unsigned sub = 0, unsigned virt = 0)
{
  l4_kernel_info_mem_desc_t md{};
  l4_kernel_info_set_mem_desc(&md, start, last, type, virt, sub);
  return md;
}

/// A PC with 256 MiB, as bootstrap describes it.
class Sigma0 : public testing::Test {
protected:
  void SetUp() override
  {
    l4_kernel_info_mem_desc_t const descs[] = {
        desc(0, 0x9fbff, l4_mem_type_conventional),
        desc(0x100000, 0xfffffff, l4_mem_type_conventional),
        desc(0x400000, 0x7fffff, l4_mem_type_reserved),
        desc(0x100000, 0x10ffff, l4_mem_type_dedicated),
        desc(0x140000, 0x14abff, l4_mem_type_bootloader, L4_FPAGE_RX),
        desc(0x14b000, 0x14cfff, l4_mem_type_bootloader, L4_FPAGE_RW),
        desc(0x2000000, 0x20fffff, l4_mem_type_bootloader),
        desc(0xffe0000, 0xfffffff, l4_mem_type_archspecific, l4_mem_archspecific_acpi_tables),
        desc(0, 0x7fffffffffff, l4_mem_type_conventional, 0, 1),
        desc(0xfee00000, 0xfee00fff, l4_mem_type_reserved, l4_mem_reserved_mmio),
        desc(0, 0, l4_mem_type_undefined),
    };
    ASSERT_TRUE(map->init(descs, sizeof(descs) / sizeof(descs[0]), Limit));
  }

  std::unique_ptr<Memory_map> map = std::make_unique<Memory_map>();
};

TEST_F(Sigma0, RootMemoryHasTheRightsOfItsSegments)
{
  Grant const g = map->page_fault(Root, 0x141010, L4_FPAGE_RX);
  ASSERT_EQ(g.err, 0);
  EXPECT_EQ(g.rights, L4_FPAGE_RX);
  EXPECT_LE(g.addr, 0x141010u);
  EXPECT_GT(g.addr + (1UL << g.order), 0x141010u);
  EXPECT_EQ(map->page_fault(Root, 0x141010, L4_FPAGE_RW).err, -L4_EACCESS);
  EXPECT_EQ(map->page_fault(Root, 0x14b000, L4_FPAGE_RW).err, 0);
  EXPECT_EQ(map->page_fault(Other, 0x141010, L4_FPAGE_RX).err, -L4_ENOMEM);
}

TEST_F(Sigma0, FaultInFreeMemoryGivesOnePage)
{
  Grant const g = map->page_fault(Root, 0x1000123, L4_FPAGE_RW);
  ASSERT_EQ(g.err, 0);
  EXPECT_EQ(g.addr, 0x1000000u);
  EXPECT_EQ(g.order, 12);
  EXPECT_EQ(g.rights, L4_FPAGE_RWX);
  EXPECT_EQ(map->page_fault(Other, 0x1000000, L4_FPAGE_RO).err, -L4_ENOMEM);
  EXPECT_EQ(map->page_fault(Other, 0x1001000, L4_FPAGE_RO).err, 0);
}

TEST_F(Sigma0, KernelAndSigma0AreOutOfReach)
{
  for (l4_addr_t a : {0x400000UL, 0x7ff000UL, 0x100000UL}) {
    EXPECT_EQ(map->page_fault(Root, a, L4_FPAGE_RO).err, -L4_ENOMEM);
    EXPECT_EQ(map->request_ram(Root, a, 12).err, -L4_ENOMEM);
    EXPECT_EQ(map->request_iomem(Root, a, 12).err, -L4_ENOMEM);
  }
  EXPECT_EQ(map->request_iomem(Root, 0xfee00000, 12).err, -L4_ENOMEM);
}

TEST_F(Sigma0, ModulesAreForExplicitRequestsOfTheRootTask)
{
  EXPECT_EQ(map->page_fault(Root, 0x2000000, L4_FPAGE_RO).err, -L4_EACCESS);
  EXPECT_EQ(map->request_ram(Other, 0x2000000, 20).err, -L4_ENOMEM);
  Grant const g = map->request_ram(Root, 0x2000000, 20);
  ASSERT_EQ(g.err, 0);
  EXPECT_EQ(g.rights, L4_FPAGE_RWX);
}

TEST_F(Sigma0, AnyTakesTheLowestFreeBlock)
{
  EXPECT_EQ(map->request_any(Root, 12).addr, 0u);
  EXPECT_EQ(map->request_any(Root, 12).addr, 0x1000u);
  EXPECT_EQ(map->request_any(Root, 16).addr, 0x10000u);
  EXPECT_EQ(map->request_any(Root, 22).addr, 0x800000u);
  EXPECT_EQ(map->request_any(Root, 30).err, -L4_ENOMEM);
  EXPECT_EQ(map->request_any(Root, 11).err, -L4_EINVAL);
  EXPECT_EQ(map->request_any(Root, 63).err, -L4_ENOMEM);
}

TEST_F(Sigma0, AnyUntilNothingIsLeftGivesEachPageOnce)
{
  std::map<l4_addr_t, l4_addr_t> got;
  for (int order = 30; order >= 12; --order)
    for (;;) {
      Grant const g = map->request_any(Root, static_cast<unsigned>(order));
      if (g.err < 0) break;
      auto const [it, fresh] = got.emplace(g.addr, g.addr + (1UL << g.order));
      ASSERT_TRUE(fresh);
      if (it != got.begin()) {
        ASSERT_LE(std::prev(it)->second, it->first);
      }
      if (std::next(it) != got.end()) {
        ASSERT_LE(it->second, std::next(it)->first);
      }
    }
  l4_addr_t sum = 0;
  for (auto const &[start, end] : got)
    sum += end - start;
  l4_addr_t const expected =
      0x9f000 + (0x10000000 - 0x100000) - 0x400000 - 0x10000 - 0xb000 - 0x2000 - 0x100000 - 0x20000;
  EXPECT_EQ(sum, expected);
  EXPECT_EQ(map->page_fault(Other, 0x9000000, L4_FPAGE_RO).err, -L4_ENOMEM);
}

TEST_F(Sigma0, DeviceMemoryIsEverythingElse)
{
  EXPECT_EQ(map->request_iomem(Other, 0xfec00000, 12).err, 0);
  EXPECT_EQ(map->request_iomem(Other, 0xfec00000, 12).err, 0);
  EXPECT_EQ(map->request_iomem(Root, 0xfec00000, 12).err, -L4_ENOMEM);
  EXPECT_EQ(map->request_iomem(Other, 0xffe0000, 17).err, 0) << "ACPI tables";
  EXPECT_EQ(map->request_iomem(Other, 0x1000000, 12).err, -L4_ENOMEM) << "RAM";
  EXPECT_EQ(map->request_iomem(Other, 0xfec01001, 12).err, -L4_EINVAL);
  EXPECT_EQ(map->request_iomem(Other, Limit, 12).err, -L4_ENOMEM);
  EXPECT_EQ(map->request_iomem(Other, ~0xfffUL, 12).err, -L4_ENOMEM);
}

TEST_F(Sigma0, PortsFirstComeFirstServed)
{
  EXPECT_EQ(map->request_ports(Other, 0x3f8, 3), 0);
  EXPECT_EQ(map->request_ports(Other, 0x3fa, 1), 0);
  EXPECT_EQ(map->request_ports(Root, 0x3f8, 0), -L4_ENOMEM);
  EXPECT_EQ(map->request_ports(Root, 0, 16), -L4_ENOMEM);
  EXPECT_EQ(map->request_ports(Root, 0x10000, 0), -L4_EINVAL);
  EXPECT_EQ(map->request_ports(Root, 0x3f9, 1), -L4_EINVAL);
  EXPECT_EQ(map->request_ports(Root, 0xffff, 0), 0);
}

TEST_F(Sigma0, ReleaseUnmapsAndFrees)
{
  ASSERT_EQ(map->request_iomem(Other, 0xfec00000, 12).err, 0);
  ASSERT_EQ(map->request_ram(Other, 0x1000000, 21).err, 0);
  ASSERT_EQ(map->request_ports(Other, 0x60, 0), 0);
  l4_uint64_t bytes = 0, ports = 0;
  map->release(
      Other, [&](l4_uint64_t s, l4_uint64_t e) { bytes += e - s; },
      [&](l4_uint64_t s, l4_uint64_t e) { ports += e - s; });
  EXPECT_EQ(bytes, 0x201000u);
  EXPECT_EQ(ports, 1u);
  EXPECT_EQ(map->request_iomem(Root, 0xfec00000, 12).err, 0);
  EXPECT_EQ(map->request_ram(Root, 0x1000000, 21).err, 0);
}

TEST(RangeMap, RandomOperationsAgreeWithAnArray)
{
  constexpr unsigned Size = 200;
  std::mt19937 random(1);
  auto map = std::make_unique<Range_map<300>>();
  int model[Size];
  std::fill_n(model, Size, -1);
  for (int round = 0; round < 3000; ++round) {
    unsigned const start = random() % Size, end = start + random() % (Size - start) + 1;
    Owner const owner = random() % 4;
    switch (random() % 4) {
    case 0:
      ASSERT_TRUE(map->insert(start, end, owner, 7));
      std::fill(model + start, model + end, owner);
      break;
    case 1:
      ASSERT_TRUE(map->remove(start, end));
      std::fill(model + start, model + end, -1);
      break;
    case 2:
      ASSERT_TRUE(map->assign(start, end, owner));
      for (unsigned i = start; i < end; ++i)
        model[i] = model[i] < 0 ? -1 : static_cast<int>(owner);
      break;
    default:
      map->release(owner, [](Range const &) {});
      for (int &m : model)
        m = m == static_cast<int>(owner) ? static_cast<int>(Nobody) : m;
      break;
    }
    for (unsigned i = 0; i < Size; ++i) {
      Range const *r = map->find(i);
      ASSERT_EQ(r ? static_cast<int>(r->owner) : -1, model[i]) << "position " << i;
    }
    for (Range const *r = map->begin(); r != map->end(); ++r) {
      ASSERT_LT(r->start, r->end);
      if (r + 1 != map->end()) {
        ASSERT_TRUE(r->end < r[1].start || (r->end == r[1].start && r->owner != r[1].owner));
      }
    }
  }
}

TEST(RangeMap, RefusesWhenFull)
{
  Range_map<4> map;
  ASSERT_TRUE(map.insert(0, 100, 1, 7));
  ASSERT_TRUE(map.assign(10, 20, 2));
  EXPECT_FALSE(map.assign(30, 40, 2));
  EXPECT_FALSE(map.remove(50, 60));
  EXPECT_EQ(map.find(35)->owner, 1u);
}

} // namespace
