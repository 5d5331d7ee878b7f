// SPDX-License-Identifier: MIT
/** The server base for region maps, asked by the client stubs. */
#include "servers.h"

#include <l4/re/util/region_mapping_svr>

#include <memory>

namespace {

struct Node : L4Re::Util::Range {
  l4_uint32_t flags = 6;
  l4_addr_t offset = 0x3000, backing_offset = 0x1234;
  l4_cap_idx_t client_cap = 0x88000;
  char name[8] = "region";
  void advance(l4_size_t) {}
  template <typename A> Node *clone(A *) { return nullptr; }
};

struct Heap {
  void *alloc(l4_size_t size) { return ::operator new(size); }
  void free(void *p, l4_size_t) { ::operator delete(p); }
  L4Re::Util::Area *new_area() { return new L4Re::Util::Area; }
  void delete_area(L4Re::Util::Area *a) { delete a; }
};

/// Only what the template does; the rest is the server's own.
struct Layout : L4::Epiface_t<Layout, L4Re::Rm>, L4Re::Util::Rm_server<Layout> {
  using Rights = L4Re::Rm::Rights;
  Heap heap;
  L4Re::Util::Region_map<Node, Heap> regions{&heap, 0x1000, 0x7fffffff};

  auto &map() { return regions; }
  long op_attach(Rights, l4_addr_t &, unsigned long size, L4Re::Rm::Flags flags, l4_uint64_t,
                 unsigned char align, l4_cap_idx_t, L4::Ipc::String<> const &, l4_uint64_t,
                 L4::Ipc::Opt<L4::Ipc::Snd_fpage> const &)
  {
    return check_flags(flags.raw, size, align);
  }
  long op_detach(Rights, l4_addr_t, unsigned long, unsigned, l4_addr_t &, l4_addr_t &,
                 l4_cap_idx_t &)
  {
    return -L4_ENOENT;
  }
  long op_add_rescue_jump(Rights, l4_addr_t, l4_addr_t, l4_addr_t) { return -L4_ENOSYS; }
  long op_remove_rescue_jump(Rights, l4_addr_t) { return -L4_ENOSYS; }
  long op_page_in(Rights, l4_addr_t, l4_addr_t, unsigned short, l4_addr_t &,
                  L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
  {
    return 0;
  }
  long op_page_fault(L4::Pager::Rights, l4_umword_t, l4_umword_t,
                     L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
  {
    return -L4_ENOMEM;
  }
};

struct Layouts : Servers {
  Layout layout;
  L4::Cap<L4Re::Rm> rm{Server};
  Layouts() { serve(&layout); }
};

TEST_F(Layouts, find_lists_and_names)
{
  auto node = std::make_unique<Node>();
  ASSERT_EQ(layout.regions.attach(node.get(), 0x10000, 0x2000, 0, 12), 0);
  l4_addr_t area = 0x40000;
  ASSERT_EQ(rm->reserve_area(&area, 0x5000, L4Re::Rm::F::Reserved), 0);

  l4_addr_t at = 0x11008;
  unsigned long size = 1;
  L4Re::Rm::Offset offset;
  L4Re::Rm::Flags flags;
  L4::Cap<L4Re::Dataspace> ds;
  EXPECT_EQ(rm->find(&at, &size, &offset, &flags, &ds), 0);
  EXPECT_EQ(at, 0x10000U);
  EXPECT_EQ(size, 0x2000U);
  EXPECT_EQ(offset, 0x3000U);
  EXPECT_EQ(ds.cap(), 0x88000U);
  at = 0x44fff;
  size = 1;
  EXPECT_EQ(rm->find(&at, &size, &offset, &flags, &ds), 0);
  EXPECT_EQ(at, 0x40000U);
  EXPECT_EQ(flags.raw, L4Re::Rm::F::Reserved | 0x40000U);
  at = 0x60000;
  size = 0;
  EXPECT_EQ(rm->find(&at, &size, &offset, &flags, &ds), -L4_EINVAL);
  size = ~0UL; // reaches around the end of the address space
  EXPECT_EQ(rm->find(&at, &size, &offset, &flags, &ds), -L4_EINVAL);
  size = 1;
  EXPECT_EQ(rm->find(&at, &size, &offset, &flags, &ds), -L4_ENOENT);

  L4Re::Rm::Region const *list = nullptr;
  EXPECT_EQ(rm->get_regions(0, L4::Ipc::Ret_array<L4Re::Rm::Region>(&list)), 1);
  EXPECT_EQ(list[0].end, 0x11fffU);
  EXPECT_EQ(rm->get_areas(0x45000, L4::Ipc::Ret_array<L4Re::Rm::Area>(&list)), 0);
  EXPECT_EQ(rm->get_areas(0, L4::Ipc::Ret_array<L4Re::Rm::Area>(&list)), 1);

  char text[20];
  L4::Ipc::String<char> name(sizeof(text), text);
  EXPECT_EQ(rm->get_info(0x10000, name, offset), 0);
  EXPECT_STREQ(text, "region");
  EXPECT_EQ(offset, 0x1234U);
  EXPECT_EQ(rm->get_info(0x20000, name, offset), -L4_ENOENT);

  EXPECT_EQ(rm->free_area(0x41000), 0);
  EXPECT_EQ(rm->free_area(0x41000), -L4_ENOENT);
  L4Re::Util::Region_map<Node, Heap>::Detached_range out;
  EXPECT_EQ(layout.regions.detach(0x10000, 1, L4Re::Util::Detach_overlap, &out), 0);
}

TEST_F(Layouts, arguments_are_checked)
{
  l4_addr_t at = 0;
  EXPECT_EQ(rm->reserve_area(&at, 0), -L4_EINVAL);
  EXPECT_EQ(rm->reserve_area(&at, 1, L4Re::Rm::Flags(0x200)), -L4_EINVAL);
  EXPECT_EQ(rm->reserve_area(&at, 1, L4Re::Rm::Flags(8)), -L4_EINVAL);
  EXPECT_EQ(rm->reserve_area(&at, 1, L4Re::Rm::F::Search_addr, 11), -L4_EINVAL);
  EXPECT_EQ(rm->reserve_area(&at, 1, L4Re::Rm::F::Search_addr, 64), -L4_EINVAL);
}

} // namespace
