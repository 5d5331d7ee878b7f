// SPDX-License-Identifier: MIT
/** What a loader tells the in-task support (process-environment.md section 4). */
#pragma once

#include <l4/sys/types.h>

/** Record behind the auxiliary vector entry 0xf0. */
typedef struct l4re_aux_t {
  /** Name of the program to load. */
  char const *binary;
  /** Dataspace of the kernel info page. */
  l4_cap_idx_t kip_ds;
  l4_umword_t dbg_lvl;
  /** L4RE_AUX_LDR_FLAG_* */
  l4_umword_t ldr_flags;
  /** Load address of the program, ~0 to choose one. */
  l4_addr_t ldr_base;
} l4re_aux_t;

enum L4re_aux_ldr_flags_t {
  L4RE_AUX_LDR_FLAG_EAGER_MAP = 0x1,
  /** Give writable copies also to read-only segments. */
  L4RE_AUX_LDR_FLAG_ALL_SEGS_COW = 0x2,
  L4RE_AUX_LDR_FLAG_PINNED_SEGS = 0x4,
};
