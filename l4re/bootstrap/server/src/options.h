// SPDX-License-Identifier: MIT
#pragma once

#include "kernel_options.h"
#include "text.h"
#include "types.h"

namespace boot {

/// The loader's own command line (../../README.md lists the words).
struct Options {
  static constexpr Addr Default_modaddr = 32 * Mib;

  Addr modaddr = Default_modaddr;
  Uart uart;
  bool quiet = false;
  /// Tell QEMU's isa-debug-exit device about a failure, so that a test run ends.
  bool exit_on_panic = false;

  /// Says nothing on the console, which is only set up from these options: what cannot be
  /// understood is kept for `report`.
  static Options parse(Text command_line);

  /// Warn about the first word that was not understood.
  void report() const;

private:
  /// False if `word` is unknown or has a bad value. `rest` loses a word if that is the value.
  bool take(Text word, Text &rest);
  bool set_com_port(uint64_t number_or_address);

  bool _irq_given = false;
  Text _not_understood;
};

} // namespace boot
