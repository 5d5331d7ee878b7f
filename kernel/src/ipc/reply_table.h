// SPDX-License-Identifier: MIT
// A task's explicit reply capabilities (abi/kernel-entry.md section 2).
#pragma once

#include "ipc/reply_slot.h"
#include "mem/quota.h"

/// 262,144 slots in pages that appear at first use; all memory is charged to the task's quota.
class Reply_table {
public:
  static constexpr Word Slots_per_page = Page_size / sizeof(Reply_slot);
  static constexpr Word Slot_count = 512 * 512;
  static constexpr Word Page_count = Slot_count / Slots_per_page;

  static Reply_table *create(Quota &quota);
  /// Slot by index (below Slot_count); its page is made present if `quota` is given.
  Reply_slot *slot(Word index, Quota *quota);
  /// One bounded step of forgetting all callers and giving pages back; true when done. `at` is where
  /// it goes on, 0 at first.
  bool clear(Quota &quota, unsigned &at);
  void free(Quota &quota);

private:
  static constexpr unsigned Order = 1; ///< the directory is two pages
  Reply_slot *_pages[Page_count];
};
static_assert(sizeof(Reply_table) == 2 * Page_size);
