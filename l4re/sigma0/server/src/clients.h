// SPDX-License-Identifier: MIT
#pragma once

#include "memory_map.h"

#include <l4/sys/types.h>

/**
 * The gates through which clients other than the root task reach sigma0.
 *
 * The gate in slot `i` has label i << 4, so slot number and owner id are the same. sigma0 gives up
 * its own reference, hence a gate dies with the last capability a client holds; then the kernel
 * fires the deletion interrupt and `collect()` frees what the owner had.
 */
class Clients {
public:
  /// Label of the message that says "a gate died"; no gate has it.
  static constexpr l4_umword_t Deletion_label = 0x10;

  explicit Clients(Memory_map &memory) : _memory(memory) {}

  /// Register for the deletion of gates. Without it dead clients are noticed by `create()` only.
  void init();
  /// New client. \return its slot, or a negated L4 error (no slot, kernel memory exhausted)
  long create();
  /// Find dead clients and free what they owned.
  void collect();

private:
  static constexpr unsigned Irq_slot = 12;
  static constexpr unsigned First_slot = 13;
  static constexpr unsigned End_slot = 512;

  [[nodiscard]] bool dead(unsigned slot) const;

  Memory_map &_memory;
  unsigned _next = First_slot; ///< a just freed id is used again as late as possible
  bool _used[End_slot] = {};
};
