// SPDX-License-Identifier: MIT
// The first two programs: sigma0, which owns all memory, and the root task (abi/boot.md section 5).
#pragma once

#include "space/map_space.h"

class Factory;
class Task;
class Thread;

class Root_tasks {
public:
  /// Make the kernel's own objects and both programs; without memory this panics. `kip`: sigma0's
  /// first argument.
  static void start(Phys_addr kip);
  /// sigma0's page faults are resolved by the kernel, and its exceptions are fatal.
  static bool is_sigma0(Thread const &thread);
  /// Null: it does not exist (yet).
  static Task const *sigma0() { return _sigma0; }

private:
  static Thread &create(Factory &factory, Map_space::Identity identity, Word ip, Word argument);

  static inline Task *_sigma0 = nullptr;
};
