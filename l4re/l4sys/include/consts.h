// SPDX-License-Identifier: MIT
/** System-call flags, selectors, item kinds, page sizes (kernel-entry.md 2, ipc.md 3). */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>
#include <l4/sys/arch/consts.h>

/** Operation bits of an invocation, or-ed into the low bits of the capability selector. */
enum l4_syscall_flags_t {
  L4_SYSF_NONE = 0,
  L4_SYSF_SEND = 1,
  L4_SYSF_RECV = 2,
  L4_SYSF_OPEN_WAIT = 4,
  L4_SYSF_REPLY = 8,
  L4_SYSF_WAIT = L4_SYSF_OPEN_WAIT | L4_SYSF_RECV,
  L4_SYSF_CALL = L4_SYSF_SEND | L4_SYSF_RECV,
  L4_SYSF_SEND_AND_WAIT = L4_SYSF_OPEN_WAIT | L4_SYSF_CALL,
  L4_SYSF_REPLY_AND_WAIT = L4_SYSF_WAIT | L4_SYSF_SEND | L4_SYSF_REPLY,
};

/** Capability selector: index << L4_CAP_SHIFT. */
enum l4_cap_consts_t {
  L4_CAP_SHIFT = 12,
  L4_CAP_SIZE = 1UL << L4_CAP_SHIFT,
  L4_CAP_OFFSET = 1UL << L4_CAP_SHIFT,
  /** Selects what is not an operation flag: index, invalid bit, reply bit. */
  L4_CAP_MASK = ~0UL << (L4_CAP_SHIFT - 2),
  /** As a target this names the calling thread itself. */
  L4_INVALID_CAP = ~0UL << (L4_CAP_SHIFT - 1),
  L4_INVALID_CAP_BIT = 1UL << (L4_CAP_SHIFT - 1),
  /** The index addresses the explicit reply-capability space. */
  L4_REPLY_CAP_BIT = 1UL << (L4_CAP_SHIFT - 2),
  /** The implicit reply capability of the thread. */
  L4_INVALID_REPLY_CAP = ~0UL << (L4_CAP_SHIFT - 2),
};

enum l4_sched_consts_t {
  L4_SCHED_MIN_PRIO = 1,
  L4_SCHED_MAX_PRIO = 255,
};

/** Mask of an unmap operation. */
enum l4_unmap_flags_t {
  /** Unmap from the own space too. */
  L4_FP_ALL_SPACES = 0x80000000U,
  /** As ALL_SPACES; a slot with the delete right takes the object with it. */
  L4_FP_DELETE_OBJ = 0xc0000000U,
  /** Only what was mapped on from here. */
  L4_FP_OTHER_SPACES = 0,
};

/** First word of a send item. */
enum l4_msg_item_consts_t {
  L4_ITEM_MAP = 8,
  /** The next item goes to the same receive buffer. */
  L4_ITEM_CONT = 1,
  L4_MAP_ITEM_GRANT = 2,
  L4_MAP_ITEM_MAP = 0,

  /* First word of a receive buffer. */

  /** A further word names the task that receives the mapping. */
  L4_RCV_ITEM_FORWARD_MAPPINGS = 1,
  /** One-word buffer: capability selector | this. */
  L4_RCV_ITEM_SINGLE_CAP = L4_ITEM_MAP | 2,
  /** With SINGLE_CAP: deliver the gate's label, or the sender's flexpage, instead of mapping. */
  L4_RCV_ITEM_LOCAL_ID = 4,
};

/** Buffer descriptor register: index of the first buffer of each kind. */
enum l4_buffer_desc_consts_t {
  L4_BDR_MEM_SHIFT = 0,
  L4_BDR_IO_SHIFT = 5,
  L4_BDR_OBJ_SHIFT = 10,
  L4_BDR_OFFSET_MASK = (1UL << 20) - 1,
};

/** Capabilities at fixed places; process-environment.md section 2 says who has which. */
enum l4_default_caps_t {
  L4_BASE_TASK_CAP = 1UL << L4_CAP_SHIFT,
  L4_BASE_FACTORY_CAP = 2UL << L4_CAP_SHIFT,
  L4_BASE_THREAD_CAP = 3UL << L4_CAP_SHIFT,
  L4_BASE_PAGER_CAP = 4UL << L4_CAP_SHIFT,
  L4_BASE_LOG_CAP = 5UL << L4_CAP_SHIFT,
  L4_BASE_ICU_CAP = 6UL << L4_CAP_SHIFT,
  L4_BASE_SCHEDULER_CAP = 7UL << L4_CAP_SHIFT,
  L4_BASE_IOMMU_CAP = 8UL << L4_CAP_SHIFT,
  L4_BASE_DEBUGGER_CAP = 10UL << L4_CAP_SHIFT,
  L4_BASE_ARM_SMCCC_CAP = 11UL << L4_CAP_SHIFT,
  L4_BASE_CAPS_LAST_P1,
  L4_BASE_CAPS_LAST = L4_BASE_CAPS_LAST_P1 - 1,
};

#define L4_PAGESIZE (1UL << L4_PAGESHIFT)
#define L4_PAGEMASK (~(L4_PAGESIZE - 1))
#define L4_LOG2_PAGESIZE L4_PAGESHIFT
#define L4_SUPERPAGESIZE (1UL << L4_SUPERPAGESHIFT)
#define L4_SUPERPAGEMASK (~(L4_SUPERPAGESIZE - 1))
#define L4_LOG2_SUPERPAGESIZE L4_SUPERPAGESHIFT

enum l4_addr_consts_t { L4_INVALID_ADDR = ~0UL };
#define L4_INVALID_PTR ((void *)L4_INVALID_ADDR)

#ifndef NULL
#ifdef __cplusplus
#define NULL __null
#else
#define NULL ((void *)0)
#endif
#endif

L4_BEGIN_DECLS

/** Start of the page that contains `address`. */
L4_INLINE L4_CONSTEXPR l4_addr_t l4_trunc_page(l4_addr_t address) L4_NOTHROW
{
  return address & L4_PAGEMASK;
}

/** `address` rounded up to a page border. */
L4_INLINE L4_CONSTEXPR l4_addr_t l4_round_page(l4_addr_t address) L4_NOTHROW
{
  return (address + L4_PAGESIZE - 1) & L4_PAGEMASK;
}

/** `address` rounded down to a multiple of 2^`bits`. */
L4_INLINE L4_CONSTEXPR l4_addr_t l4_trunc_size(l4_addr_t address, unsigned char bits) L4_NOTHROW
{
  return address & (~0UL << bits);
}

/** `value` rounded up to a multiple of 2^`bits`. */
L4_INLINE L4_CONSTEXPR l4_addr_t l4_round_size(l4_addr_t value, unsigned char bits) L4_NOTHROW
{
  return (value + ((1UL << bits) - 1)) & (~0UL << bits);
}

/** Number of words that hold `size` bytes. */
L4_INLINE L4_CONSTEXPR unsigned l4_bytes_to_mwords(unsigned size) L4_NOTHROW
{
  return (size + sizeof(l4_umword_t) - 1) / sizeof(l4_umword_t);
}

L4_END_DECLS
