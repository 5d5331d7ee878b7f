// SPDX-License-Identifier: MIT
#pragma once

#include "address_space.h"
#include "crash.h"

#include <l4/re/rm>
#include <l4/re/util/region_mapping_svr>
#include <l4/sys/cxx/ipc_epiface>

namespace Itas {

/**
 * The region map protocol for the threads of this task (l4re-protocols.md section 3), with the
 * page-fault protocol that belongs to it.
 */
class Rm_server : public L4::Epiface_t0<Rm_server, L4Re::Rm, Plain_object>,
                  public L4Re::Util::Rm_server<Rm_server> {
public:
  using Rights = L4Re::Rm::Rights;

  Rm_server(Address_space *space, Rescue_table *rescue) : _space(space), _rescue(rescue) {}

  /// Set the buffer registers so that the next request can carry a dataspace.
  void prepare_receive();

  long op_attach(Rights, l4_addr_t &start, unsigned long size, Flags flags, Offset offset,
                 unsigned char align, l4_cap_idx_t client_cap, L4::Ipc::String<> const &name,
                 Offset backing_offset, L4::Ipc::Opt<L4::Ipc::Snd_fpage> const &dataspace);
  long op_detach(Rights, l4_addr_t addr, unsigned long size, unsigned flags, l4_addr_t &start,
                 l4_addr_t &removed, l4_cap_idx_t &client_cap);
  long op_add_rescue_jump(Rights, l4_addr_t begin, l4_addr_t end, l4_addr_t resume);
  long op_remove_rescue_jump(Rights, l4_addr_t pc);
  long op_page_in(Rights, l4_addr_t first, l4_addr_t last, unsigned short rights, l4_addr_t &helper,
                  L4::Ipc::Opt<L4::Ipc::Snd_fpage> &page);

  long op_page_fault(L4::Pager::Rights, l4_umword_t address, l4_umword_t pc,
                     L4::Ipc::Opt<L4::Ipc::Snd_fpage> &page);

  Address_space::Map &map() { return _space->map(); }

private:
  long take_dataspace(L4::Ipc::Snd_fpage const &item, l4_uint32_t flags,
                      L4::Cap<L4Re::Dataspace> *ds);

  Address_space *_space;
  Rescue_table *_rescue;
  l4_cap_idx_t _receive = L4_INVALID_CAP; ///< slot for a dataspace from another task
};

} // namespace Itas
