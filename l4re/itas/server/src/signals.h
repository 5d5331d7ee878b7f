// SPDX-License-Identifier: MIT
#pragma once

#include "address_space.h"
#include "diagnosis.h"

#include <l4/re/itas.h>

namespace Itas {

/**
 * Signals of the program (l4/re/itas.h): faults and expired times become calls of the entry that
 * its C library registered. All addresses come from the program and are checked before use.
 */
class Signals {
public:
  explicit Signals(Address_space *space) : _space(space) {}

  static constexpr l4_uint64_t Never = ~0ULL;

  /// A request, in the message registers. \return the answer's label
  long request(l4_msgtag_t tag);

  /**
   * Let a thread run its handler.
   * \param[in,out] regs  of the thread; afterwards it goes on at the entry
   * \param fault         null: the exception was triggered
   * \return false if there is no handler for it or no stack to run it on
   */
  bool deliver(l4_exc_regs_t *regs, Diagnosis const *fault, Exception_facts const &facts);

  /**
   * Call the entry for what was raised while the thread was in an exception already: the kernel
   * triggers none then. To be asked before a thread goes on.
   */
  void deliver_early(l4_exc_regs_t *regs);

  /// \return true for a triggered exception whose reason was dealt with by deliver_early()
  bool is_late(l4_exc_regs_t const &regs) const;

  /// The end of a handler. \return false if this is none
  bool finish(l4_exc_regs_t *regs);

  /// When to look at the timer again, in microseconds of the kernel's clock; Never.
  [[nodiscard]] l4_uint64_t deadline() const { return _deadline; }
  /// The time may have come.
  void check_timer();

private:
  long set_timer(l4_uint64_t time);
  l4re_itas_thread_t *thread_of(l4_exc_regs_t const &regs) const;
  bool may_be_utcb(l4_addr_t address) const;
  bool writable(l4_addr_t start, l4_size_t size) const;

  Address_space *_space;
  l4_addr_t _entry = 0, _return_ip = 0;
  l4re_itas_signals_t *_signals = nullptr;
  l4_uint64_t _deadline = Never;
};

} // namespace Itas
