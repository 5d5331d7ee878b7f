// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/consts.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>

namespace Moe {

/**
 * Slots in which capabilities of clients arrive, two per message.
 *
 * A capability that an operation does not take is given up before the next message, so that no
 * client keeps another's object alive through moe.
 */
class Receiver {
public:
  static constexpr unsigned Num = 2;

  /// Allocate the slots. \return false when there are none
  bool init();
  /// Set the buffer registers for the next message.
  void prepare(l4_utcb_t *utcb) const;
  /// Look which slots a message has filled.
  void arrived(l4_msgtag_t tag, l4_utcb_t *utcb);
  /// Anything may have arrived: the message was cut.
  void arrived_unknown() { _filled = (1U << Num) - 1; }

  /// Slot of a capability that arrived, or an invalid selector. It is empty again afterwards.
  l4_cap_idx_t cap(unsigned i) const { return _filled >> i & 1 ? _slots[i] : L4_INVALID_CAP; }
  /// Keep a capability: the caller owns its slot. \return invalid selector if there is none
  l4_cap_idx_t take(unsigned i);

  bool dirty() const { return _filled; }
  /// Give up what was not taken. Makes system calls: the caller saves the message registers.
  void clean();

private:
  l4_cap_idx_t _slots[Num] = {L4_INVALID_CAP, L4_INVALID_CAP};
  unsigned _filled = 0;
};

extern Receiver receiver;

} // namespace Moe
