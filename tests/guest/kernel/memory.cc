// SPDX-License-Identifier: MIT
// Mapping and unmapping of memory, the mapping tree, access flags (kernel-objects.md 2 and 2a).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr unsigned Page = L4_PAGESHIFT;
constexpr l4_addr_t A = Free_range, B = Free_range + 0x100000, C = Free_range + 0x200000;

l4_umword_t volatile &word(l4_addr_t address)
{
  return *reinterpret_cast<l4_umword_t volatile *>(address);
}

/// Map a page of this task to another address of this task.
Result map_here(l4_addr_t from, l4_addr_t to, unsigned rights = L4_FPAGE_RWX, unsigned order = Page,
                l4_umword_t attributes = 0)
{
  return task_map(env.task, env.task, memory(from, order, rights, to, attributes));
}

Result unmap(l4_addr_t where, unsigned order = Page, unsigned rights = L4_FPAGE_RWX,
             l4_umword_t mask = L4_FP_ALL_SPACES, l4_cap_idx_t task = env.task)
{
  return task_unmap(task, memory_page(where, order, rights), mask);
}

/// Reads or writes a word in a thread whose faults are delivered to this one: did it fault?
struct Access {
  l4_addr_t address;
  bool write;
  bool done;
  l4_umword_t seen;
};

/// True if the address can be accessed. The probing thread's pager is the main thread by a gate.
bool can(l4_addr_t address, bool write)
{
  Access access{address, write, false, 0};
  Worker prober(
      [](Worker &me) {
        auto &a = me.data<Access>();
        if (a.write)
          word(a.address) = word(a.address);
        else
          a.seen = word(a.address);
        a.done = true;
      },
      &access);
  // Faults go to the main thread itself, which does not answer.
  call(prober.cap(), L4_PROTO_THREAD, {0x10000, env.thread, 0, 0, 0, 0});
  prober.start();
  wait(Zero); // takes the fault message, if there was one
  return access.done;
}

} // namespace

CASE("kernel-objects.md 2 map", "a page of memory appears at the hot spot, same content")
{
  word(env.scratch) = 0x5ca1ab1e;
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK(can(A, true));
  CHECK_EQ(word(A), 0x5ca1ab1e);
  word(A) = 0xf00d;
  CHECK_EQ(word(env.scratch), 0xf00d);
  CHECK_LABEL(unmap(A), 0);
  CHECK(!can(A, false));
}

CASE("kernel-objects.md 2 map", "rights are masked: read only, and they never exceed the source's")
{
  CHECK_LABEL(map_here(env.scratch, A, L4_FPAGE_RO), 0);
  CHECK(can(A, false));
  CHECK(!can(A, true));
  CHECK_LABEL(map_here(A, B, L4_FPAGE_RWX), 0);
  CHECK(can(B, false));
  CHECK(!can(B, true));
  CHECK_LABEL(unmap(A), 0);
}

CASE("kernel-objects.md 2 map",
     "order below 12, no rights, beyond the user space: nothing, label 0")
{
  CHECK_LABEL(map_here(env.scratch, A, L4_FPAGE_RWX, 11), 0);
  CHECK(!can(A, false));
  CHECK_LABEL(map_here(env.scratch, A, 0), 0);
  CHECK(!can(A, false));
  CHECK_LABEL(map_here(env.scratch, 0x800000000000), 0);
  CHECK_LABEL(map_here(0x800000000000, A), 0);
  CHECK(!can(A, false));
  CHECK_LABEL(map_here(C, A), 0); // nothing at the source
  CHECK(!can(A, false));
}

CASE("kernel-objects.md 2 map", "a block: all pages, holes are skipped and leave the destination")
{
  for (unsigned i = 0; i < 4; ++i)
    word(env.scratch + i * L4_PAGESIZE) = 0x40 + i;
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(env.scratch + 3 * L4_PAGESIZE, A + 3 * L4_PAGESIZE), 0);
  CHECK_LABEL(map_here(env.scratch + 2 * L4_PAGESIZE, B + L4_PAGESIZE), 0);
  CHECK_LABEL(map_here(A, B, L4_FPAGE_RWX, Page + 2), 0);
  CHECK_EQ(word(B), 0x40);
  CHECK_EQ(word(B + L4_PAGESIZE), 0x42);
  CHECK(!can(B + 2 * L4_PAGESIZE, false));
  CHECK_EQ(word(B + 3 * L4_PAGESIZE), 0x43);
  CHECK_LABEL(unmap(A, Page + 2), 0);
  CHECK_LABEL(unmap(B, Page + 2), 0);
}

CASE("kernel-objects.md 2 unmap", "everything derived vanishes, the parent stays")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  CHECK_LABEL(map_here(B, C), 0);
  CHECK_LABEL(unmap(A), 0);
  CHECK(!can(A, false));
  CHECK(!can(B, false));
  CHECK(!can(C, false));
  CHECK(can(env.scratch, true));
}

CASE("kernel-objects.md 2 unmap", "OTHER_SPACES: only the children")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  CHECK_LABEL(unmap(A, Page, L4_FPAGE_RWX, L4_FP_OTHER_SPACES), 0);
  CHECK(can(A, true));
  CHECK(!can(B, false));
  CHECK_LABEL(unmap(A, Page, L4_FPAGE_RWX, L4_FP_OTHER_SPACES), 0); // it has no children any more
  CHECK(can(A, true));
  CHECK_LABEL(unmap(A), 0);
}

CASE("kernel-objects.md 2 unmap", "without R only the named rights go, from all descendants")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  CHECK_LABEL(unmap(A, Page, L4_FPAGE_W, L4_FP_ALL_SPACES), 0);
  CHECK(can(A, false));
  CHECK(!can(A, true));
  CHECK(can(B, false));
  CHECK(!can(B, true));
  CHECK(can(env.scratch, true));
  CHECK_LABEL(unmap(A), 0);
}

CASE("kernel-objects.md 2 unmap", "siblings are not touched")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(env.scratch, B), 0);
  CHECK_LABEL(unmap(A), 0);
  CHECK(can(B, true));
  CHECK_LABEL(unmap(B), 0);
}

CASE("kernel-objects.md 2 unmap", "across tasks: a child task loses what was mapped onwards")
{
  Child_task task;
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(task_map(task, env.task, memory(A, Page, L4_FPAGE_RWX, B)), 0);
  CHECK_LABEL(task_map(env.task, task, memory(B, Page, L4_FPAGE_RWX, C)), 0);
  CHECK(can(C, true));
  CHECK_LABEL(unmap(A), 0);
  CHECK(!can(C, false));
}

CASE("kernel-objects.md 2 destroy", "pages mapped onwards from a task vanish with it")
{
  {
    Child_task task;
    CHECK_LABEL(task_map(task, env.task, memory(env.scratch, Page, L4_FPAGE_RWX, B)), 0);
    CHECK_LABEL(task_map(env.task, task, memory(B, Page, L4_FPAGE_RWX, C)), 0);
    CHECK(can(C, true));
  }
  for (unsigned i = 0; i < 20 && can(C, false); ++i)
    sleep_us(5000);
  CHECK(!can(C, false));
  CHECK(can(env.scratch, true));
}

CASE("kernel-objects.md 2a same page", "a child mapped again: rights are added, never removed")
{
  CHECK_LABEL(map_here(env.scratch, A, L4_FPAGE_RO), 0);
  CHECK(!can(A, true));
  CHECK_LABEL(map_here(env.scratch, A, L4_FPAGE_RW), 0);
  CHECK(can(A, true));
  CHECK_LABEL(map_here(env.scratch, A, L4_FPAGE_RO), 0);
  CHECK(can(A, true));
  CHECK_LABEL(unmap(A), 0);
}

CASE("kernel-objects.md 2a page in use", "another page: the old one goes with its descendants")
{
  word(env.scratch) = 1;
  word(env.scratch + L4_PAGESIZE) = 2;
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  CHECK_LABEL(map_here(env.scratch + L4_PAGESIZE, A), 0);
  CHECK_EQ(word(A), 2);
  CHECK(!can(B, false));
  CHECK_LABEL(unmap(A), 0);
}

CASE("kernel-objects.md 2a onto itself", "destination and descendants vanish, nothing is mapped")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  CHECK_LABEL(map_here(A, A), 0);
  CHECK(!can(A, false));
  CHECK(!can(B, false));
}

CASE("kernel-objects.md 2a onto an ancestor",
     "the ancestor and the source vanish, nothing is mapped")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  CHECK_LABEL(map_here(B, C), 0);
  CHECK_LABEL(map_here(C, A), 0);
  CHECK(!can(A, false));
  CHECK(!can(B, false));
  CHECK(!can(C, false));
  CHECK(can(env.scratch, true));
}

CASE("kernel-objects.md 2a grant", "the page moves; descendants of the source are the new page's")
{
  word(env.scratch) = 0x7777;
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  CHECK_LABEL(map_here(A, C, L4_FPAGE_RWX, Page, L4_MAP_ITEM_GRANT), 0);
  CHECK(!can(A, false));
  CHECK_EQ(word(C), 0x7777);
  CHECK(can(B, false));
  CHECK_LABEL(unmap(C), 0);
  CHECK(!can(B, false));
}

CASE("kernel-objects.md 2a grant", "without effective rights the source is kept")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(A, B, 0, Page, L4_MAP_ITEM_GRANT), 0);
  CHECK(can(A, true));
  CHECK_LABEL(unmap(A), 0);
}

CASE("kernel-objects.md 2a grant", "onto a sibling of the same frame: the target is replaced")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(map_here(env.scratch, B), 0);
  CHECK_LABEL(map_here(A, B, L4_FPAGE_RWX, Page, L4_MAP_ITEM_GRANT), 0);
  CHECK(!can(A, false));
  CHECK(can(B, true));
  CHECK_LABEL(unmap(env.scratch, Page, L4_FPAGE_RWX, L4_FP_OTHER_SPACES), 0);
  CHECK(!can(B, false));
}

CASE("kernel-objects.md 2 access flags", "referenced and dirty, over page and descendants")
{
  auto const flags = [](l4_addr_t where) {
    unmap(where, Page, 0, L4_FP_ALL_SPACES);
    return mr(2) & 0xf;
  };
  l4_addr_t const source = env.scratch + 16 * L4_PAGESIZE;
  CHECK_LABEL(map_here(source, A), 0);
  CHECK_LABEL(map_here(A, B), 0);
  word(B) = 1;
  CHECK_EQ(flags(A) & 3, 3);
  // Remembered as long as the page stays mapped.
  CHECK_EQ(flags(A) & 3, 3);
  CHECK_LABEL(unmap(A), 0);
}

CASE("kernel-objects.md 2 access flags", "the upper bits of the flexpage word stay")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  CHECK_LABEL(unmap(A), 0);
  CHECK_EQ(mr(2) & ~0xfUL, memory_page(A, Page, 0));
}

CASE("kernel-objects.md 2 unmap", "the whole task in one flexpage of order 63")
{
  Child_task task;
  CHECK_LABEL(task_map(task, env.task, memory(env.scratch, 18, L4_FPAGE_RWX, Free_range)), 0);
  CHECK_LABEL(task_map(env.task, task, memory(Free_range + 7 * L4_PAGESIZE, Page, L4_FPAGE_RW, A)),
              0);
  CHECK(can(A, true));
  CHECK_LABEL(unmap(0, L4_WHOLE_ADDRESS_SPACE, L4_FPAGE_RWX, L4_FP_ALL_SPACES, task), 0);
  CHECK(!can(A, false));
  CHECK(can(env.scratch, true));
}

CASE("style.md regression map/unmap", "a wide tree: 200 mappings of one page go in one unmap")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  for (unsigned i = 0; i < 200; ++i)
    CHECK_LABEL(map_here(A, B + i * L4_PAGESIZE), 0);
  CHECK_LABEL(unmap(A), 0);
  CHECK(!can(B, false));
  CHECK(!can(B + 199 * L4_PAGESIZE, false));
}

CASE("style.md regression map/unmap", "a deep tree: a chain of 100 mappings goes in one unmap")
{
  CHECK_LABEL(map_here(env.scratch, A), 0);
  l4_addr_t from = A;
  for (unsigned i = 0; i < 100; ++i) {
    CHECK_LABEL(map_here(from, B + i * L4_PAGESIZE), 0);
    from = B + i * L4_PAGESIZE;
  }
  CHECK(can(from, true));
  CHECK_LABEL(unmap(A), 0);
  CHECK(!can(B, false));
  CHECK(!can(from, false));
}

namespace {

constexpr unsigned Many = 100'000;
/// So many pages, in tables of their own.
constexpr l4_addr_t Far = 0x20'0000'0000;

/// A thread above this one that wants to run every 200 microseconds; the kernel lets it only
/// between two steps.
struct Ticker {
  Ticker() { _worker.start(); }
  unsigned ticks() const { return __atomic_load_n(&_ticks, __ATOMIC_RELAXED); }

private:
  unsigned _ticks = 0;
  Worker _worker{[](Worker &me) {
                   for (;;) {
                     receive(L4_INVALID_CAP, pair(0, half(200)));
                     __atomic_fetch_add(&me.data<unsigned>(), 1, __ATOMIC_RELAXED);
                   }
                 },
                 &_ticks, Prio_high};
};

/// Page `i` is mapped from `source(i)`; then all go with the first, and the ticker ran meanwhile.
template <typename Source> void build_and_unmap(Source source)
{
  unsigned failed = 0;
  CHECK_LABEL(map_here(env.scratch, A), 0);
  for (unsigned i = 0; i < Many; ++i)
    failed += map_here(source(i), Far + i * L4_PAGESIZE).label() != 0;
  CHECK_EQ(failed, 0);
  CHECK(can(Far + (Many - 1) * L4_PAGESIZE, true));
  Ticker ticker;
  CHECK_LABEL(unmap(A, Page, L4_FPAGE_W), 0);
  unsigned const withdrawn = ticker.ticks();
  CHECK(!can(Far + (Many - 1) * L4_PAGESIZE, true));
  CHECK_LABEL(unmap(A), 0);
  unsigned const removed = ticker.ticks();
  CHECK(!can(Far, false));
  CHECK(!can(Far + (Many - 1) * L4_PAGESIZE, false));
  // 100,000 mappings take longer than 10 milliseconds to visit on any machine that counts 1 ns per
  // instruction
  CHECK(withdrawn >= 20);
  CHECK(removed - withdrawn >= 20);
}

} // namespace

CASE("style.md regression map/unmap", "a chain of 100,000 mappings: rights and pages go in steps")
{
  build_and_unmap([](unsigned i) { return i ? Far + (i - 1) * L4_PAGESIZE : A; });
}

CASE("style.md regression map/unmap", "100,000 mappings of one page: rights and pages go in steps")
{
  build_and_unmap([](unsigned) { return A; });
}
