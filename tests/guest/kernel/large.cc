// SPDX-License-Identifier: MIT
// Large pages, as the CPU sees them (kernel-objects.md 2 and 2a; the cases without a CPU are in
// tests/host/kernel_space).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr unsigned Page = L4_PAGESHIFT, Large = L4_SUPERPAGESHIFT;
constexpr l4_addr_t Source = Free_range + (3ul << 30); ///< our large page
constexpr l4_addr_t Target = Free_range + (4ul << 30); ///< in a child task
constexpr l4_addr_t Frame = 0xa000000;                 ///< its RAM
constexpr l4_addr_t Some_page = 7 * L4_PAGESIZE, Another = 300 * L4_PAGESIZE;

/// A large page of RAM, once for the program.
void get_large_page()
{
  static bool done = false;
  if (done) return;
  constexpr l4_umword_t Sigma0_ram = 0xffffffffffffff60;
  set_buffers({L4_ITEM_MAP, memory_page(Source, Large, L4_FPAGE_RWX)});
  CHECK_LABEL(
      call(env.pager, L4_PROTO_SIGMA0, {Sigma0_ram, memory_page(Frame, Large, L4_FPAGE_RWX)}), 0);
  no_buffers();
  for (l4_addr_t at : {l4_addr_t(0), Some_page, Another})
    *reinterpret_cast<l4_umword_t volatile *>(Source + at) = at + 1;
  done = true;
}

/// A child task with the large page at Target.
struct With_large_page {
  Child_task task;
  explicit With_large_page(unsigned rights = L4_FPAGE_RWX)
  {
    get_large_page();
    CHECK_LABEL(task.share_image(), 0);
    CHECK_LABEL(task_map(task, env.task, memory(Source, Large, rights, Target)), 0);
  }
};

struct Access {
  l4_addr_t address;
  bool write;
};
void do_access(Worker &me)
{
  Access const &a = me.data<Access>();
  auto &word = *reinterpret_cast<l4_umword_t volatile *>(a.address);
  me.value[0] = word;
  if (a.write) word = word;
  me.value[1] = 1;
}

/// The word there, as a thread of the task sees it; 0 if it faults. Its pager is an empty slot.
l4_umword_t look(Child_task &task, l4_addr_t address, bool write = false)
{
  Access access{address, write};
  Worker reader(do_access, &access, Prio_high, &task);
  reader.start();
  return reader.value[1] ? reader.value[0] : 0;
}

Result unmap(l4_cap_idx_t task, l4_addr_t where, unsigned order, l4_umword_t mask,
             unsigned rights = L4_FPAGE_RWX)
{
  return task_unmap(task, memory_page(where, order, rights), mask);
}

} // namespace

CASE("kernel-objects.md 2 map", "a large page is passed on whole, and every page of it is there")
{
  With_large_page w;
  CHECK_EQ(look(w.task, Target + Some_page), Some_page + 1);
  CHECK_EQ(look(w.task, Target + Another, true), Another + 1);
}

CASE("ipc.md 4", "a small piece of a large page goes to its place, the rest does not")
{
  get_large_page();
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  CHECK_LABEL(
      task_map(task, env.task, memory(Source + Some_page, Page, L4_FPAGE_RW, Target + Another)), 0);
  CHECK_EQ(look(task, Target + Another), Some_page + 1);
  CHECK_EQ(look(task, Target + Some_page), 0);
}

CASE("kernel-objects.md 2 unmap", "the own large page that a small range touches goes completely")
{
  With_large_page w;
  CHECK_EQ(look(w.task, Target + Some_page), Some_page + 1); // it is in the TLB
  CHECK_LABEL(unmap(w.task, Target + Another, Page, L4_FP_ALL_SPACES), 0);
  CHECK_EQ(look(w.task, Target + Some_page), 0);
  CHECK_EQ(look(w.task, Target + Another), 0);
}

CASE("kernel-objects.md 2 unmap",
     "of others only what lies in the range, but a large page of theirs as a whole")
{
  With_large_page whole;
  Child_task pieces;
  CHECK_LABEL(pieces.share_image(), 0);
  for (l4_addr_t at : {Some_page, Another})
    CHECK_LABEL(task_map(pieces, env.task, memory(Source + at, Page, L4_FPAGE_RW, Target + at)), 0);
  CHECK_LABEL(unmap(env.task, Source + Some_page, Page, L4_FP_OTHER_SPACES), 0);
  CHECK_EQ(look(pieces, Target + Some_page), 0);
  CHECK_EQ(look(pieces, Target + Another), Another + 1);
  CHECK_EQ(look(whole.task, Target + Another), 0);
  CHECK_EQ(*reinterpret_cast<l4_umword_t volatile *>(Source + Some_page), Some_page + 1);
}

CASE("kernel-objects.md 2 unmap", "bit 30 of the mask without bit 31 means the others only")
{
  With_large_page w;
  CHECK_LABEL(unmap(env.task, Source, Large, 0x40000000), 0);
  CHECK_EQ(look(w.task, Target + Some_page), 0);
  CHECK_EQ(*reinterpret_cast<l4_umword_t volatile *>(Source), 1);
}

CASE("kernel-objects.md 2 unmap",
     "W is withdrawn from a whole large page, also where it was written before")
{
  With_large_page w;
  CHECK_EQ(look(w.task, Target + Another, true), Another + 1);
  CHECK_LABEL(unmap(w.task, Target + Some_page, Page, L4_FP_ALL_SPACES, L4_FPAGE_W), 0);
  CHECK_EQ(look(w.task, Target + Another, true), 0);
  CHECK_EQ(look(w.task, Target + Another), Another + 1);
}

CASE("kernel-objects.md 2a", "a small page into the range of a large page: that goes first")
{
  With_large_page w;
  *reinterpret_cast<l4_umword_t volatile *>(env.scratch) = 0x5ca7;
  CHECK_EQ(look(w.task, Target + Some_page), Some_page + 1);
  CHECK_LABEL(
      task_map(w.task, env.task, memory(env.scratch, Page, L4_FPAGE_RW, Target + Some_page)), 0);
  CHECK_EQ(look(w.task, Target + Some_page), 0x5ca7);
  CHECK_EQ(look(w.task, Target + Another), 0);
}

CASE("kernel-objects.md 2a", "a large page where small ones were: mapped all the same")
{
  get_large_page();
  Child_task task;
  CHECK_LABEL(task.share_image(), 0);
  CHECK_LABEL(task_map(task, env.task, memory(env.scratch, Page, L4_FPAGE_RW, Target + Some_page)),
              0);
  CHECK_LABEL(task_map(task, env.task, memory(Source, Large, L4_FPAGE_RW, Target)), 0);
  for (l4_addr_t at : {l4_addr_t(0), Some_page, Another})
    CHECK_EQ(look(task, Target + at), at + 1);
  // as small pages: one of them can go alone
  CHECK_LABEL(unmap(task, Target + Some_page, Page, L4_FP_ALL_SPACES), 0);
  CHECK_EQ(look(task, Target + Some_page), 0);
  CHECK_EQ(look(task, Target + Another), Another + 1);
}

CASE("kernel-objects.md 2a grant", "a piece of a large page is mapped, not granted")
{
  With_large_page w;
  Child_task other;
  CHECK_LABEL(other.share_image(), 0);
  Item const piece = memory(Target + Some_page, Page, L4_FPAGE_RW, Target, L4_MAP_ITEM_GRANT);
  CHECK_LABEL(task_map(other, w.task, piece), 0);
  CHECK_EQ(look(other, Target), Some_page + 1);
  CHECK_EQ(look(w.task, Target + Some_page), Some_page + 1);
}

CASE("kernel-objects.md 2 access flags",
     "a new mapping starts with those of its source, and remembers its own")
{
  With_large_page w(L4_FPAGE_RO);
  CHECK_LABEL(unmap(w.task, Target, Large, L4_FP_ALL_SPACES, 0), 0);
  CHECK_EQ(mr(2) & 3, 3); // the source was written
  CHECK_LABEL(unmap(w.task, Target, Large, L4_FP_ALL_SPACES), 0);
  CHECK_EQ(mr(2) & 3, 3);
}
