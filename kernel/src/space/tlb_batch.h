// SPDX-License-Identifier: MIT
// Translations removed in one step that CPUs may still hold.
#pragma once

#include "types/types.h"

class Map_space;

/// Collects what must be flushed. The step functions add; the end of the step (the caller, with no
/// lock held) flushes the own CPU at once and asks the other CPUs in remote_cpus().
class Tlb_batch {
public:
  /// `count` small pages, or one of any size, from this address on were removed from the space or
  /// lost rights; ports likewise.
  void add(Map_space const &space, Virt_addr page, unsigned count);
  /// Flush the own CPU's part.
  void flush_local();
  /// Other CPUs that may hold a removed translation or port permission: they flush_user_pages() and
  /// drop_io_ports(). Bit n stands for CPU n.
  Word remote_cpus() const { return _remote; }

private:
  static constexpr unsigned Max_pages = 8; ///< from then on everything is flushed, which costs less

  Word _remote = 0;
  bool _ports = false;
  bool _all = false; ///< more pages than fit
  unsigned _count = 0;
  Virt_addr _pages[Max_pages];
};
