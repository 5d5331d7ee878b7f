// SPDX-License-Identifier: MIT
// What the root task starts with (boot.md section 5), and sigma0's protocol (ipc.md section 11).
#include "patient.h"

#include <l4/sys/kip.h>
#include <l4/sys/memdesc.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

using namespace Tap;

namespace {

enum : l4_umword_t {
  Ram = 0xffffffffffffff60,
  Iomem = 0xffffffffffffff70,
  Any = 0xffffffffffffff90,
  Kip = 0xffffffffffffffa0,
  Debug_dump = 0xffffffffffffffc0,
  Coverage = 0xffffffffffffffe0,
};

constexpr l4_addr_t Window = Free_range + 0x80000000;

/// A request with a receive window of 2^order bytes at Window.
Result ask(l4_umword_t what, l4_umword_t fpage, unsigned order = L4_PAGESHIFT,
           l4_cap_idx_t sigma0 = env.pager)
{
  set_buffers({L4_ITEM_MAP, memory_page(Window, order, L4_FPAGE_RWX)});
  Result const r = call(sigma0, L4_PROTO_SIGMA0, {what, fpage});
  no_buffers();
  return r;
}

void give_back(unsigned order = L4_PAGESHIFT)
{
  task_unmap(env.task, memory_page(Window, order, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
}

Result new_client(l4_cap_idx_t slot, l4_cap_idx_t from = env.pager)
{
  mr(0) = l4_umword_t(L4_PROTO_SIGMA0);
  buffer_for(slot);
  Result const r = invoke(from | L4_SYSF_CALL, raw_tag(L4_PROTO_FACTORY, 1));
  no_buffers();
  return r;
}

/// The last page of RAM that the kernel information page tells of and that nothing else covers.
l4_addr_t some_ram_page()
{
  auto const *bytes = reinterpret_cast<char const *>(l4_kip());
  auto const *d = reinterpret_cast<l4_umword_t const *>(bytes + l4_kip()->mem_descs);
  l4_addr_t best = 0;
  for (unsigned i = 0; i < l4_kip()->mem_descs_num; ++i)
    if ((d[2 * i] & 0x20f) == 1) best = (d[2 * i + 1] | 0x3ff) + 1;
  for (unsigned again = 0; again < 64; ++again)
    for (unsigned i = 0; i < l4_kip()->mem_descs_num; ++i) {
      unsigned const type = d[2 * i] & 0x20f;
      l4_addr_t const begin = d[2 * i] & ~0x3ffUL, end = d[2 * i + 1] | 0x3ff;
      if (type > 1 && type < 0x200 && best - L4_PAGESIZE <= end && best > begin) best = begin;
    }
  return (best & L4_PAGEMASK) - L4_PAGESIZE;
}

/// A thread whose pager is sigma0, as a client of its own. It writes to one address; what sigma0
/// refuses becomes an exception, which comes to the main thread.
struct Stranger {
  Slot client;
  Child_task task;
  l4_addr_t address;
  Worker thread;

  explicit Stranger(l4_addr_t where) : address(where), thread(write, &address, Prio_high, share())
  {
    l4_umword_t const flags = L4_THREAD_CONTROL_SET_PAGER | L4_THREAD_CONTROL_SET_EXC_HANDLER;
    CHECK_LABEL(call(thread.cap(), L4_PROTO_THREAD, {flags, Sigma0, Handler, 0, 0, 0}), 0);
    thread.start();
  }
  Child_task *share()
  {
    CHECK_LABEL(task.share_image(), 0);
    CHECK_LABEL(new_client(client), 0);
    CHECK_LABEL(map_object(task, Sigma0, client), 0);
    CHECK_LABEL(map_object(task, Handler, env.thread), 0);
    return &task;
  }
  static void write(Worker &me)
  {
    *reinterpret_cast<l4_umword_t volatile *>(me.data<l4_addr_t>()) = 1;
  }
  /// The write failed with an exception at its address.
  bool is_refused()
  {
    Result const r = wait(pair(0, half(20000)));
    return r.label() == L4_PROTO_EXCEPTION && mr(Mr_trap) == 14 && mr(Mr_pfa) == address;
  }
  static constexpr l4_cap_idx_t Sigma0 = 0x20 << L4_CAP_SHIFT, Handler = 0x21 << L4_CAP_SHIFT;
};

} // namespace

CASE("boot.md 5", "the initial capabilities of the root task, and no others")
{
  for (l4_umword_t index : {1, 2, 3, 4, 5, 6, 7})
    CHECK_EQ(cap_valid(env.task, index << L4_CAP_SHIFT), 1);
  for (l4_umword_t index : {0, 9, 11, 12, 13, 31})
    CHECK_EQ(cap_valid(env.task, index << L4_CAP_SHIFT), 0);
}

CASE("boot.md 5", "the pager is capability 4, there is no exception handler of the kernel")
{
  CHECK_LABEL(call(env.thread, L4_PROTO_THREAD, {0, 0, 0, 0, 0, 0}), 0);
  CHECK_EQ(mr(1), L4_BASE_PAGER_CAP);
}

CASE("boot.md 5", "all initial capabilities carry full rights")
{
  for (l4_cap_idx_t cap : {env.factory, env.thread, env.log, env.icu, env.scheduler}) {
    Copy copy(cap, L4_CAP_FPAGE_RWS);
    CHECK_EQ(cap_equal(env.task, cap, copy), 1);
    copy.remove(false);
  }
}

CASE("boot.md 5", "the base tasks cannot be deleted")
{
  Copy copy(env.task);
  copy.remove(true);
  CHECK_EQ(cap_valid(env.task, env.factory), 1);
}

CASE("ipc.md 11 KIP", "mapped read and execute, the hot spot is its physical address")
{
  Result const r = ask(Kip, 0);
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.items(), 1);
  CHECK_EQ(*reinterpret_cast<l4_uint32_t volatile *>(Window), 0x4be6344c);
  give_back();
}

CASE("ipc.md 11 RAM", "exactly the page asked for; the hot spot is the physical address")
{
  l4_addr_t const page = some_ram_page();
  Result const r = ask(Ram, memory_page(page, L4_PAGESHIFT, L4_FPAGE_RWX));
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.items(), 1);
  CHECK_EQ(mr(r.words()) & L4_FPAGE_ADDR_MASK, page);
  auto &word = *reinterpret_cast<l4_umword_t volatile *>(Window);
  word = 0x1234;
  CHECK_EQ(word, 0x1234);
  give_back();
}

CASE("ipc.md 11 RAM", "misaligned or smaller than a page: -EINVAL")
{
  l4_addr_t const page = some_ram_page();
  CHECK_LABEL(ask(Ram, memory_page(page, 11, L4_FPAGE_RWX)), -L4_EINVAL);
  CHECK_LABEL(ask(Ram, memory_page(page | L4_PAGESIZE, 14, L4_FPAGE_RWX)), -L4_EINVAL);
}

CASE("ipc.md 11 RAM", "what is no RAM: -ENOMEM")
{
  CHECK_LABEL(ask(Ram, memory_page(0xfee00000, L4_PAGESHIFT, L4_FPAGE_RWX)), -L4_ENOMEM);
  CHECK_LABEL(ask(Ram, memory_page(0x400000, L4_PAGESHIFT, L4_FPAGE_RWX)), -L4_ENOMEM);
}

CASE("ipc.md 11 any", "a free block; the hot spot is its physical address")
{
  Result const r = ask(Any, memory_page(0, 14, L4_FPAGE_RWX), 14);
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.items(), 1);
  l4_umword_t const physical = mr(r.words()) & L4_FPAGE_ADDR_MASK;
  CHECK_EQ(physical & 0x3fff, 0);
  *reinterpret_cast<l4_umword_t volatile *>(Window + 0x3000) = 1;
  give_back(14);
}

CASE("ipc.md 11 any", "more than there is: -ENOMEM")
{
  CHECK_LABEL(ask(Any, memory_page(0, 40, L4_FPAGE_RWX), 40), -L4_ENOMEM);
}

CASE("ipc.md 11 I/O memory", "device memory can be mapped; RAM as device memory cannot")
{
  CHECK_LABEL(ask(Iomem, memory_page(0xe0000000, L4_PAGESHIFT, L4_FPAGE_RW)), 0);
  give_back();
  CHECK(!ask(Iomem, memory_page(some_ram_page(), L4_PAGESHIFT, L4_FPAGE_RW)).ok());
}

CASE("ipc.md 11 errors", "unknown request -ENOSYS, other label -EBADPROTO")
{
  CHECK_LABEL(ask(0xffffffffffffff10, 0), -L4_ENOSYS);
  CHECK_LABEL(ask(Coverage, 0), -L4_ENOSYS);
  CHECK_LABEL(call(env.pager, -99, {0}), -L4_EBADPROTO);
}

CASE("ipc.md 11 factory", "object -6 makes a client of its own; what it owns others do not get")
{
  Slot client;
  CHECK_LABEL(new_client(client), 0);
  REQUIRE(client.valid());
  Result const r = ask(Any, memory_page(0, L4_PAGESHIFT, L4_FPAGE_RWX), L4_PAGESHIFT, client);
  CHECK_LABEL(r, 0);
  l4_addr_t const page = mr(r.words()) & L4_FPAGE_ADDR_MASK;
  CHECK_LABEL(ask(Ram, memory_page(page, L4_PAGESHIFT, L4_FPAGE_RWX)), -L4_ENOMEM);
  give_back();
}

CASE("ipc.md 11 factory", "needs S on the gate")
{
  Slot no_s, client;
  CHECK_LABEL(map_object(env.task, no_s, env.pager, L4_CAP_FPAGE_RW), 0);
  CHECK_LABEL(new_client(client, no_s), -L4_EPERM);
  CHECK(!client.valid());
}

CASE("ipc.md 11 ports", "I/O ports come on request, one to one")
{
  bdr() = 2UL << L4_BDR_IO_SHIFT;
  br(0) = 0;
  br(1) = 0;
  br(2) = L4_ITEM_MAP;
  br(3) = l4_iofpage(0x80, 0).raw;
  br(4) = 0;
  // An I/O page fault, sent by hand as sigma0's clients do.
  Result const r = call(env.pager, L4_PROTO_IO_PAGE_FAULT, {l4_iofpage(0x80, 0).raw, 0});
  no_buffers();
  CHECK(r.ok());
  CHECK_EQ(r.items(), 1);
  CHECK_EQ(mr(r.words()) & 6, 0); // mapped
  Worker user([](Worker &me) {
    __asm__ volatile("outb %%al, $0x80" : : "a"(0));
    me.value[0] = 1;
  });
  user.start();
  CHECK(user.finished(50000));
  task_unmap(env.task, l4_iofpage(0x80, 0).raw | 0xf, L4_FP_ALL_SPACES);
}

CASE("ipc.md 11 I/O memory", "the cached kind is device memory too")
{
  constexpr l4_umword_t Iomem_cached = 0xffffffffffffff80;
  CHECK_LABEL(ask(Iomem_cached, memory_page(0xe0001000, L4_PAGESHIFT, L4_FPAGE_RW)), 0);
  give_back();
  CHECK(!ask(Iomem_cached, memory_page(some_ram_page(), L4_PAGESHIFT, L4_FPAGE_RW)).ok());
}

CASE("ipc.md 11 page fault", "RAM that nobody has belongs to who touches it first, until it dies")
{
  l4_addr_t const page = some_ram_page() - 64 * L4_PAGESIZE;
  {
    Stranger first(page);
    REQUIRE(first.thread.finished());
    CHECK_LABEL(ask(Ram, memory_page(page, L4_PAGESHIFT, L4_FPAGE_RWX)), -L4_ENOMEM);
    Stranger second(page);
    CHECK(second.is_refused());
    CHECK_LABEL(ask(Ram, memory_page(page, L4_PAGESHIFT, L4_FPAGE_RWX), L4_PAGESHIFT, first.client),
                0);
    give_back();
  }
  for (unsigned i = 0; i < 20; ++i) { // sigma0 hears of the death of its gates
    Stranger next(page);
    if (next.thread.finished(2000)) return;
    wait(Zero);
  }
  CHECK(!"the page is free again");
}

CASE("ipc.md 11 page fault", "what the root task owns, and what is no RAM, is refused to others")
{
  l4_addr_t const page = some_ram_page();
  CHECK_LABEL(ask(Ram, memory_page(page, L4_PAGESHIFT, L4_FPAGE_RWX)), 0);
  give_back();
  Stranger thief(page);
  CHECK(thief.is_refused());
  Stranger driver(0xe0002000); // device memory comes by requests only
  CHECK(driver.is_refused());
}

CASE("ipc.md 11 ports", "belong to who asks first; others get -ENOMEM; misaligned: -EINVAL")
{
  auto const ask_ports = [](l4_cap_idx_t sigma0, l4_umword_t ports) {
    set_buffers({L4_ITEM_MAP, l4_fpage_all().raw});
    Result const r = call(sigma0, L4_PROTO_IO_PAGE_FAULT, {ports, 0});
    no_buffers();
    return r;
  };
  Slot client;
  CHECK_LABEL(new_client(client), 0);
  CHECK_LABEL(ask_ports(client, l4_iofpage(0x90, 2).raw), 0);
  CHECK_LABEL(ask_ports(env.pager, l4_iofpage(0x92, 0).raw), -L4_ENOMEM);
  CHECK_LABEL(ask_ports(env.pager, l4_iofpage(0x90, 4).raw), -L4_ENOMEM); // one of them is enough
  CHECK_LABEL(ask_ports(client, l4_iofpage(0x92, 0).raw), 0);
  CHECK_LABEL(ask_ports(env.pager, l4_iofpage(0x95, 1).raw), -L4_EINVAL);
  CHECK_LABEL(ask_ports(env.pager, memory_page(0x95000, 12, 7)), -L4_EINVAL);
  task_unmap(env.task, l4_iofpage(0x90, 2).raw, L4_FP_ALL_SPACES);
}

CASE("ipc.md 11 dump", "label 0")
{
  Result const r = call(env.pager, L4_PROTO_SIGMA0, {Debug_dump});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words() + r.items(), 0);
}

CASE("ipc.md 11 meta", "two interfaces: sigma0 and factory")
{
  CHECK_LABEL(call(env.pager, L4_PROTO_META, {0}), 2);
  CHECK_LABEL(call(env.pager, L4_PROTO_META, {1, 0}), 0);
  CHECK_EQ(mr(0), l4_umword_t(L4_PROTO_SIGMA0));
  CHECK_LABEL(call(env.pager, L4_PROTO_META, {1, 1}), 0);
  CHECK_EQ(mr(0), l4_umword_t(L4_PROTO_FACTORY));
  CHECK_LABEL(call(env.pager, L4_PROTO_META, {1, 2}), -L4_ERANGE);
  CHECK_LABEL(call(env.pager, L4_PROTO_META, {2, l4_umword_t(L4_PROTO_SIGMA0)}), 1);
  CHECK_LABEL(call(env.pager, L4_PROTO_META, {2, l4_umword_t(L4_PROTO_TASK)}), 0);
  CHECK_LABEL(call(env.pager, L4_PROTO_META, {3}), -L4_ENOSYS);
}

CASE("ipc.md 11 errors", "without words -EMSGTOOSHORT; other objects than -6: -ENODEV")
{
  for (long label : {long(L4_PROTO_SIGMA0), long(L4_PROTO_FACTORY), long(L4_PROTO_META),
                     long(L4_PROTO_PAGE_FAULT), long(L4_PROTO_IO_PAGE_FAULT)})
    CHECK_LABEL(call(env.pager, label, {}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(call(env.pager, L4_PROTO_FACTORY, {l4_umword_t(L4_PROTO_TASK)}), -L4_ENODEV);
  CHECK_LABEL(ask(Ram, memory_page(1UL << 52, L4_PAGESHIFT, 7)), -L4_ENOMEM); // no such address
}
