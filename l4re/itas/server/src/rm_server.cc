// SPDX-License-Identifier: MIT
#include "rm_server.h"

#include <l4/sys/task.h>

#include <string.h>

namespace Itas {

namespace {

using F = L4Re::Rm::F;

} // namespace

void Rm_server::prepare_receive()
{
  if (l4_is_invalid_cap(_receive)) _receive = cap_slots.alloc();
  l4_buf_regs_t *const br = l4_utcb_br();
  br->bdr = 0;
  br->br[0] = (_receive & L4_FPAGE_ADDR_MASK) | L4_RCV_ITEM_SINGLE_CAP | L4_RCV_ITEM_LOCAL_ID;
  br->br[1] = 0;
}

/**
 * Get our own reference to the dataspace of a request.
 *
 * A thread of this task names its own capability; the region shall outlive that, so it is copied.
 */
long Rm_server::take_dataspace(L4::Ipc::Snd_fpage const &item, l4_uint32_t flags,
                               L4::Cap<L4Re::Dataspace> *ds)
{
  if (flags & (F::Reserved | F::Kernel | F::Anonymous).raw) return 0;
  if (item.cap_received()) {
    *ds = L4::Cap<L4Re::Dataspace>(_receive);
    _receive = L4_INVALID_CAP;
    return 0;
  }
  if (!item.local_id_received()) return flags & F::RWX ? -L4_EINVAL : 0;
  L4::Cap<L4Re::Dataspace> const own = cap_slots.alloc<L4Re::Dataspace>();
  if (!own.is_valid()) return -L4_ENOMEM;
  l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, item.fpage(), own.cap() | L4_ITEM_MAP);
  *ds = own;
  return 0;
}

long Rm_server::op_attach(Rights, l4_addr_t &start, unsigned long size, Flags flags, Offset offset,
                          unsigned char align, l4_cap_idx_t client_cap,
                          L4::Ipc::String<> const &name, Offset backing_offset,
                          L4::Ipc::Opt<L4::Ipc::Snd_fpage> const &dataspace)
{
  auto const raw = static_cast<l4_uint32_t>(flags.raw);
  if (long e = check_flags(raw, size, align); e < 0) return e;

  // Before the first system call: the name lies in the message registers.
  char own_name[Region::Name_length];
  l4_size_t const length = strnlen(name.data, sizeof(own_name));
  memcpy(own_name, name.data, length);

  Address_space::Attach a;
  a.start = start;
  a.size = size;
  a.flags = raw;
  a.align = align;
  a.offset = offset;
  a.client_cap = client_cap;
  a.name = own_name;
  a.name_length = length;
  a.backing_offset = backing_offset;
  long e = take_dataspace(dataspace.value(), raw, &a.ds);
  if (e >= 0) e = _space->attach(a, &start);
  if (e < 0) cap_slots.release(a.ds.cap());
  return e;
}

long Rm_server::op_detach(Rights, l4_addr_t addr, unsigned long size, unsigned flags,
                          l4_addr_t &start, l4_addr_t &removed, l4_cap_idx_t &client_cap)
{
  Address_space::Detached out;
  long const r = _space->detach(addr, size, flags, &out);
  start = out.start;
  removed = out.size;
  client_cap = out.client_cap;
  return r;
}

long Rm_server::op_add_rescue_jump(Rights, l4_addr_t begin, l4_addr_t end, l4_addr_t resume)
{
  return _rescue->add(begin, end, resume);
}

long Rm_server::op_remove_rescue_jump(Rights, l4_addr_t pc)
{
  return _rescue->remove(pc);
}

/// The pages are mapped here, into the task of the client; there is nothing to send or to call.
long Rm_server::op_page_in(Rights, l4_addr_t first, l4_addr_t last, unsigned short rights,
                           l4_addr_t &helper, L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
{
  helper = 0;
  if (last < first) return -L4_EINVAL;
  _space->page_in(first, last, rights & F::RWX);
  return 0;
}

/// A negative label turns the fault into an exception, which brings all registers.
long Rm_server::op_page_fault(L4::Pager::Rights, l4_umword_t address, l4_umword_t pc,
                              L4::Ipc::Opt<L4::Ipc::Snd_fpage> &)
{
  return _space->resolve(Fault::from_message(address, pc)).error;
}

} // namespace Itas
