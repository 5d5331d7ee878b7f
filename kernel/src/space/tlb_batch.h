// SPDX-License-Identifier: MIT
// Translations removed in one step that CPUs may still hold.
#pragma once

#include "types/types.h"

class Mem_space;

/// Collects what must be flushed. The step functions add; the end of the step (the caller, with no
/// lock held) flushes the own CPU at once and asks the other CPUs in remote_cpus().
class Tlb_batch {
public:
  void add(Mem_space &space, Virt_addr page);
  /// Flush the own CPU's part.
  void flush_local();
  /// Other CPUs that may hold a removed translation; they flush everything of user space.
  Word remote_cpus() const { return _remote; }

private:
  Word _remote = 0;
  bool _local = false;
  // helper `space` decides how many single pages are remembered before everything is flushed
};
