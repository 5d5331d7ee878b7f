// SPDX-License-Identifier: MIT
/** libkproxy: what reaches the kernel of a client's wishes. */
#include "environment.h"
#include "fake_kernel.h"

#include <l4/libkproxy/factory_svr>
#include <l4/libkproxy/scheduler_svr>
#include <l4/re/util/cap_alloc>
#include <l4/sys/cxx/ipc_server_loop>

#include <gtest/gtest.h>

namespace {

constexpr l4_cap_idx_t Server = 0x42000, Thread = 0x77000;

struct Buffers : L4::Ipc_svr::Br_manager_no_buffers {
  L4::Cap<void> get_rcv_cap(int) const override { return L4::Cap<void>(Thread); }
  int realloc_rcv_cap(int) override { return 0; }
};

/// A client in front of `server`, behind it a kernel that answers what `below` says.
struct Proxies : testing::Test {
  Fake_kernel kernel;
  Buffers buffers;
  Fake_kernel::Invocation passed{}; ///< the last call to the kernel
  std::function<l4_msgtag_t()> below = [] { return l4_msgtag(0, 0, 0, 0); };

  void serve(L4::Epiface *server)
  {
    server->set_server(&buffers, L4::Cap<void>(Server));
    kernel.handler = [this, server](Fake_kernel::Invocation const &call, l4_umword_t *) {
      if (call.cap() == Server) {
        l4_umword_t *const mr = l4_utcb_mr()->mr;
        for (unsigned i = 0; i < call.tag.items(); ++i)
          mr[call.tag.words() + 2 * i] = 0x38;
        return server->dispatch(call.tag, L4_CAP_FPAGE_S, l4_utcb());
      }
      passed = call;
      return below();
    };
  }
};

struct Scheduler : L4::Epiface_t<Scheduler, L4::Scheduler>, L4kproxy::Scheduler_svr_t<Scheduler> {
  using L4kproxy::Scheduler_svr_t<Scheduler>::Scheduler_svr_t;
};

struct Schedulers : Proxies {
  L4::Cap<L4::Scheduler> client{Server};
  static l4_msgtag_t four_cpus()
  {
    l4_utcb_mr()->mr[0] = 0xf;
    l4_utcb_mr()->mr[1] = 4;
    l4_utcb_mr()->mr[2] = 2;
    return l4_msgtag(0, 3, 0, 0);
  }
  Schedulers()
  {
    below = four_cpus;
    kernel.handler = [this](Fake_kernel::Invocation const &, l4_umword_t *) { return below(); };
  }
  static L4kproxy::Cpu_mask cpus(l4_umword_t mask)
  {
    L4kproxy::Cpu_mask m;
    m.word[0] = mask;
    return m;
  }
  Fake_kernel::Invocation run(unsigned prio, l4_sched_cpu_set_t where)
  {
    l4_sched_param_t param = l4_sched_param(prio, 0);
    param.affinity = where;
    EXPECT_EQ(l4_error(client->run_thread(L4::Cap<L4::Thread>(Thread), param)), 0);
    return passed;
  }
};

TEST_F(Schedulers, priorities_are_moved_and_cut)
{
  Scheduler server(100, 40, cpus(~0UL));
  serve(&server);
  EXPECT_EQ(run(2, l4_sched_cpu_set(0, 0, 1)).words[3], 42U);
  EXPECT_EQ(run(60, l4_sched_cpu_set(0, 0, 1)).words[3], 100U);
  EXPECT_EQ(run(200, l4_sched_cpu_set(0, 0, 1)).words[3], 100U);
  EXPECT_EQ(run(~0U, l4_sched_cpu_set(0, 0, 1)).words[3], 100U); // no way around zero
}

TEST_F(Schedulers, only_own_cpus)
{
  Scheduler server(255, 0, cpus(0xa)); // 1 and 3
  serve(&server);
  auto call = run(2, l4_sched_cpu_set(0, 0, 0xf));
  EXPECT_EQ(call.words[1], 1U);
  EXPECT_EQ(call.words[2], 5U); // 1 and 3, from 1 on
  call = run(2, l4_sched_cpu_set(0, 0, 0x5));
  EXPECT_EQ(call.words[2], 0U);             // the kernel refuses an empty set
  call = run(2, l4_sched_cpu_set(0, 1, 2)); // groups of two: the second
  EXPECT_EQ(call.words[1], 3U);
  EXPECT_EQ(call.words[2], 1U);

  l4_umword_t max;
  l4_sched_cpu_set_t set = l4_sched_cpu_set(0, 0, 0);
  EXPECT_EQ(l4_error(client->info(&max, &set)), 0);
  EXPECT_EQ(set.map, 0xaU);
  EXPECT_EQ(max, 4U);
  l4_kernel_clock_t us;
  EXPECT_EQ(l4_error(client->idle_time(set, &us)), -L4_ENOSYS);
}

struct Factory : L4::Epiface_t<Factory, L4::Factory>, L4kproxy::Factory_svr_t<Factory> {
  Factory() : Factory_svr_t(L4::Cap<L4::Factory>(0x2000)) {}
  bool may_create(long type) const { return type == L4_PROTO_IRQ_SENDER; }
  L4::Cap<void> new_slot() { return L4Re::Util::cap_alloc.alloc(); }
  void release_slot(L4::Cap<void> cap)
  {
    ++released;
    L4Re::Util::cap_alloc.free(cap, L4_INVALID_CAP);
  }
  unsigned released = 0;
};

TEST_F(Proxies, a_factory_makes_what_it_may)
{
  Factory server;
  serve(&server);
  L4::Cap<L4::Factory> client(Server);
  EXPECT_EQ(l4_error(client->create(L4::Cap<void>(0x9000), L4_PROTO_THREAD)), -L4_ENODEV);
  EXPECT_EQ(l4_error(client->create(L4::Cap<void>(0x9000), L4_PROTO_IRQ_SENDER) << 5 << 6U << "ab"),
            0);
  EXPECT_EQ(passed.cap(), 0x2000U);
  EXPECT_EQ(passed.words[0], static_cast<l4_umword_t>(L4_PROTO_IRQ_SENDER));
  ASSERT_GE(passed.words.size(), 7U);
  EXPECT_EQ(passed.words[1], static_cast<l4_umword_t>(L4_VARG_TYPE_MWORD) | 8UL << 16);
  EXPECT_EQ(passed.words[2], 5U);
  EXPECT_EQ(passed.words[4], 6U);
  EXPECT_EQ(passed.words[5], static_cast<l4_umword_t>(L4_VARG_TYPE_STRING) | 3UL << 16);
  EXPECT_EQ(passed.words[6] & 0xffffff, 0x6261U);
  EXPECT_EQ(server.released, 0U);

  below = [] { return l4_msgtag(-L4_ENOMEM, 0, 0, 0); };
  EXPECT_EQ(l4_error(client->create(L4::Cap<void>(0x9000), L4_PROTO_IRQ_SENDER)), -L4_ENOMEM);
  EXPECT_EQ(server.released, 2U); // the slot of the object before, and that of this one
}

} // namespace
