// SPDX-License-Identifier: MIT
#pragma once

#include "fake_kernel.h"

#include <cstring>
#include <l4/sys/cxx/ipc_epiface>
#include <l4/sys/cxx/ipc_iface>
#include <l4/sys/cxx/ipc_ret_array>
#include <l4/sys/cxx/ipc_string>
#include <l4/sys/factory>
#include <l4/sys/irq>
#include <l4/sys/pager>
#include <l4/sys/vcon>
#include <string>

/** An interface with a parameter of every kind. */
class Device : public L4::Kobject_t<Device, L4::Icu, 0x77, L4::Type_info::Demand_t<2>> {
public:
  struct Point {
    l4_uint16_t x;
    l4_uint32_t y;
  };

  L4_INLINE_RPC(long, values, (l4_uint8_t a, l4_uint64_t b, Point const &p, l4_uint32_t *sum));
  L4_INLINE_RPC(long, swap, (L4::Ipc::In_out<Point *> p));
  L4_INLINE_RPC(long, guarded, (), L4::Ipc::Call_t<L4_CAP_FPAGE_W>);
  L4_INLINE_RPC(long, reverse,
                (L4::Ipc::Array<l4_uint16_t const, unsigned long> in,
                 L4::Ipc::Array<l4_uint16_t> &out));
  L4_INLINE_RPC_OP(20, long, greet, (L4::Ipc::String<> name, L4::Ipc::String<char> &greeting));
  L4_INLINE_RPC(long, caps,
                (L4::Ipc::Cap<L4::Task> must, L4::Ipc::Opt<L4::Ipc::Cap<L4::Task>> may,
                 L4::Ipc::Out<L4::Cap<L4::Irq>> out));
  L4_INLINE_RPC(long, memory, (l4_addr_t at, L4::Ipc::Rcv_fpage window, L4::Ipc::Snd_fpage &page));
  L4_INLINE_RPC(long, count, (unsigned n, L4::Ipc::Ret_array<l4_uint32_t> numbers));
  L4_INLINE_RPC(long, maybe, (bool yes, L4::Ipc::Opt<l4_uint32_t &> value));
  L4_INLINE_RPC(long, poke, (int value), L4::Ipc::Send_only);

  typedef L4::Typeid::Rpcs<values_t, swap_t, guarded_t, reverse_t, greet_t, caps_t, memory_t,
                           count_t, maybe_t, poke_t>
      Rpcs;
};

class Device_svr : public L4::Epiface_t<Device_svr, Device> {
public:
  long op_values(Device::Rights, l4_uint8_t a, l4_uint64_t b, Device::Point const &p,
                 l4_uint32_t &sum)
  {
    sum = static_cast<l4_uint32_t>(a + b + p.x + p.y);
    return 5;
  }
  long op_swap(Device::Rights, Device::Point &p)
  {
    unsigned x = p.x;
    p.x = static_cast<l4_uint16_t>(p.y);
    p.y = x;
    return 0;
  }
  long op_guarded(Device::Rights rights) { return rights & 3; }
  long op_reverse(Device::Rights, L4::Ipc::Array_ref<l4_uint16_t const, unsigned long> const &in,
                  L4::Ipc::Array_ref<l4_uint16_t> &out)
  {
    if (in.length > out.length) return -L4_ENOMEM;
    for (unsigned i = 0; i < in.length; ++i)
      out.data[i] = in.data[in.length - 1 - i];
    out.length = static_cast<unsigned short>(in.length);
    return 0;
  }
  long op_greet(Device::Rights, L4::Ipc::String_in_buf<> const &name,
                L4::Ipc::String<char> &greeting)
  {
    greeting.copy_in((std::string("hello ") + name.data).c_str());
    return 0;
  }
  long op_caps(Device::Rights, L4::Ipc::Snd_fpage must, L4::Ipc::Snd_fpage may,
               L4::Ipc::Cap<L4::Irq> &out)
  {
    out = L4::Ipc::make_cap_rws(L4::Cap<L4::Irq>(0x9000));
    return (must.cap_received() ? 1 : 0) | (may.cap_received() ? 2 : 0);
  }
  long op_memory(Device::Rights, l4_addr_t at, L4::Ipc::Snd_fpage &page)
  {
    page = L4::Ipc::Snd_fpage::mem(at, L4_PAGESHIFT, L4_FPAGE_RW, 0x3000);
    return 0;
  }
  long op_count(Device::Rights, unsigned n, L4::Ipc::Ret_array<l4_uint32_t> numbers)
  {
    if (n > numbers.max) return -L4_ERANGE;
    for (unsigned i = 0; i < n; ++i)
      numbers.value[i] = i;
    return n;
  }
  long op_maybe(Device::Rights, bool yes, L4::Ipc::Opt<l4_uint32_t> &value)
  {
    if (yes) value = 77;
    return result;
  }
  long op_poke(Device::Rights, int value)
  {
    poked = value;
    return 0;
  }

  long op_bind(L4::Icu::Rights, l4_umword_t pin, L4::Ipc::Snd_fpage const &irq)
  {
    return irq.cap_received() ? static_cast<long>(pin) : -L4_EINVAL;
  }
  long op_unbind(L4::Icu::Rights, l4_umword_t, L4::Ipc::Snd_fpage const &) { return 0; }
  long op_info(L4::Icu::Rights, L4::Icu::_Info &info)
  {
    info = {0, 3, 4};
    return 0;
  }
  long op_msi_info(L4::Icu::Rights, l4_umword_t, l4_uint64_t source, l4_icu_msi_info_t &info)
  {
    info.msi_addr = source + 1;
    info.msi_data = 9;
    return 0;
  }
  long op_unmask(L4::Icu::Rights, l4_umword_t) { return -L4_ENOREPLY; }
  long op_mask(L4::Icu::Rights, l4_umword_t) { return -L4_ENOREPLY; }
  long op_set_mode(L4::Icu::Rights, l4_umword_t, l4_umword_t) { return 0; }

  int poked = 0;
  long result = 0;
};
