// SPDX-License-Identifier: MIT
/** Clients and servers of the framework against each other, in one UTCB. */
#include "device.h"

#include <gtest/gtest.h>
#include <l4/sys/cxx/ipc_server_loop>
#include <l4/sys/meta>
#include <typeinfo>

namespace {

constexpr l4_cap_idx_t Object = 0x42000;

class Round_trip : public testing::Test {
protected:
  Round_trip()
  {
    kernel.handler = [this](Fake_kernel::Invocation const &call, l4_umword_t *) {
      // What the kernel does with items that carry capabilities.
      l4_umword_t *mr = l4_utcb_mr()->mr;
      for (unsigned i = 0; i < call.tag.items(); ++i) {
        l4_umword_t &control = mr[call.tag.words() + 2 * i];
        if (control) control = (control & ~0xff6UL) | 0x38;
      }
      return L4::Basic_registry::dispatch(
          call.tag, reinterpret_cast<l4_umword_t>(static_cast<L4::Epiface *>(&server)) | rights,
          l4_utcb());
    };
  }

  L4::Cap<Device> device() const { return L4::Cap<Device>(Object); }

  Fake_kernel kernel;
  Device_svr server;
  unsigned rights = L4_CAP_FPAGE_W;
};

TEST_F(Round_trip, values)
{
  Device::Point p = {3, 4};
  l4_uint32_t sum = 0;
  EXPECT_EQ(5, device()->values(1, 2, p, &sum));
  EXPECT_EQ(10U, sum);
  EXPECT_EQ(kernel.last().tag.label(), 0x77);
  // opcode and u8, u64, a struct of alignment 4
  EXPECT_EQ(kernel.last().words[0], 1UL << 32);
  EXPECT_EQ(kernel.last().words[1], 2U);
  EXPECT_EQ(kernel.last().words.size(), 3U);
}

TEST_F(Round_trip, in_out)
{
  Device::Point p = {1, 2};
  EXPECT_EQ(0, device()->swap(&p));
  EXPECT_EQ(p.x, 2);
  EXPECT_EQ(p.y, 1U);
}

TEST_F(Round_trip, rights_are_checked_before_anything_else)
{
  EXPECT_EQ(1, device()->guarded());
  rights = L4_CAP_FPAGE_S;
  EXPECT_EQ(-L4_EPERM, device()->guarded());
  rights = 0;
  EXPECT_EQ(-L4_EPERM, device()->guarded());
}

TEST_F(Round_trip, arrays)
{
  l4_uint16_t in[] = {1, 2, 3};
  l4_uint16_t out[4] = {};
  L4::Ipc::Array<l4_uint16_t> result(4, out);
  EXPECT_EQ(0, device()->reverse(L4::Ipc::Array<l4_uint16_t const, unsigned long>(3, in), result));
  EXPECT_EQ(result.length, 3);
  EXPECT_EQ(out[0], 3);
  EXPECT_EQ(out[2], 1);

  L4::Ipc::Array<l4_uint16_t> small(2, out);
  EXPECT_EQ(-L4_EMSGTOOSHORT,
            device()->reverse(L4::Ipc::Array<l4_uint16_t const, unsigned long>(3, in), small));
}

TEST_F(Round_trip, array_that_does_not_fit_is_not_sent)
{
  std::vector<l4_uint16_t> big(300);
  l4_uint16_t out[4];
  L4::Ipc::Array<l4_uint16_t> result(4, out);
  EXPECT_EQ(
      -L4_EMSGTOOLONG,
      device()->reverse(L4::Ipc::Array<l4_uint16_t const, unsigned long>(300, big.data()), result));
  EXPECT_TRUE(kernel.log.empty());
}

TEST_F(Round_trip, strings)
{
  char text[32];
  L4::Ipc::String<char> greeting(sizeof(text), text);
  EXPECT_EQ(0, device()->greet("you", greeting));
  EXPECT_STREQ(text, "hello you");
  EXPECT_EQ(greeting.length, 10U);
  EXPECT_EQ(kernel.last().words[0], 20U);
}

TEST_F(Round_trip, capabilities)
{
  EXPECT_EQ(1, device()->caps(L4::Cap<L4::Task>(0x1000), L4::Cap<L4::Task>::Invalid,
                              L4::Cap<L4::Irq>(0x5000)));
  EXPECT_EQ(kernel.last().tag.items(), 1U);
  EXPECT_EQ(kernel.last().buffers, std::vector<l4_umword_t>{0x5000 | 0xa});
  l4_umword_t const *mr = l4_utcb_mr()->mr;
  EXPECT_EQ(mr[0], 8U);
  EXPECT_EQ(mr[1], l4_obj_fpage(0x9000, 0, L4_CAP_FPAGE_RWS).raw);

  EXPECT_EQ(3, device()->caps(L4::Cap<L4::Task>(0x1000), L4::Cap<L4::Task>(0x2000),
                              L4::Cap<L4::Irq>(0x5000)));
}

TEST_F(Round_trip, memory)
{
  L4::Ipc::Snd_fpage page;
  EXPECT_EQ(0, device()->memory(0x8000, L4::Ipc::Rcv_fpage::mem(0x10000, 16), page));
  EXPECT_EQ(page.base(), 0x8000U);
  EXPECT_EQ(page.snd_base(), 0x3000U);
}

TEST_F(Round_trip, counted_arrays)
{
  l4_uint32_t const *numbers = nullptr;
  EXPECT_EQ(3, device()->count(3, &numbers));
  EXPECT_EQ(numbers[2], 2U);
  EXPECT_EQ(126, device()->count(126, &numbers));
  EXPECT_EQ(-L4_ERANGE, device()->count(127, &numbers));
}

TEST_F(Round_trip, optional_output)
{
  L4::Ipc::Opt<l4_uint32_t> value;
  EXPECT_EQ(0, device()->maybe(false, value));
  EXPECT_FALSE(value.is_valid());
  EXPECT_EQ(0, device()->maybe(true, value));
  EXPECT_TRUE(value.is_valid());
  EXPECT_EQ(value.value(), 77U);
}

TEST_F(Round_trip, return_value_that_does_not_fit)
{
  server.result = 40000;
  L4::Ipc::Opt<l4_uint32_t> value;
  EXPECT_EQ(-L4_EMSGERRRANGE, device()->maybe(false, value));
}

TEST_F(Round_trip, send_only)
{
  EXPECT_EQ(0, device()->poke(42));
  EXPECT_EQ(server.poked, 42);
  EXPECT_EQ(kernel.last().flags(), +L4_SYSF_SEND);
  EXPECT_EQ(kernel.last().timeout, 0U);
}

TEST_F(Round_trip, operations_of_the_base_interface)
{
  EXPECT_EQ(7, l4_error(device()->bind(7, L4::Cap<L4::Irq>(0x3000))));
  EXPECT_EQ(kernel.last().tag.label(), L4_PROTO_IRQ);
  l4_icu_info_t info;
  EXPECT_EQ(0, l4_error(device()->info(&info)));
  EXPECT_EQ(info.nr_irqs, 3U);
  EXPECT_EQ(info.nr_msis, 4U);
  l4_icu_msi_info_t msi;
  EXPECT_EQ(0, l4_error(device()->msi_info(1, 0x1234, &msi)));
  EXPECT_EQ(msi.msi_addr, 0x1235U);
  EXPECT_EQ(msi.msi_data, 9U);
}

TEST_F(Round_trip, meta)
{
  L4::Cap<L4::Meta> meta = L4::cap_reinterpret_cast<L4::Meta>(device());
  EXPECT_EQ(2, meta->num_interfaces()); // Irq_eoi has no protocol of its own
  l4_mword_t proto;
  char text[64];
  L4::Ipc::String<char> name(sizeof(text), text);
  EXPECT_EQ(0, meta->interface(0, &proto, name));
  EXPECT_EQ(proto, 0x77);
  EXPECT_STREQ(text, "6Device");
  name = L4::Ipc::String<char>(sizeof(text), text);
  EXPECT_EQ(0, meta->interface(1, &proto, name));
  EXPECT_EQ(proto, L4_PROTO_IRQ);
  EXPECT_STREQ(text, "N2L43IcuE");
  EXPECT_EQ(-L4_ERANGE, meta->interface(2, &proto, name));
  EXPECT_EQ(1, meta->supports(0x77));
  EXPECT_EQ(0, meta->supports(0x78));
  EXPECT_TRUE(L4::cap_dynamic_cast<Device>(L4::Cap<void>(device())).is_valid());
  EXPECT_FALSE(L4::cap_dynamic_cast<L4::Vcon>(L4::Cap<void>(device())).is_valid());
}

TEST_F(Round_trip, what_the_server_does_not_know)
{
  l4_utcb_mr()->mr[0] = 0;
  EXPECT_EQ(-L4_EBADPROTO,
            l4_error(l4_ipc_call(Object, l4_utcb(), l4_msgtag(0x78, 1, 0, 0), L4_IPC_NEVER)));
  l4_utcb_mr()->mr[0] = 99;
  EXPECT_EQ(-L4_ENOSYS,
            l4_error(l4_ipc_call(Object, l4_utcb(), l4_msgtag(0x77, 1, 0, 0), L4_IPC_NEVER)));
  EXPECT_EQ(-L4_EMSGTOOSHORT,
            l4_error(l4_ipc_call(Object, l4_utcb(), l4_msgtag(0x77, 0, 0, 0), L4_IPC_NEVER)));
}

TEST_F(Round_trip, ipc_errors_reach_the_caller)
{
  kernel.fail(L4_IPC_ENOT_EXISTENT);
  EXPECT_EQ(l4_ipc_to_errno(L4_IPC_ENOT_EXISTENT), device()->guarded());
  EXPECT_EQ(l4_ipc_to_errno(L4_IPC_ENOT_EXISTENT), device()->poke(1));
}

struct Nameless : L4::Kobject_t<Nameless, L4::Kobject, 1> {};

TEST(Type_info, demands_and_protocols)
{
  EXPECT_EQ(L4::Kobject_demand<Device>().caps, 2);
  EXPECT_TRUE(L4::kobject_typeid<Device>()->has_proto(L4_PROTO_IRQ));
  EXPECT_FALSE(L4::kobject_typeid<Device>()->has_proto(L4_PROTO_LOG));
  EXPECT_STREQ(L4::kobject_typeid<L4::Vcon>()->name(), typeid(L4::Vcon).name());
  EXPECT_STREQ(L4::kobject_typeid<Device>()->name(), typeid(Device).name());
  EXPECT_STREQ(L4::kobject_typeid<Nameless>()->name(), typeid(Nameless).name());
}

/* ---------------------------------------------------------------------------------- varg lists */

struct Factory_svr : L4::Epiface_t<Factory_svr, L4::Factory> {
  std::vector<L4::Ipc::Varg> args;
  l4_mword_t type = 0;
  long number = 0;
  std::string text;

  long op_create(L4::Factory::Rights, L4::Ipc::Cap<void> &obj, l4_mword_t proto,
                 L4::Ipc::Varg_list<> &&list)
  {
    type = proto;
    for (L4::Ipc::Varg arg : list) {
      if (arg.is_of_int()) number = arg.value<long>();
      if (arg.is_of<char const *>()) text = arg.value<char const *>();
    }
    obj = L4::Ipc::make_cap(L4::Cap<void>(0x8000), L4_CAP_FPAGE_RWSD);
    return 0;
  }
};

TEST(Factory, user_level_factory)
{
  Fake_kernel kernel;
  Factory_svr server;
  unsigned rights = L4_CAP_FPAGE_S;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *) {
    return server.dispatch(call.tag, rights, l4_utcb());
  };
  auto create = [] {
    return l4_error(L4::Cap<L4::Factory>(Object)->create(L4::Cap<void>(0x5000), 0x4711)
                    << -3 << "text" << L4::Factory::Nil() << 5U);
  };
  EXPECT_EQ(0, create());
  EXPECT_EQ(server.type, 0x4711);
  EXPECT_EQ(server.number, -3); // nil ends the list
  EXPECT_EQ(server.text, "text");
  rights = L4_CAP_FPAGE_W;
  EXPECT_EQ(-L4_EPERM, create());
}

TEST(Factory, arguments_that_do_not_fit_are_not_sent)
{
  Fake_kernel kernel;
  std::string text(600, 'x');
  EXPECT_EQ(-L4_EMSGTOOLONG, l4_error(L4::Cap<L4::Factory>(Object)->create(L4::Cap<void>(0x5000), 1)
                                      << text.c_str()));
  EXPECT_TRUE(kernel.log.empty());
  L4::Cap<L4::Factory>(Object)->create(L4::Cap<void>(0x5000), 1); // committed at its end
  EXPECT_EQ(kernel.log.size(), 1U);
}

/* -------------------------------------------------------------------------------- faults, loop */

struct Pager_svr : L4::Epiface_t<Pager_svr, L4::Pager> {
  long op_page_fault(L4::Pager::Rights, l4_umword_t addr, l4_umword_t pc,
                     L4::Ipc::Opt<L4::Ipc::Snd_fpage> &fp)
  {
    if (pc == 0) return -L4_ENOMEM;
    if (addr & 2) fp = L4::Ipc::Snd_fpage::mem(addr & ~0xfffUL, 12, L4_FPAGE_RWX);
    return 0;
  }
  long op_io_page_fault(L4::Io_pager::Rights, l4_fpage_t, l4_umword_t,
                        L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
  {
    return -L4_ENOMEM;
  }
};

TEST(Pager, messages_of_the_kernel)
{
  Fake_kernel kernel;
  Pager_svr server;
  l4_umword_t *mr = l4_utcb_mr()->mr;
  auto fault = [&](long label, l4_umword_t addr, l4_umword_t pc) {
    mr[0] = addr;
    mr[1] = pc;
    return server.dispatch(l4_msgtag(label, 2, 0, 0), 0, l4_utcb());
  };
  EXPECT_EQ(fault(L4_PROTO_PAGE_FAULT, 0x1002, 1).raw, l4_msgtag(0, 0, 1, 0).raw);
  EXPECT_EQ(mr[1], l4_fpage(0x1000, 12, L4_FPAGE_RWX).raw);
  EXPECT_EQ(fault(L4_PROTO_PAGE_FAULT, 0x1000, 1).raw, 0);
  EXPECT_EQ(fault(L4_PROTO_PAGE_FAULT, 0x1000, 0).label(), -L4_ENOMEM);
  EXPECT_EQ(fault(L4_PROTO_IO_PAGE_FAULT, 0, 1).label(), -L4_ENOMEM);
}

struct Stop {};

TEST(Server_loop, replies_waits_and_survives_errors)
{
  Fake_kernel kernel;
  unsigned step = 0;
  std::vector<unsigned> flags;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *label) {
    flags.push_back(call.flags());
    *label = 0x1000 + step;
    if (step++ == 1) {
      l4_utcb_tcr()->error = L4_IPC_SETIMEOUT; // the client went away
      return l4_msgtag(0, 0, 0, L4_MSGTAG_ERROR);
    }
    return l4_msgtag(1, 0, 0, 0);
  };

  struct Dispatcher {
    std::vector<l4_umword_t> labels;
    l4_msgtag_t dispatch(l4_msgtag_t, l4_umword_t label, l4_utcb_t *)
    {
      labels.push_back(label);
      if (labels.size() == 3) throw 42; // becomes the answer
      if (labels.size() == 4) throw Stop();
      return l4_msgtag(labels.size() == 2 ? -L4_ENOREPLY : 0, 0, 0, 0);
    }
  } dispatcher;
  struct Never {
    long err_no() const { return 0; }
  };

  L4::Server<> server;
  EXPECT_THROW(server.loop<Never>(&dispatcher), Stop);
  EXPECT_EQ(dispatcher.labels, (std::vector<l4_umword_t>{0x1000, 0x1002, 0x1003, 0x1004}));
  EXPECT_EQ(flags, (std::vector<unsigned>{L4_SYSF_WAIT, L4_SYSF_REPLY_AND_WAIT, L4_SYSF_WAIT,
                                          L4_SYSF_WAIT, L4_SYSF_REPLY_AND_WAIT}));
  EXPECT_EQ(kernel.last().tag.label(), 42);
  EXPECT_EQ(kernel.last().timeout, L4_IPC_SEND_TIMEOUT_0.raw);
}

} // namespace
