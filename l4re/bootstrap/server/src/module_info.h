// SPDX-License-Identifier: MIT
#pragma once

#include "boot_info.h"

namespace boot {

/// The module information that the root task reads through KIP.user_ptr (boot.md section 7): a
/// header, one entry per module, then the command lines.
class Module_info {
public:
  enum Flag : uint64_t { Other = 0, Kernel = 1, Sigma0 = 2, Root_task = 3 };

  explicit Module_info(Boot_info const &info) : _info(info) {}

  /// Bytes needed at the address given to `store`.
  size_t size() const;

  /// Write everything to `address` (8-byte aligned). `places` says where each module lies now.
  void store(Memory memory, Addr address, Span<Range const> places) const;

private:
  Boot_info const &_info;
};

} // namespace boot
