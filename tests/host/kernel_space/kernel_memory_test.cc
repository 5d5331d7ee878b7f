// SPDX-License-Identifier: MIT
// Memory that the kernel itself spends: kernel-user areas (abi/kernel-objects.md section 2), and
// what happens when quota or memory run out.
#include "mem_map.h"

#include <vector>

namespace {

TEST_F(Mem_map, objects_2_kernel_user_memory_is_pinned_zeroed_and_not_executable)
{
  ASSERT_EQ(add_ku_mem(a.space, mem(0x13000, 13)), Errno::Ok);
  Fpage area = Mem_space::ku_area(mem(0x13000, 13));
  EXPECT_EQ(area.address(), 0x12000u) << "base rounded down";
  EXPECT_EQ(area.order(), 13u);
  EXPECT_EQ(rights(a.space, 0x12000), R | W);
  u8 *alias = static_cast<u8 *>(a.space.ku_alias(Virt_addr(0x12000), 2 * Kib4));
  ASSERT_TRUE(alias);
  for (Word i = 0; i < 2 * Kib4; ++i)
    ASSERT_EQ(alias[i], 0);
  EXPECT_EQ(Kmem::phys_of(alias).value(), frame(a.space, 0x12000));
  EXPECT_EQ(a.space.ku_alias(Virt_addr(0x13ff8), 8), alias + 0x1ff8);
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x13ff8), 9));
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x11fff), 2));
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x12000), ~Word{0}));

  EXPECT_FALSE(map(a.space, mem(0x12000, 13), b.space, 0x20000).mapped) << "not mappable onwards";
  give(b.space, 0x20000, 0x200000);
  EXPECT_EQ(map(b.space, mem(0x20000), a.space, 0x12000).step, Step::Done);
  EXPECT_EQ(Kmem::phys_of(alias).value(), frame(a.space, 0x12000)) << "overmap is skipped silently";
  unmap_all(a.space, mem(0, Fpage::Whole_space), true);
  unmap_all(a.space, mem(0x12000, 12, W), true);
  EXPECT_EQ(rights(a.space, 0x12000), R | W) << "unmap is skipped silently";
}

TEST_F(Mem_map, objects_2_add_ku_mem_errors)
{
  EXPECT_EQ(add_ku_mem(a.space, Fpage(Fpage::Type::Io, 0, 12, 0)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(0, 11)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(0, 18)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(User_max + 1, 12)), Errno::Inval);
  EXPECT_EQ(add_ku_mem(a.space, mem(User_max + 1 - Kib4, 12)), Errno::Ok);
  give(a.space, 0x21000, 0x200000);
  Word used = a.quota.used();
  EXPECT_EQ(add_ku_mem(a.space, mem(0x20000, 13)), Errno::Exist);
  EXPECT_FALSE(translate(a.space, 0x20000)) << "nothing of the area is added";
  EXPECT_EQ(a.quota.used(), used);
  give(a.space, Mib2, 0x400000, 21);
  EXPECT_EQ(add_ku_mem(a.space, mem(Mib2 + Kib4)), Errno::Exist);
  EXPECT_EQ(add_ku_mem(a.space, mem(0x40000, 17)), Errno::Ok);
  EXPECT_EQ(add_ku_mem(a.space, mem(0x5f000, 12)), Errno::Exist);
}

TEST_F(Mem_map, objects_2_add_ku_mem_goes_on_where_another_thread_was_killed)
{
  Fpage const area = mem(0x60000, 17);
  Result<Step> begun = a.space.add_ku_mem(area);
  ASSERT_TRUE(begun && *begun == Step::More) << "32 pages are too much for one step";
  EXPECT_FALSE(a.space.ku_alias(Virt_addr(0x60000), 8)) << "not to be found before it is complete";
  EXPECT_EQ(add_ku_mem(a.space, mem(0x60000, 16)), Errno::Exist);
  EXPECT_EQ(unmap_all(a.space, mem(0, Fpage::Whole_space), true).access_flags, 0);
  give(b.space, 0x20000, 0x200000);
  EXPECT_FALSE(map(b.space, mem(0x20000), a.space, 0x7f000).mapped) << "the last page is reserved";
  EXPECT_EQ(add_ku_mem(a.space, area), Errno::Ok);
  EXPECT_TRUE(a.space.ku_alias(Virt_addr(0x60000), 0x20000));
  EXPECT_EQ(add_ku_mem(a.space, area), Errno::Exist);
  ASSERT_TRUE(b.space.add_ku_mem(area)) << "never finished: destruction takes it back";
}

TEST_F(Mem_map, quota_every_allocation_may_fail_and_leaks_nothing)
{
  give(a.space, 0, 0x400000, 22);
  auto attempt = [&](Word limit) {
    Owned<Mem_space> poor(limit);
    if (!poor.space.init(poor.quota)) return false;
    Mapped small = map(a.space, mem(0, 14), poor.space, 0x7f0000000000);
    Mapped large = map(a.space, mem(0, 21), poor.space, Mib2 * 7);
    Mapped onward = map(poor.space, mem(Mib2 * 7, 13), poor.space, 0x40000000);
    bool ku = add_ku_mem(poor.space, mem(0x6000, 13)) == Errno::Ok;
    return small.step == Step::Done && large.step == Step::Done && onward.step == Step::Done && ku;
  };
  unsigned failures = 0;
  for (Word limit = 1; !attempt(limit); limit += 32)
    ++failures;
  EXPECT_GT(failures, 100u);
}

TEST_F(Mem_map, kmem_every_allocation_may_fail_and_leaks_nothing)
{
  give(a.space, 0, 0x400000, 22);
  std::vector<void *> taken;
  while (void *page = Kmem::alloc(0))
    taken.push_back(page);
  bool done = false;
  for (Word free_pages = 0; !done && free_pages < 64; ++free_pages) {
    Word used = Kmem::used_bytes();
    {
      Owned<Mem_space> poor;
      if (poor.space.init(poor.quota)) {
        done = map(a.space, mem(0, 14), poor.space, 0x7f0000000000).step == Step::Done &&
               map(a.space, mem(0, 21), poor.space, Mib2 * 7).step == Step::Done &&
               map(poor.space, mem(Mib2 * 7, 13), poor.space, 0x40000000).step == Step::Done &&
               add_ku_mem(poor.space, mem(0x6000, 13)) == Errno::Ok;
      }
    }
    EXPECT_LE(Kmem::used_bytes(), used + 4 * Page_size) << "spare slab blocks at most";
    Kmem::free(taken.back(), 0);
    taken.pop_back();
  }
  EXPECT_TRUE(done);
  for (void *page : taken)
    Kmem::free(page, 0);
}

} // namespace
