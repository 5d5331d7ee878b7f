// SPDX-License-Identifier: MIT
#pragma once

#include "page_alloc.h"

#include <l4/sys/types.h>

namespace Moe {

/// All RAM. Filled by `collect_memory()` before anything else happens.
extern Page_alloc ram;

/**
 * Take mappings of moe's memory away from all other tasks and then free pages.
 *
 * Entries are collected, because one system call can name about 60 flexpages. The destructor
 * flushes.
 */
class Revoker {
public:
  Revoker() = default;
  Revoker(Revoker const &) = delete;
  Revoker &operator=(Revoker const &) = delete;
  ~Revoker() { flush(); }

  /// Withdraw `rights` (L4_FPAGE_*) from a block.
  void withdraw(l4_addr_t block, unsigned order, unsigned char rights);
  /// Withdraw all rights from a block, then give it back to `ram`.
  void withdraw_and_free(l4_addr_t block, unsigned order);
  /// Withdraw all rights from a range of pages.
  void withdraw_range(l4_addr_t start, l4_size_t size);
  void flush();

private:
  static constexpr unsigned Max = 60;

  unsigned _num = 0;
  l4_uint64_t _free = 0; ///< bit n: free entry n after the withdrawal
  l4_fpage_t _pages[Max];
};

/// The system call behind `Revoker`; replaced by a recorder in host tests.
void unmap_from_others(l4_fpage_t const *pages, unsigned count);

/**
 * False on kernels without a mapping database, which cannot withdraw mappings; memory that was
 * ever mapped must then never be used again.
 */
extern bool can_withdraw;

} // namespace Moe
