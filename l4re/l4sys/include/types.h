// SPDX-License-Identifier: MIT
/** Message tag, capability selector, protocol numbers (kernel-entry.md section 3). */
#pragma once

#include <l4/sys/l4int.h>
#include <l4/sys/compiler.h>
#include <l4/sys/consts.h>

/** Result of an operation: negative error code, else 0 or a small positive value. */
typedef l4_int16_t l4_ret_t;
/** Protocol number. */
typedef l4_int16_t l4_proto_t;

/** Label values with a meaning to the kernel. */
enum L4_msgtag_protocol {
  L4_PROTO_NONE = 0,
  /** Exception reply: let the alien thread execute its system call once. */
  L4_PROTO_ALLOW_SYSCALL = 1,
  L4_PROTO_PF_EXCEPTION = 1,
  L4_PROTO_IRQ = -1L,
  L4_PROTO_PAGE_FAULT = -2L,
  L4_PROTO_EXCEPTION = -5L,
  L4_PROTO_SIGMA0 = -6L,
  L4_PROTO_IO_PAGE_FAULT = -8L,
  L4_PROTO_THREAD_GROUP = -9L,
  L4_PROTO_KOBJECT = -10L,
  L4_PROTO_TASK = -11L,
  L4_PROTO_THREAD = -12L,
  L4_PROTO_LOG = -13L,
  L4_PROTO_SCHEDULER = -14L,
  L4_PROTO_FACTORY = -15L,
  L4_PROTO_VM = -16L,
  L4_PROTO_DMA_SPACE = -17L,
  L4_PROTO_IRQ_SENDER = -18L,
  L4_PROTO_SEMAPHORE = -20L,
  L4_PROTO_META = -21L,
  L4_PROTO_IOMMU = -22L,
  L4_PROTO_DEBUGGER = -23L,
  L4_PROTO_SMCCC = -24L,
  L4_PROTO_VCPU_CONTEXT = -25L,
};

/** Type byte of an argument in a variable argument list. */
enum L4_varg_type {
  L4_VARG_TYPE_NIL = 0x00,
  L4_VARG_TYPE_UMWORD = 0x01,
  L4_VARG_TYPE_MWORD = 0x81,
  L4_VARG_TYPE_STRING = 0x02,
  L4_VARG_TYPE_FPAGE = 0x03,
  L4_VARG_TYPE_SIGN = 0x80,
};

enum L4_msgtag_flags {
  /** Result only: the operation failed, the code is in the UTCB. */
  L4_MSGTAG_ERROR = 0x8000,
  L4_MSGTAG_TRANSFER_FPU = 0x1000,
  /** Do not switch directly to the receiver. */
  L4_MSGTAG_SCHEDULE = 0x2000,
  L4_MSGTAG_PROPAGATE = 0x4000,
  L4_MSGTAG_FLAGS = 0xf000,
};

/**
 * Message tag: words in bits 5..0, items in bits 11..6, flags in bits 15..12, signed label above.
 */
typedef struct l4_msgtag_t {
  l4_mword_t raw;
#ifdef __cplusplus
  constexpr long label() const noexcept
  {
    return raw >> 16;
  }
  constexpr void label(long label) noexcept
  {
    raw = (raw & 0xffff) | static_cast<l4_mword_t>(static_cast<l4_umword_t>(label) << 16);
  }
  constexpr unsigned words() const noexcept
  {
    return raw & 0x3f;
  }
  constexpr unsigned items() const noexcept
  {
    return (raw >> 6) & 0x3f;
  }
  constexpr unsigned flags() const noexcept
  {
    return raw & L4_MSGTAG_FLAGS;
  }
  constexpr bool is_page_fault() const noexcept
  {
    return label() == L4_PROTO_PAGE_FAULT;
  }
  constexpr bool is_exception() const noexcept
  {
    return label() == L4_PROTO_EXCEPTION;
  }
  constexpr bool is_sigma0() const noexcept
  {
    return label() == L4_PROTO_SIGMA0;
  }
  constexpr bool is_io_page_fault() const noexcept
  {
    return label() == L4_PROTO_IO_PAGE_FAULT;
  }
  constexpr unsigned has_error() const noexcept
  {
    return raw & L4_MSGTAG_ERROR;
  }
#endif
} l4_msgtag_t;

/** Capability selector; only the bits in L4_CAP_MASK identify a capability. */
typedef unsigned long l4_cap_idx_t;

L4_BEGIN_DECLS

/** Build a tag; `words`, `items` and `flags` (unshifted) are cut to their fields. */
L4_INLINE L4_CONSTEXPR l4_msgtag_t l4_msgtag(long label, unsigned words, unsigned items,
                                             unsigned flags) L4_NOTHROW
{
  l4_msgtag_t tag = {(l4_mword_t)(((l4_umword_t)label << 16) | (l4_umword_t)(words & 0x3f) |
                                  (l4_umword_t)((items & 0x3f) << 6) |
                                  (l4_umword_t)(flags & L4_MSGTAG_FLAGS))};
  return tag;
}

L4_INLINE L4_CONSTEXPR long l4_msgtag_label(l4_msgtag_t tag) L4_NOTHROW
{
  return tag.raw >> 16;
}

L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_words(l4_msgtag_t tag) L4_NOTHROW
{
  return tag.raw & 0x3f;
}

L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_items(l4_msgtag_t tag) L4_NOTHROW
{
  return (tag.raw >> 6) & 0x3f;
}

/** The flag bits in place (0xf000). */
L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_flags(l4_msgtag_t tag) L4_NOTHROW
{
  return tag.raw & L4_MSGTAG_FLAGS;
}

/** Non-zero if the operation failed on the IPC level. */
L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_has_error(l4_msgtag_t tag) L4_NOTHROW
{
  return tag.raw & L4_MSGTAG_ERROR;
}

L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_is_page_fault(l4_msgtag_t tag) L4_NOTHROW
{
  return l4_msgtag_label(tag) == L4_PROTO_PAGE_FAULT;
}

L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_is_exception(l4_msgtag_t tag) L4_NOTHROW
{
  return l4_msgtag_label(tag) == L4_PROTO_EXCEPTION;
}

L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_is_sigma0(l4_msgtag_t tag) L4_NOTHROW
{
  return l4_msgtag_label(tag) == L4_PROTO_SIGMA0;
}

L4_INLINE L4_CONSTEXPR unsigned l4_msgtag_is_io_page_fault(l4_msgtag_t tag) L4_NOTHROW
{
  return l4_msgtag_label(tag) == L4_PROTO_IO_PAGE_FAULT;
}

/** Non-zero if the invalid bit is set; says nothing about the kernel's slot. */
L4_INLINE L4_CONSTEXPR unsigned l4_is_invalid_cap(l4_cap_idx_t cap) L4_NOTHROW
{
  return (cap & L4_INVALID_CAP_BIT) != 0;
}

L4_INLINE L4_CONSTEXPR unsigned l4_is_valid_cap(l4_cap_idx_t cap) L4_NOTHROW
{
  return (cap & L4_INVALID_CAP_BIT) == 0;
}

/** Non-zero if both selectors name the same slot. */
L4_INLINE L4_CONSTEXPR unsigned l4_capability_equal(l4_cap_idx_t c1, l4_cap_idx_t c2) L4_NOTHROW
{
  return (c1 >> L4_CAP_SHIFT) == (c2 >> L4_CAP_SHIFT);
}

/** Selector of the following slot. */
L4_INLINE L4_CONSTEXPR l4_cap_idx_t l4_capability_next(l4_cap_idx_t cap) L4_NOTHROW
{
  return cap + L4_CAP_OFFSET;
}

L4_END_DECLS

#include <l4/sys/__l4_fpage.h>
#include <l4/sys/__timeout.h>
