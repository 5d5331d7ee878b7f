// SPDX-License-Identifier: MIT
// Arguments of every kind through the kernel (l4re-protocols.md section 1.4).
#include "server.h"

#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/sys/cxx/ipc_string>

#include <string.h>

namespace {

class Device : public L4::Kobject_t<Device, L4::Kobject, 0x77, L4::Type_info::Demand_t<2>> {
public:
  L4_INLINE_RPC(long, add, (l4_uint8_t a, l4_uint64_t b, l4_uint64_t *sum));
  L4_INLINE_RPC(long, reverse, (L4::Ipc::String<> in, L4::Ipc::String<char> &out));
  L4_INLINE_RPC(long, guarded, (), L4::Ipc::Call_t<L4_CAP_FPAGE_W>);
  L4_INLINE_RPC(long, put, (L4::Ipc::Cap<L4::Irq> irq));
  L4_INLINE_RPC(long, get, (L4::Ipc::Out<L4::Cap<L4::Irq>> irq));
  L4_INLINE_RPC(long, page, (L4::Ipc::Rcv_fpage window, L4::Ipc::Snd_fpage &fp));
  L4_INLINE_RPC(long, poke, (int value), L4::Ipc::Send_only);
  typedef L4::Typeid::Rpcs<add_t, reverse_t, guarded_t, put_t, get_t, page_t, poke_t> Rpcs;
};

alignas(L4_PAGESIZE) char shared_page[L4_PAGESIZE];

struct Device_svr : L4::Epiface_t<Device_svr, Device> {
  int poked = 0;
  l4_umword_t received = 0;
  L4::Cap<L4::Irq> irq{L4::Cap<L4::Irq>::Invalid};

  long op_add(Device::Rights, l4_uint8_t a, l4_uint64_t b, l4_uint64_t &sum)
  {
    sum = a + b;
    return 3;
  }
  long op_reverse(Device::Rights, L4::Ipc::String<> const &in, L4::Ipc::String<char> &out)
  {
    for (unsigned long i = 0; i + 1 < in.length; ++i)
      out.data[i] = in.data[in.length - 2 - i];
    out.data[in.length - 1] = 0;
    out.length = in.length;
    return 0;
  }
  long op_guarded(Device::Rights) { return 0; }
  long op_put(Device::Rights, L4::Ipc::Snd_fpage const &item)
  {
    received = item.local_id_received() ? item.base() : 0;
    return item.cap_received() ? 1 : item.local_id_received() ? 2 : -L4_EINVAL;
  }
  long op_get(Device::Rights, L4::Ipc::Cap<L4::Irq> &out)
  {
    out = L4::Ipc::make_cap_rws(irq);
    return 0;
  }
  long op_page(Device::Rights, L4::Ipc::Snd_fpage &fp)
  {
    shared_page[5] = 'x';
    fp = L4::Ipc::Snd_fpage::mem(l4_addr_t(shared_page), L4_PAGESHIFT, L4_FPAGE_RO);
    return 0;
  }
  long op_poke(Device::Rights, int value)
  {
    poked = value;
    return 0;
  }
};

/// A device with its server, and the client's capability.
struct Setup {
  Device_svr svr;
  Server_thread<> server;
  L4::Cap<Device> dev{L4::Cap<Device>::Invalid};

  Setup()
  {
    dev = L4::cap_cast<Device>(server.registry()->register_obj(&svr));
    CHECK(dev.is_valid());
    server.start();
  }
  ~Setup() { server.registry()->unregister_obj(&svr); }
};

CASE("l4re-protocols.md 1.4", "values, strings and the return value arrive")
{
  Setup s;
  l4_uint64_t sum = 0;
  CHECK_EQ(s.dev->add(200, 1UL << 40, &sum), 3);
  CHECK_EQ(sum, (1UL << 40) + 200);

  char text[64];
  L4::Ipc::String<char> out(sizeof(text), text);
  CHECK_EQ(s.dev->reverse("hello", out), 0);
  CHECK_EQ(strcmp(text, "olleh"), 0);
  CHECK_EQ(out.length, 6);
}

CASE("l4re-protocols.md 1.4", "a send-only operation returns at once and is executed")
{
  Setup s;
  CHECK_EQ(s.dev->poke(42), 0);
  l4_uint64_t sum;
  s.dev->add(0, 0, &sum); // behind it in the queue
  CHECK_EQ(s.svr.poked, 42);
}

CASE("l4re-protocols.md 1.4", "missing rights are refused")
{
  Setup s;
  CHECK_EQ(s.dev->guarded(), 0);
  Tap::Slot read_only;
  CHECK_EQ(l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP,
                                l4_obj_fpage(s.dev.cap(), 0, L4_CAP_FPAGE_R),
                                l4_map_obj_control(read_only, 0))),
           0);
  CHECK_EQ(L4::Cap<Device>(read_only)->guarded(), -L4_EPERM);
}

CASE("l4re-protocols.md 1.4", "a capability sent inside of a task arrives as its selector")
{
  Setup s;
  Tap::Irq irq;
  CHECK_EQ(s.dev->put(L4::Cap<L4::Irq>(irq)), 2);
  CHECK_EQ(s.svr.received, irq);
}

CASE("l4re-protocols.md 1.4", "a capability from the server is mapped into the slot")
{
  Setup s;
  Tap::Irq irq;
  Tap::Slot slot;
  s.svr.irq = L4::Cap<L4::Irq>(irq);
  CHECK_EQ(s.dev->get(L4::Cap<L4::Irq>(slot)), 0);
  CHECK_EQ(Tap::cap_valid(L4_BASE_TASK_CAP, slot), 1);
  slot.remove(false);
}

CASE("l4re-protocols.md 1.4", "memory from the server is mapped into the window")
{
  Setup s;
  L4::Ipc::Snd_fpage fp;
  CHECK_EQ(s.dev->page(L4::Ipc::Rcv_fpage::mem(Tap::Free_range, L4_PAGESHIFT), fp), 0);
  CHECK_EQ(fp.rcv_order(), L4_PAGESHIFT);
  CHECK_EQ(*reinterpret_cast<char *>(Tap::Free_range + 5), 'x');
  l4_task_unmap(L4_BASE_TASK_CAP, l4_fpage(Tap::Free_range, L4_PAGESHIFT, L4_FPAGE_RWX),
                L4_FP_ALL_SPACES);
}

CASE("l4re-protocols.md 1.4", "objects tell which interfaces they have")
{
  Setup s;
  L4::Cap<void> object(s.dev);
  CHECK(L4::cap_dynamic_cast<Device>(object).is_valid());
  CHECK(!L4::cap_dynamic_cast<L4Re::Dataspace>(object).is_valid());
  CHECK(L4::cap_dynamic_cast<L4Re::Rm>(L4::Cap<void>(L4Re::Env::env()->rm())).is_valid());
}

} // namespace
