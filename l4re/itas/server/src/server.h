// SPDX-License-Identifier: MIT
#pragma once

#include "crash.h"
#include "ipc_watch.h"
#include "rm_server.h"

namespace Itas {

/**
 * The request loop of itas: page faults, exceptions and region map requests of all threads of the
 * task arrive at one gate.
 */
class Server {
public:
  Server(Address_space *space, Rescue_table *rescue, Crash_handler *crash, Signals *signals,
         Ipc_watch *watch, Remote *remote)
      : _crash(crash), _signals(signals), _watch(watch), _remote(remote), _rm(space, rescue)
  {
  }

  /// Make the gate and bind it to the calling thread. \return 0 or a negative error
  long open();

  /// Selector of the gate.
  [[nodiscard]] l4_cap_idx_t gate() const { return _gate; }

  /// Serve for ever.
  [[noreturn]] void run();

private:
  l4_msgtag_t dispatch(l4_msgtag_t tag, l4_umword_t label);
  l4_msgtag_t exception();
  l4_timeout_t timeout() const;

  Crash_handler *_crash;
  Signals *_signals;
  Ipc_watch *_watch;
  Remote *_remote;
  Rm_server _rm;
  l4_cap_idx_t _gate = L4_INVALID_CAP;
};

} // namespace Itas
