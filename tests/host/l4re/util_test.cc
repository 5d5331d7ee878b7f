// SPDX-License-Identifier: MIT
/** The util library of L4Re: slots, registry, buffers, server bases. */
#include "environment.h"
#include "fake_kernel.h"

#include <cstring>
#include <gtest/gtest.h>
#include <l4/re/error_helper>
#include <l4/re/shared_cap>
#include <l4/re/util/dataspace_svr>
#include <l4/re/util/env_ns>
#include <l4/re/util/icu_svr>
#include <l4/re/util/kumem_alloc>
#include <l4/re/util/object_registry>
#include <l4/re/util/reply_cap_hooks>
#include <l4/re/util/shared_cap>
#include <l4/re/util/unique_cap>
#include <l4/re/util/vcon_svr>

namespace {

using L4Re::Util::cap_alloc;

l4_cap_idx_t selector(unsigned long index)
{
  return index << L4_CAP_SHIFT;
}

TEST(Cap_alloc, starts_behind_the_slots_of_others)
{
  Fake_kernel kernel;
  L4::Cap<void> a = cap_alloc.alloc();
  L4::Cap<void> b = cap_alloc.alloc();
  EXPECT_EQ(a.cap(), selector(First_free));
  EXPECT_EQ(b.cap(), selector(First_free + 1));
  EXPECT_EQ(l4re_global_env->first_free_cap, First_free + 4096);
  EXPECT_EQ(cap_alloc.last(), static_cast<long>(First_free + 4096));

  cap_alloc.free(a);
  ASSERT_EQ(kernel.log.size(), 1U);
  EXPECT_EQ(kernel.last().cap(), +L4_BASE_TASK_CAP);
  EXPECT_EQ(kernel.last().words[1], +L4_FP_ALL_SPACES);
  EXPECT_EQ(cap_alloc.alloc().cap(), a.cap()); // the lowest free one
  cap_alloc.free(a, L4_INVALID_CAP);
  EXPECT_EQ(kernel.log.size(), 1U);
  cap_alloc.free(b);
}

TEST(Cap_alloc, references)
{
  Fake_kernel kernel;
  L4::Cap<void> c = cap_alloc.alloc();
  cap_alloc.take(c);
  EXPECT_FALSE(cap_alloc.release(c));
  EXPECT_TRUE(kernel.log.empty());
  EXPECT_TRUE(cap_alloc.release(c));
  EXPECT_EQ(kernel.log.size(), 1U);
  EXPECT_FALSE(cap_alloc.release(c));
  EXPECT_FALSE(cap_alloc.release(L4::Cap<void>(selector(5)))); // not ours
}

TEST(Cap_alloc, exhaustion)
{
  Fake_kernel kernel;
  std::vector<L4::Cap<void>> all;
  for (;;) {
    L4::Cap<void> c = cap_alloc.alloc();
    if (!c.is_valid()) break;
    all.push_back(c);
  }
  EXPECT_EQ(all.size(), 4096U);
  for (auto c : all)
    cap_alloc.free(c, L4_INVALID_CAP);
  EXPECT_EQ(cap_alloc.alloc().cap(), selector(First_free));
  cap_alloc.free(L4::Cap<void>(selector(First_free)), L4_INVALID_CAP);
}

TEST(Owners, unique_and_shared)
{
  Fake_kernel kernel;
  {
    auto a = L4Re::Util::make_unique_cap<L4::Irq>();
    EXPECT_TRUE(a.is_valid());
    L4Re::Util::Unique_cap<L4::Triggerable> b(std::move(a));
    EXPECT_FALSE(a.is_valid());
    EXPECT_TRUE(kernel.log.empty());
  }
  EXPECT_EQ(kernel.log.size(), 1U);
  {
    auto a = L4Re::Util::make_shared_del_cap<L4::Irq>();
    auto b = a;
    a.reset();
    EXPECT_EQ(kernel.log.size(), 1U);
    L4Re::Util::Shared_del_cap<L4::Triggerable> c = b;
  }
  EXPECT_EQ(kernel.log.size(), 2U);
  EXPECT_EQ(kernel.last().words[1], +L4_FP_DELETE_OBJ);
  {
    auto a = L4Re::make_shared_cap<L4::Irq>(L4Re::virt_cap_alloc);
    auto b = L4Re::shared_cap_cast<L4::Triggerable>(a);
    EXPECT_EQ(a.get().cap(), b.get().cap());
  }
  EXPECT_EQ(kernel.log.size(), 3U);
}

TEST(Env, names)
{
  Fake_kernel kernel;
  EXPECT_EQ(L4Re::Env::env()->get_cap<void>("rom").cap(), 0x20000U);
  EXPECT_EQ(L4Re::Env::env()->get_cap<void>("sixteen_letters_").cap(), 0x21000U);
  EXPECT_EQ(L4Re::Env::env()->get_cap<void>("ro").invalid_cap_error(), -L4_ENOENT);
  EXPECT_EQ(L4Re::Env::env()->get_cap<void>("sixteen_letters_x").is_valid(), false);

  L4Re::Util::Env_ns ns;
  EXPECT_EQ(ns.query("rom").cap(), 0x20000U);
  kernel.handler = [](Fake_kernel::Invocation const &, l4_umword_t *) {
    l4_utcb_mr()->mr[0] = 0x38;
    l4_utcb_mr()->mr[1] = 0;
    return l4_msgtag(0, 0, 1, 0);
  };
  L4::Cap<void> found = ns.query("/rom/hello");
  EXPECT_EQ(found.cap(), selector(First_free));
  EXPECT_EQ(kernel.last().cap(), 0x20000U);
  EXPECT_EQ(kernel.last().words[1], 5U);
  cap_alloc.free(found);
  kernel.answer(l4_msgtag(-L4_ENOENT, 0, 0, 0));
  EXPECT_EQ(ns.query("rom/none").invalid_cap_error(), -L4_ENOENT);
  EXPECT_EQ(ns.query("nobody/x").invalid_cap_error(), -L4_ENOENT);
}

TEST(Error_helper, exceptions)
{
  EXPECT_THROW(L4Re::chksys(-L4_ENOENT), L4::Element_not_found);
  EXPECT_THROW(L4Re::chksys(l4_msgtag(-L4_ENOMEM, 0, 0, 0), "text"), L4::Out_of_memory);
  EXPECT_EQ(5, L4Re::chksys(l4_msgtag(5, 0, 0, 0)));
  try {
    L4Re::chkcap(L4::Cap<void>(), std::string(100, 'x').c_str(), -L4_EBUSY);
    FAIL();
  } catch (L4::Runtime_error const &e) {
    EXPECT_EQ(e.err_no(), -L4_EBUSY);
    EXPECT_EQ(std::strlen(e.extra_str()), 79U);
#ifndef __PIC__
    EXPECT_GT(e.frame_count(), 0);
#endif
  }
  try {
    L4Re::throw_error_fmt(-L4_EINVAL, "%d", 42);
  } catch (L4::Runtime_error const &e) {
    EXPECT_STREQ(e.extra_str(), "42");
  }
}

/* ------------------------------------------------------------------------------------- servers */

struct Thing : L4::Kobject_t<Thing, L4::Icu, 0x99, L4::Type_info::Demand_t<2>> {
  L4_INLINE_RPC(long, hello, ());
  typedef L4::Typeid::Rpcs<hello_t> Rpcs;
};

struct Thing_svr : L4::Epiface_t<Thing_svr, Thing>, L4Re::Util::Icu_cap_array_svr<Thing_svr> {
  Irq irqs[1];
  Thing_svr() { setup(1, irqs); }
  long op_hello(Thing::Rights) { return 1; }
};

typedef L4Re::Util::Registry_server<L4Re::Util::Br_manager_hooks> Server;

TEST(Registry, makes_a_gate_and_receive_slots)
{
  Fake_kernel kernel;
  {
    Server server;
    Thing_svr thing;
    L4::Cap<void> cap = server.registry()->register_obj(&thing);
    ASSERT_TRUE(cap.is_valid());
    ASSERT_EQ(kernel.log.size(), 2U);
    EXPECT_EQ(kernel.log[0].tag.label(), L4_PROTO_FACTORY);
    EXPECT_EQ(kernel.log[0].cap(), l4re_global_env->factory);
    EXPECT_EQ(kernel.log[1].tag.label(), L4_PROTO_KOBJECT);
    EXPECT_EQ(kernel.log[1].words[0], +L4_RCV_EP_BIND_OP);
    EXPECT_EQ(kernel.log[1].words[1],
              reinterpret_cast<l4_umword_t>(static_cast<L4::Epiface *>(&thing)));
    EXPECT_EQ(thing.obj_cap().cap(), cap.cap());
    EXPECT_TRUE(thing.obj_cap().managed());

    server.setup_wait(l4_utcb(), L4::Ipc_svr::Reply_separate);
    l4_buf_regs_t const *br = l4_utcb_br();
    EXPECT_EQ(br->bdr, l4_bdr(2, 2, 0, 0));
    EXPECT_EQ(br->br[0] & 0xfff, L4_RCV_ITEM_SINGLE_CAP | 4U);
    EXPECT_NE(br->br[0], br->br[1]);
    EXPECT_EQ(br->br[2], 0U);

    kernel.log.clear();
    server.registry()->unregister_obj(&thing);
    ASSERT_EQ(kernel.log.size(), 2U);
    EXPECT_EQ(kernel.log[0].tag.label(), L4_PROTO_TASK);
    EXPECT_EQ(kernel.log[1].words[0], +L4_THREAD_MODIFY_SENDER_OP);
    // Its messages now go to an object that answers "not found".
    l4_umword_t null = kernel.log[1].words[4];
    EXPECT_EQ(server.registry()->dispatch(l4_msgtag(0x99, 1, 0, 0), null | 3, l4_utcb()).label(),
              -L4_ENOENT);
    EXPECT_FALSE(thing.obj_cap().is_valid());
  }
  EXPECT_EQ(cap_alloc.alloc().cap(), selector(First_free)); // nothing leaked
  cap_alloc.free(L4::Cap<void>(selector(First_free)), L4_INVALID_CAP);
}

TEST(Registry, errors)
{
  Fake_kernel kernel;
  Server server;
  Thing_svr thing;
  EXPECT_EQ(server.registry()->register_obj(&thing, "nobody").invalid_cap_error(), -L4_ENOENT);
  kernel.answer(l4_msgtag(-L4_EPERM, 0, 0, 0));
  EXPECT_EQ(server.registry()->register_obj(&thing).invalid_cap_error(), -L4_EPERM);
  EXPECT_EQ(server.registry()->register_obj(&thing, "rom").invalid_cap_error(), -L4_EPERM);
  EXPECT_FALSE(thing.server_iface());
}

TEST(Icu_cap_array, keeps_the_interrupt_that_was_bound)
{
  Fake_kernel kernel;
  Server server;
  Thing_svr thing;
  server.registry()->register_obj(&thing);
  L4::Cap<void> slot = server.get_rcv_cap(0);

  l4_umword_t *mr = l4_utcb_mr()->mr;
  auto bind = [&](l4_umword_t pin, l4_umword_t item) {
    mr[0] = L4_ICU_OP_BIND;
    mr[1] = pin;
    mr[2] = item;
    mr[3] = 0;
    return thing.dispatch(l4_msgtag(L4_PROTO_IRQ, 2, 1, 0), 0, l4_utcb()).label();
  };
  EXPECT_EQ(bind(1, 0x38), -L4_EINVAL);
  EXPECT_EQ(bind(0, 0x3e), -L4_EINVAL); // from the same task: nothing was transferred
  EXPECT_EQ(bind(0, 0x38), 0);
  EXPECT_EQ(thing.irqs[0].cap().cap(), slot.cap());
  EXPECT_NE(server.get_rcv_cap(0).cap(), slot.cap());

  kernel.log.clear();
  thing.irqs[0].trigger();
  EXPECT_EQ(kernel.last().cap(), slot.cap());
  EXPECT_EQ(kernel.last().tag.label(), L4_PROTO_IRQ);
}

struct Console : L4::Epiface_t<Console, L4::Vcon>,
                 L4Re::Util::Vcon_svr<Console>,
                 L4Re::Util::Icu_cap_array_svr<Console> {
  std::string out, in = "input";
  void vcon_write(char const *s, unsigned n) { out.assign(s, n); }
  unsigned vcon_read(char *s, unsigned n)
  {
    unsigned count = static_cast<unsigned>(in.size());
    std::memcpy(s, in.data(), n < count ? n : count);
    return n < count ? n : count | L4_VCON_READ_STAT_DONE;
  }
};

TEST(Vcon_svr, client_and_server)
{
  Fake_kernel kernel;
  Console console;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *) {
    return console.dispatch(call.tag, 0, l4_utcb());
  };
  L4::Cap<L4::Vcon> vcon(0x42000);
  EXPECT_EQ(5, vcon->write("hello", 5));
  EXPECT_EQ(console.out, "hello");
  EXPECT_EQ(488, vcon->write(std::string(1000, 'x').c_str(), 1000));
  EXPECT_EQ(console.out.size(), 488U);
  char text[16] = {};
  EXPECT_EQ(5, vcon->read(text, sizeof(text)));
  EXPECT_STREQ(text, "input");
  EXPECT_EQ(4, vcon->read(text, 3)); // there is more
  l4_vcon_attr_t attr = {1, 2, 3};
  EXPECT_EQ(0, l4_error(vcon->get_attr(&attr)));
  EXPECT_EQ(attr.i_flags, 0U);
  // A count that is larger than what was sent.
  l4_utcb_mr()->mr[0] = 0;
  l4_utcb_mr()->mr[1] = ~0UL;
  console.dispatch(l4_msgtag(L4_PROTO_LOG, 3, 0, 0), 0, l4_utcb());
  EXPECT_EQ(console.out.size(), 8U);
}

struct Memory : L4Re::Util::Dataspace_svr, L4::Epiface_t<Memory, L4Re::Dataspace> {
  Memory(void *start, unsigned long size)
  {
    _ds_start = reinterpret_cast<l4_addr_t>(start);
    _ds_size = size;
    _rw_flags = L4Re::Dataspace::F::RW;
  }
};

TEST(Dataspace_svr, sends_the_largest_block_that_fits_on_both_sides)
{
  Fake_kernel kernel;
  alignas(0x10000) static char memory[0x10000];
  Memory server(memory, 0xf123);
  unsigned rights = 0;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *) {
    return server.dispatch(call.tag, rights, l4_utcb());
  };
  L4::Cap<L4Re::Dataspace> ds(0x42000);
  EXPECT_EQ(ds->size(), 0xf123U);
  EXPECT_FALSE(ds->flags().w());
  EXPECT_EQ(-L4_EPERM, ds->map(0, L4Re::Dataspace::F::RW, 0x100000, 0x100000, 0x110000));
  EXPECT_EQ(-L4_ERANGE, ds->map(0x10000, L4Re::Dataspace::F::R, 0x100000, 0x100000, 0x101000));

  rights = L4_CAP_FPAGE_W;
  EXPECT_EQ(0, ds->map(0x2000, L4Re::Dataspace::F::RW, 0x102000, 0x100000, 0x110000));
  l4_umword_t const *mr = l4_utcb_mr()->mr;
  l4_fpage_t sent = {mr[1]};
  EXPECT_EQ(l4_fpage_memaddr(sent), reinterpret_cast<l4_addr_t>(memory));
  EXPECT_EQ(l4_fpage_size(sent), 16U);
  EXPECT_EQ(l4_fpage_rights(sent), +L4_FPAGE_RW);

  // Positions differ in bit 12: only one page fits.
  EXPECT_EQ(0, ds->map(0x3000, L4Re::Dataspace::F::RW, 0x102000, 0x100000, 0x110000));
  EXPECT_EQ(l4_fpage_size(l4_fpage_t{mr[1]}), 12U);

  memory[5] = 1;
  EXPECT_EQ(0, ds->clear(0, ~0UL));
  EXPECT_EQ(memory[5], 0);
}

TEST(Reply_caps, are_kept_and_answered_later)
{
  Fake_kernel kernel;
  struct Hooks : L4Re::Util::Reply_cap_hooks<L4Re::Util::Br_manager_hooks> {
  } hooks;
  L4::Reply_cap_idx first = hooks.setup_reply_cap();
  EXPECT_TRUE(first.is_valid());
  EXPECT_EQ(first.cap() & 0xfff, +L4_REPLY_CAP_BIT);
  {
    auto kept = hooks.take_reply_cap();
    ASSERT_TRUE(kept);
    L4::Reply_cap reply = std::move(kept).result();
    EXPECT_NE(hooks.setup_reply_cap().cap(), first.cap());
    EXPECT_TRUE(kernel.log.empty());
    reply.reply(l4_msgtag(7, 0, 0, 0));
    EXPECT_EQ(kernel.last().cap(), first.cap());
    EXPECT_EQ(kernel.last().flags(), L4_SYSF_SEND | L4_SYSF_REPLY);
  }
  EXPECT_EQ(kernel.log.size(), 1U);
  {
    auto dropped = hooks.take_reply_cap();
  }
  EXPECT_EQ(kernel.log.size(), 2U);
  EXPECT_EQ(kernel.last().tag.label(), -L4_EDROPREPLY);
}

TEST(Kumem, gives_the_area_back_on_an_error)
{
  Fake_kernel kernel;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *) {
    if (call.tag.label() == L4_PROTO_TASK) return l4_msgtag(-L4_ENOMEM, 0, 0, 0);
    l4_utcb_mr()->mr[0] = 0x800000;
    return l4_msgtag(0, 1, 0, 0);
  };
  l4_addr_t mem;
  EXPECT_EQ(-L4_ENOMEM, L4Re::Util::kumem_alloc(&mem, 1));
  ASSERT_EQ(kernel.log.size(), 3U);
  EXPECT_EQ(kernel.log[1].words[1], l4_fpage(0x800000, 13, L4_FPAGE_RW).raw);
  EXPECT_EQ(kernel.log[2].words[0], 4U); // free_area
  EXPECT_EQ(-L4_EINVAL, L4Re::Util::kumem_alloc(&mem, 6));
}

TEST(Timeouts, run_in_order_before_the_next_message)
{
  struct Entry : L4::Ipc_svr::Timeout {
    std::vector<int> *log;
    int id;
    Entry(std::vector<int> *log, int id) : log(log), id(id) {}
    void expired() override { log->push_back(id); }
  };
  std::vector<int> log;
  Entry a(&log, 1), b(&log, 2), c(&log, 3);
  L4::Ipc_svr::Timeout_queue queue;
  queue.add(&a, 30);
  queue.add(&b, 10);
  queue.add(&c, 20);
  EXPECT_EQ(queue.next_timeout(), 10U);
  queue.add(&b, 40); // moved
  queue.remove(&c);
  EXPECT_FALSE(queue.handle_expired_timeouts(29));
  EXPECT_TRUE(queue.handle_expired_timeouts(40));
  EXPECT_EQ(log, (std::vector<int>{1, 2}));
  EXPECT_TRUE(queue.empty());
}

} // namespace
