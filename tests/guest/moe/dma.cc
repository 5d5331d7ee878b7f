// SPDX-License-Identifier: MIT
// Dma_space as programs of before spring 2026 use it: messages of another length, no manager object
// (l4re-protocols.md section 14).
#include "caps.h"

#include <l4/libtap/tap.h>
#include <l4/re/dma_space>

namespace {

using Dma = L4Re::Dma_space;
constexpr unsigned long Page = L4_PAGESIZE;

enum Old_op : l4_umword_t { Map = 0, Unmap = 1, Associate = 2, Disassociate = 3 };
enum Direction : l4_umword_t { Bidirectional = 0, None = 3 };

struct Answer {
  long label;
  l4_umword_t word[2];
};

/// Send words, and a capability unless it is invalid.
template <typename... Words>
Answer call(L4::Cap<Dma> space, L4::Cap<void> item, unsigned char rights, Words... words)
{
  l4_umword_t const all[] = {l4_umword_t(words)...};
  constexpr unsigned n = sizeof...(words);
  l4_msg_regs_t *const mr = l4_utcb_mr();
  for (unsigned i = 0; i < n; ++i)
    mr->mr[i] = all[i];
  bool const with_item = item.is_valid();
  if (with_item) {
    mr->mr[n] = L4_ITEM_MAP;
    mr->mr[n + 1] = item.fpage(rights).raw;
  }
  l4_msgtag_t const tag = l4_msgtag(L4RE_PROTO_DMA_SPACE, n, with_item, 0);
  long const label = l4_error(l4_ipc_call(space.cap(), l4_utcb(), tag, L4_IPC_NEVER));
  return {label, {l4_utcb_mr()->mr[0], l4_utcb_mr()->mr[1]}};
}

Answer old_map(L4::Cap<Dma> space, L4::Cap<void> ds, l4_umword_t offset, l4_umword_t size)
{
  return call(space, ds, L4_CAP_FPAGE_RW, Map, offset, size, 0UL, Bidirectional);
}

CASE("l4re-protocols.md 14", "the older messages: associate, map, unmap, disassociate")
{
  Slot<Dma> space;
  Slot<L4Re::Dataspace> ds;
  auto const no_cap = L4::Cap<void>::Invalid;
  REQUIRE(create(mem(), space, L4RE_PROTO_DMA_SPACE) == 0);
  REQUIRE(mem()->alloc(16 * Page, ds.get(), L4Re::Mem_alloc::Continuous) == 0);

  CHECK_EQ(old_map(space.get(), ds.get(), 0, Page).label, -L4_EINVAL); // nobody's yet
  CHECK_EQ(call(space.get(), no_cap, 0, Associate, 1UL).label,
           -L4_EINVAL); // coherent is not enough
  CHECK_EQ(call(space.get(), no_cap, 0, Associate, 0UL).label, -L4_EINVAL);
  CHECK_EQ(
      call(space.get(), L4::Cap<void>(L4_BASE_TASK_CAP), L4_CAP_FPAGE_RWS, Associate, 0UL).label,
      -L4_ENODEV); // no IOMMU
  REQUIRE(call(space.get(), no_cap, 0, Associate, 2UL | 1UL).label == 0);

  Answer const whole = old_map(space.get(), ds.get(), 0, 16 * Page);
  REQUIRE(whole.label == 0);
  CHECK_EQ(whole.word[0], 16 * Page);
  CHECK_NE(whole.word[1], 0);
  Answer const part = old_map(space.get(), ds.get(), 5 * Page, 2 * Page);
  REQUIRE(part.label == 0);
  CHECK_EQ(part.word[1], whole.word[1] + 5 * Page);
  CHECK_EQ(old_map(space.get(), ds.get(), 16 * Page, Page).label, -L4_ERANGE);
  CHECK_EQ(old_map(space.get(), ds.get(), 15 * Page, 2 * Page).label, -L4_ERANGE);
  CHECK_EQ(old_map(space.get(), ds.get(), Page, ~0UL).label, -L4_ERANGE);
  CHECK_EQ(old_map(space.get(), ds.get(), 0, 0).label, -L4_EINVAL);
  CHECK_EQ(old_map(space.get(), no_cap, 0, Page).label, -L4_EINVAL);

  CHECK_EQ(call(space.get(), no_cap, 0, Unmap, whole.word[1], 16 * Page, 0UL, None).label, 0);
  CHECK_EQ(call(space.get(), no_cap, 0, Disassociate).label, 0);
  CHECK_EQ(old_map(space.get(), ds.get(), 0, Page).label, -L4_EINVAL);
}

CASE("l4re-protocols.md 14", "the older messages: rights, and memory that devices may be using")
{
  Slot<Dma> space, weak;
  REQUIRE(create(mem(), space, L4RE_PROTO_DMA_SPACE) == 0);
  REQUIRE(l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP,
                               space.get().fpage(L4_CAP_FPAGE_RO), weak.get().snd_base())) == 0);
  auto const no_cap = L4::Cap<void>::Invalid;
  CHECK_EQ(call(weak.get(), no_cap, 0, Associate, 2UL).label, -L4_EPERM);
  CHECK_EQ(call(weak.get(), no_cap, 0, Disassociate).label, -L4_EPERM);
  REQUIRE(call(space.get(), no_cap, 0, Associate, 2UL).label == 0);

  // What is mapped stays, though nobody has the dataspace any more; it comes back with the space.
  l4_umword_t const before = ram_left();
  l4_umword_t address;
  {
    Slot<L4Re::Dataspace> ds;
    REQUIRE(mem()->alloc(64 * Page, ds.get(), L4Re::Mem_alloc::Continuous) == 0);
    Answer const a = old_map(space.get(), ds.get(), 0, 64 * Page);
    REQUIRE(a.label == 0);
    address = a.word[1];
  }
  CHECK_LE(ram_left() + 64 * Page, before);
  CHECK_EQ(call(space.get(), no_cap, 0, Unmap, address, 64 * Page, 0UL, None).label, 0);
  CHECK_GE(ram_left() + 2 * Page, before);
}

} // namespace
