// SPDX-License-Identifier: MIT
/** Flexpages and the control word of send items (ipc.md sections 3 and 4). */
#pragma once

#include <l4/sys/types.h>

enum l4_fpage_consts {
  L4_FPAGE_RIGHTS_SHIFT = 0,
  L4_FPAGE_TYPE_SHIFT = 4,
  L4_FPAGE_SIZE_SHIFT = 6,
  L4_FPAGE_ADDR_SHIFT = 12,
  L4_FPAGE_RIGHTS_BITS = 4,
  L4_FPAGE_TYPE_BITS = 2,
  L4_FPAGE_SIZE_BITS = 6,
  L4_FPAGE_ADDR_BITS = L4_MWORD_BITS - L4_FPAGE_ADDR_SHIFT,
  L4_FPAGE_RIGHTS_MASK = ((1UL << L4_FPAGE_RIGHTS_BITS) - 1) << L4_FPAGE_RIGHTS_SHIFT,
  L4_FPAGE_TYPE_MASK = ((1UL << L4_FPAGE_TYPE_BITS) - 1) << L4_FPAGE_TYPE_SHIFT,
  L4_FPAGE_SIZE_MASK = ((1UL << L4_FPAGE_SIZE_BITS) - 1) << L4_FPAGE_SIZE_SHIFT,
  L4_FPAGE_ADDR_MASK = ~0UL << L4_FPAGE_ADDR_SHIFT,
  L4_FPAGE_RIGHTS_ALL = L4_FPAGE_RIGHTS_MASK,
  /** Order that means the complete memory or object space. */
  L4_WHOLE_ADDRESS_SPACE = 63,
};

/** Flexpage: rights 3..0, type 5..4, order 11..6, address or index from 12. */
typedef union {
  l4_umword_t raw;
  l4_umword_t fpage;
} l4_fpage_t;

/** Send item: control word and flexpage. */
typedef struct {
  l4_umword_t snd_base;
  l4_fpage_t fpage;
} l4_snd_fpage_t;

/** Rights of memory flexpages. */
enum L4_fpage_rights {
  L4_FPAGE_X = 1,
  L4_FPAGE_W = 2,
  L4_FPAGE_RO = 4,
  L4_FPAGE_RW = L4_FPAGE_RO | L4_FPAGE_W,
  L4_FPAGE_RX = L4_FPAGE_RO | L4_FPAGE_X,
  L4_FPAGE_RWX = L4_FPAGE_RW | L4_FPAGE_X,
};

/** Rights of object flexpages; without R nothing is transferred. */
enum L4_cap_fpage_rights {
  L4_CAP_FPAGE_W = 1,
  L4_CAP_FPAGE_S = 2,
  L4_CAP_FPAGE_R = 4,
  L4_CAP_FPAGE_RO = 4,
  L4_CAP_FPAGE_D = 8,
  L4_CAP_FPAGE_RW = L4_CAP_FPAGE_R | L4_CAP_FPAGE_W,
  L4_CAP_FPAGE_RS = L4_CAP_FPAGE_R | L4_CAP_FPAGE_S,
  L4_CAP_FPAGE_RWS = L4_CAP_FPAGE_RW | L4_CAP_FPAGE_S,
  L4_CAP_FPAGE_RWSD = L4_CAP_FPAGE_RWS | L4_CAP_FPAGE_D,
  L4_CAP_FPAGE_RWD = L4_CAP_FPAGE_RW | L4_CAP_FPAGE_D,
  L4_CAP_FPAGE_RSD = L4_CAP_FPAGE_RS | L4_CAP_FPAGE_D,
};

enum L4_fpage_type {
  L4_FPAGE_SPECIAL = 0,
  L4_FPAGE_MEMORY = 1,
  L4_FPAGE_IO = 2,
  L4_FPAGE_OBJ = 3,
};

enum L4_fpage_control {
  L4_FPAGE_CONTROL_OFFSET_SHIFT = 12,
  L4_FPAGE_CONTROL_MASK = ~0UL << L4_FPAGE_CONTROL_OFFSET_SHIFT,
};

/** Attributes of an object send item (bits 7..4 of the control word). */
enum L4_obj_fpage_ctl {
  L4_FPAGE_C_REF_CNT = 0x00,
  /** The receiver's capability does not keep the object alive. */
  L4_FPAGE_C_NO_REF_CNT = 0x10,
  L4_FPAGE_C_OBJ_RIGHT1 = 0x20,
  L4_FPAGE_C_OBJ_RIGHT2 = 0x40,
  L4_FPAGE_C_OBJ_RIGHT3 = 0x80,
  L4_FPAGE_C_OBJ_RIGHTS = 0xe0,
  /** Keep the right to bind the gate. */
  L4_FPAGE_C_IPCGATE_SVR = L4_FPAGE_C_OBJ_RIGHT1,
};

/** Cache attributes of a memory send item (bits 7..4 of the control word, given unshifted). */
enum l4_fpage_cacheability_opt_t {
  /** Override the attributes of the source. */
  L4_FPAGE_CACHE_OPT = 0x1,
  L4_FPAGE_CACHEABLE = 0x3,
  L4_FPAGE_BUFFERABLE = 0x5,
  L4_FPAGE_UNCACHEABLE = 0x1,
};

enum {
  L4_WHOLE_IOADDRESS_SPACE = 16,
  L4_IOPORT_MAX = 1UL << L4_WHOLE_IOADDRESS_SPACE,
};

L4_BEGIN_DECLS

L4_INLINE L4_CONSTEXPR l4_fpage_t __l4_fpage_generic(l4_umword_t address, unsigned type,
                                                     unsigned order,
                                                     unsigned char rights) L4_NOTHROW
{
  l4_fpage_t page = {
      (address & L4_FPAGE_ADDR_MASK) | ((l4_umword_t)(order & 0x3f) << L4_FPAGE_SIZE_SHIFT) |
      ((l4_umword_t)(type & 3) << L4_FPAGE_TYPE_SHIFT) | (rights & L4_FPAGE_RIGHTS_MASK)};
  return page;
}

/** Memory flexpage of 2^`order` bytes; `rights` of L4_fpage_rights. */
L4_INLINE L4_CONSTEXPR l4_fpage_t l4_fpage(l4_addr_t address, unsigned order,
                                           unsigned char rights) L4_NOTHROW
{
  return __l4_fpage_generic(address, L4_FPAGE_MEMORY, order, rights);
}

/** I/O flexpage of 2^`order` ports with all rights. */
L4_INLINE L4_CONSTEXPR l4_fpage_t l4_iofpage(unsigned long port, unsigned order) L4_NOTHROW
{
  return __l4_fpage_generic(port << L4_FPAGE_ADDR_SHIFT, L4_FPAGE_IO, order, L4_FPAGE_RW);
}

/** Object flexpage of 2^`order` capability slots; `rights` of L4_cap_fpage_rights. */
L4_INLINE L4_CONSTEXPR l4_fpage_t l4_obj_fpage(l4_cap_idx_t obj, unsigned order,
                                               unsigned char rights) L4_NOTHROW
{
  return __l4_fpage_generic(obj, L4_FPAGE_OBJ, order, rights);
}

/** Everything; usable as a receive window and for unmapping. */
L4_INLINE L4_CONSTEXPR l4_fpage_t l4_fpage_all(void) L4_NOTHROW
{
  return __l4_fpage_generic(0, L4_FPAGE_SPECIAL, L4_WHOLE_ADDRESS_SPACE, 0);
}

L4_INLINE L4_CONSTEXPR l4_fpage_t l4_fpage_invalid(void) L4_NOTHROW
{
  return __l4_fpage_generic(0, L4_FPAGE_SPECIAL, 0, 0);
}

L4_INLINE L4_CONSTEXPR unsigned l4_fpage_rights(l4_fpage_t f) L4_NOTHROW
{
  return f.raw & L4_FPAGE_RIGHTS_MASK;
}

L4_INLINE L4_CONSTEXPR unsigned l4_fpage_type(l4_fpage_t f) L4_NOTHROW
{
  return (f.raw & L4_FPAGE_TYPE_MASK) >> L4_FPAGE_TYPE_SHIFT;
}

/** log2 of the size. */
L4_INLINE L4_CONSTEXPR unsigned l4_fpage_size(l4_fpage_t f) L4_NOTHROW
{
  return (f.raw & L4_FPAGE_SIZE_MASK) >> L4_FPAGE_SIZE_SHIFT;
}

/** Page number, port or capability index. */
L4_INLINE L4_CONSTEXPR unsigned long l4_fpage_page(l4_fpage_t f) L4_NOTHROW
{
  return f.raw >> L4_FPAGE_ADDR_SHIFT;
}

L4_INLINE L4_CONSTEXPR unsigned long l4_fpage_ioport(l4_fpage_t f) L4_NOTHROW
{
  return f.raw >> L4_FPAGE_ADDR_SHIFT;
}

L4_INLINE L4_CONSTEXPR l4_addr_t l4_fpage_memaddr(l4_fpage_t f) L4_NOTHROW
{
  return f.raw & L4_FPAGE_ADDR_MASK;
}

L4_INLINE L4_CONSTEXPR l4_cap_idx_t l4_fpage_obj(l4_fpage_t f) L4_NOTHROW
{
  return f.raw & L4_FPAGE_ADDR_MASK;
}

/** `src` with its rights replaced. */
L4_INLINE L4_CONSTEXPR l4_fpage_t l4_fpage_set_rights(l4_fpage_t src,
                                                      unsigned char rights) L4_NOTHROW
{
  l4_fpage_t page = {(src.raw & ~(l4_umword_t)L4_FPAGE_RIGHTS_MASK) |
                     (rights & L4_FPAGE_RIGHTS_MASK)};
  return page;
}

L4_INLINE L4_CONSTEXPR int l4_is_fpage_writable(l4_fpage_t f) L4_NOTHROW
{
  return (f.raw & L4_FPAGE_W) != 0;
}

L4_INLINE L4_CONSTEXPR int l4_is_fpage_valid(l4_fpage_t f) L4_NOTHROW
{
  return f.raw != 0;
}

/**
 * Control word of a send item.
 * \param snd_base  Hot spot.
 * \param cache     l4_fpage_cacheability_opt_t, 0 to keep the attributes of the source.
 * \param grant     L4_MAP_ITEM_MAP or L4_MAP_ITEM_GRANT.
 */
L4_INLINE L4_CONSTEXPR l4_umword_t l4_map_control(l4_umword_t snd_base, unsigned char cache,
                                                  unsigned grant) L4_NOTHROW
{
  return (snd_base & L4_FPAGE_CONTROL_MASK) | ((l4_umword_t)cache << 4) | L4_ITEM_MAP | grant;
}

/** Control word of an object send item; `grant` may have L4_FPAGE_C_* attributes or-ed in. */
L4_INLINE L4_CONSTEXPR l4_umword_t l4_map_obj_control(l4_umword_t snd_base,
                                                      unsigned grant) L4_NOTHROW
{
  return l4_map_control(snd_base, 0, grant);
}

/** Non-zero if the block of 2^`log2size` bytes at `addr` lies in the memory flexpage. */
L4_INLINE L4_CONSTEXPR int l4_fpage_contains(l4_fpage_t fpage, l4_addr_t addr,
                                             unsigned log2size) L4_NOTHROW
{
  return log2size <= l4_fpage_size(fpage) &&
         l4_fpage_memaddr(fpage) == l4_trunc_size(addr, (unsigned char)l4_fpage_size(fpage));
}

/**
 * Largest order of an aligned block around an address.
 * \param order     Order to start with; the result if nothing larger fits.
 * \param addr      Address that the block covers.
 * \param min_addr  First address the block may contain.
 * \param max_addr  First address behind the range the block must stay in.
 * \param hotspot   If not 0: address on the other side, which must have the same place in a block
 *                  of that order as `addr`.
 */
L4_INLINE L4_CONSTEXPR unsigned char
l4_fpage_max_order(unsigned char order, l4_addr_t addr, l4_addr_t min_addr, l4_addr_t max_addr,
                   l4_addr_t hotspot L4_DEFAULT_PARAM(0)) L4_NOTHROW
{
  while (order + 1 < L4_MWORD_BITS) {
    unsigned char next = (unsigned char)(order + 1);
    l4_addr_t base = l4_trunc_size(addr, next);
    l4_addr_t offset_mask = (1UL << next) - 1;

    if (base < min_addr || base + offset_mask > max_addr - 1) break;
    if (hotspot != 0 && ((addr ^ hotspot) & offset_mask) != 0) break;
    order = next;
  }
  return order;
}

L4_END_DECLS
