// SPDX-License-Identifier: MIT
#include "remote.h"
#include "crash.h"

#include <l4/re/env.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>

#include <string.h>

namespace Itas {

namespace {

constexpr l4_cap_idx_t Own_thread = 3UL << L4_CAP_SHIFT;
/// How long somebody may take to accept; he looks at the program afterwards.
constexpr l4_uint32_t Patience_us = 2000000;

} // namespace

bool Remote::ask(l4_exc_regs_t const &regs, l4_cap_idx_t rm)
{
  constexpr l4_umword_t Request_backtrace = 0;
  constexpr unsigned Words = sizeof(regs) / sizeof(l4_umword_t);
  static_assert(Words == L4_UTCB_EXCEPTION_REGS_SIZE);

  l4_cap_idx_t const to = l4re_env()->dbg_events;
  if (l4_is_invalid_cap(to)) return false;
  if (l4_is_invalid_cap(_gate)) {
    l4_cap_idx_t const slot = cap_slots.alloc();
    if (l4_error(l4_factory_create_gate(l4re_env()->factory, slot, Own_thread, Label)) < 0)
      return false;
    _gate = slot;
  }
  l4_umword_t *const mr = l4_utcb_mr()->mr;
  mr[0] = Request_backtrace;
  memcpy(&mr[1], &regs, sizeof(regs));
  mr[1 + Words] = L4_ITEM_MAP;
  mr[2 + Words] = l4_obj_fpage(_gate, 0, L4_CAP_FPAGE_RO).raw;
  mr[3 + Words] = L4_ITEM_MAP;
  mr[4 + Words] = l4_obj_fpage(rm, 0, L4_CAP_FPAGE_RO).raw;
  l4_timeout_s const limit = l4_timeout_from_us(Patience_us);
  return l4_error(l4_ipc_call(to, l4_utcb(), l4_msgtag(0, 1 + Words, 2, 0),
                              l4_timeout(limit, limit))) == 0;
}

long Remote::op_read_mem(Rights, l4_uint64_t address, char width, l4_uint64_t &value)
{
  if (width < 0 || width > 3) return -L4_EINVAL;
  l4_size_t const bytes = 1UL << width;
  if (address + bytes < address || !_space->readable(address, bytes)) return -L4_EFAULT;
  value = 0;
  memcpy(&value, reinterpret_cast<void const *>(address), bytes);
  return 0;
}

long Remote::op_write_mem(Rights, l4_uint64_t, char, l4_uint64_t)
{
  return -L4_ENOSYS; // what crashed is there to be looked at
}

long Remote::op_terminate(Rights, int status)
{
  end_process(status);
}

/// Offsets are addresses.
long Remote::op_map(Ds::Rights, Ds::Offset offset, Ds::Map_addr spot, Ds::Flags flags,
                    L4::Ipc::Snd_fpage &page)
{
  if (flags.raw & L4_FPAGE_W) return -L4_EPERM;
  if (!_space->readable(offset, 1)) return -L4_ERANGE;
  page = L4::Ipc::Snd_fpage::mem(l4_trunc_page(offset), L4_PAGESHIFT, L4_FPAGE_RO,
                                 l4_trunc_page(spot));
  return 0;
}

long Remote::op_info(Ds::Rights, Ds::Stats &stats)
{
  stats.size = _space->map().max() + 1;
  stats.flags = Ds::Flags(L4_FPAGE_RO);
  return 0;
}

} // namespace Itas
