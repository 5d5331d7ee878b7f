// SPDX-License-Identifier: MIT
#pragma once

#include "clients.h"
#include "memory_map.h"

#include <l4/sys/kip.h>
#include <l4/sys/utcb.h>

/// Turns messages into operations on the memory map and results into replies.
class Protocol {
public:
  Protocol(Memory_map &memory, Clients &clients, l4_kernel_info_t const *kip)
      : _memory(memory), _clients(clients), _kip(kip)
  {
  }

  /**
   * Serve one message; arguments and results are in the UTCB.
   * \param label  label of the gate with the rights of the capability that was used
   * \return tag of the reply
   */
  l4_msgtag_t dispatch(l4_umword_t label, l4_msgtag_t tag, l4_utcb_t *utcb);

private:
  l4_msgtag_t sigma0(Owner owner, l4_msgtag_t tag, l4_msg_regs_t *mr);
  l4_msgtag_t page_fault(Owner owner, l4_msgtag_t tag, l4_msg_regs_t *mr);
  l4_msgtag_t io_page_fault(Owner owner, l4_msgtag_t tag, l4_msg_regs_t *mr);
  l4_msgtag_t factory(l4_umword_t label, l4_msgtag_t tag, l4_msg_regs_t *mr);
  l4_msgtag_t meta(l4_msgtag_t tag, l4_msg_regs_t *mr);
  void dump() const;

  Memory_map &_memory;
  Clients &_clients;
  l4_kernel_info_t const *_kip;
};
