// SPDX-License-Identifier: MIT
#pragma once

#include "address_space.h"

#include <l4/re/remote_access>
#include <l4/sys/cxx/ipc_epiface>
#include <l4/sys/utcb.h>

namespace Itas {

/**
 * The program as a debugger sees it after a crash (l4re-protocols.md section 15). Only who got the
 * capability with a request for a backtrace can ask: he may read all memory of the program, and end
 * it.
 */
class Remote : public L4::Epiface_t0<Remote, L4Re::Remote_access, Plain_object> {
public:
  using Rights = L4Re::Remote_access::Rights;
  using Ds = L4Re::Dataspace;

  /// Label of the gate: not 0, which is that of all other requests.
  static constexpr l4_umword_t Label = 4;

  /// \param space  the program's memory
  explicit Remote(Address_space *space) : _space(space) {}

  /**
   * Tell the environment's `dbg_events` about a crash.
   * \param rm  gate of the program's region map
   * \return true if somebody accepted: the thread stays stopped, and he ends the program
   */
  bool ask(l4_exc_regs_t const &regs, l4_cap_idx_t rm);

  long op_read_mem(Rights, l4_uint64_t address, char width, l4_uint64_t &value);
  long op_write_mem(Rights, l4_uint64_t address, char width, l4_uint64_t value);
  long op_terminate(Rights, int status);

  long op_map(Ds::Rights, Ds::Offset offset, Ds::Map_addr spot, Ds::Flags flags,
              L4::Ipc::Snd_fpage &page);
  long op_info(Ds::Rights, Ds::Stats &stats);
  long op_clear(Ds::Rights, Ds::Offset, Ds::Size) { return -L4_EACCESS; }
  long op_copy_in(Ds::Rights, Ds::Offset, L4::Ipc::Snd_fpage const &, Ds::Offset, Ds::Size)
  {
    return -L4_EACCESS;
  }
  long op_allocate(Ds::Rights, Ds::Offset, Ds::Size) { return -L4_EACCESS; }
  long op_map_info(Ds::Rights, l4_addr_t &, l4_addr_t &) { return 0; }

private:
  Address_space *_space;
  l4_cap_idx_t _gate = L4_INVALID_CAP;
};

} // namespace Itas
