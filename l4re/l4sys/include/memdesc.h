// SPDX-License-Identifier: MIT
/** Memory descriptors of the kernel info page (kernel-entry.md section 8). */
#pragma once

#include <l4/sys/kip.h>

enum l4_mem_type_t {
  l4_mem_type_undefined = 0x0,
  l4_mem_type_conventional = 0x1,
  l4_mem_type_reserved = 0x2,
  l4_mem_type_dedicated = 0x3,
  l4_mem_type_shared = 0x4,
  l4_mem_type_info = 0xd,
  l4_mem_type_bootloader = 0xe,
  l4_mem_type_archspecific = 0xf,
};

/** Sub types of l4_mem_type_info. */
enum l4_mem_info_sub_type_t { l4_mem_info_acpi_rsdp = 0 };

/** Sub types of l4_mem_type_reserved. */
enum l4_mem_reserved_sub_type_t {
  l4_mem_reserved_kernel = 0,
  l4_mem_reserved_heap = 1,
  l4_mem_reserved_mmio = 2,
};

/** Sub types of l4_mem_type_archspecific. */
enum l4_mem_archspecific_sub_type_t {
  l4_mem_archspecific_acpi_tables = 3,
  l4_mem_archspecific_acpi_nvs = 4,
};

/**
 * l: start (1 KiB granular) | virtual 0x200 | eager 0x100 | sub type << 4 | type;
 * h: end, whose low 10 bits read as ones.
 */
typedef struct l4_kernel_info_mem_desc_t {
  l4_umword_t l;
  l4_umword_t h;
} l4_kernel_info_mem_desc_t;

L4_BEGIN_DECLS

/** First descriptor. */
L4_INLINE l4_kernel_info_mem_desc_t *
l4_kernel_info_get_mem_descs(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return (l4_kernel_info_mem_desc_t *)((l4_addr_t)kip + kip->mem_descs);
}

/** Number of descriptor slots; unused ones have type undefined. */
L4_INLINE unsigned l4_kernel_info_get_num_mem_descs(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return kip->mem_descs_num;
}

/** Fill in a descriptor; `end` is the last address of the range. */
L4_INLINE void l4_kernel_info_set_mem_desc(l4_kernel_info_mem_desc_t *md, l4_addr_t start,
                                           l4_addr_t end, unsigned type, unsigned virt,
                                           unsigned sub_type) L4_NOTHROW
{
  md->l = (start & ~0x3ffUL) | (type & 0x0f) | ((sub_type << 4) & 0xf0) | (virt ? 0x200 : 0);
  md->h = end & ~0x3ffUL;
}

L4_INLINE l4_umword_t l4_kernel_info_get_mem_desc_start(l4_kernel_info_mem_desc_t const *md)
    L4_NOTHROW
{
  return md->l & ~0x3ffUL;
}

/** Last address of the range. */
L4_INLINE l4_umword_t l4_kernel_info_get_mem_desc_end(l4_kernel_info_mem_desc_t const *md)
    L4_NOTHROW
{
  return md->h | 0x3ffUL;
}

L4_INLINE l4_umword_t l4_kernel_info_get_mem_desc_type(l4_kernel_info_mem_desc_t const *md)
    L4_NOTHROW
{
  return md->l & 0xf;
}

L4_INLINE l4_umword_t l4_kernel_info_get_mem_desc_subtype(l4_kernel_info_mem_desc_t const *md)
    L4_NOTHROW
{
  return (md->l & 0xf0) >> 4;
}

L4_INLINE l4_umword_t l4_kernel_info_get_mem_desc_is_virtual(l4_kernel_info_mem_desc_t const *md)
    L4_NOTHROW
{
  return md->l & 0x200;
}

L4_END_DECLS
