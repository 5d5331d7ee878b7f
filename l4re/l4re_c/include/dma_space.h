// SPDX-License-Identifier: MIT
/** Addresses that devices use; see <l4/re/dma_space>. Results are 0 or negated error codes. */
#pragma once

#include <l4/re/c/dataspace.h>

typedef l4_cap_idx_t l4re_dma_space_t;
typedef l4_uint64_t l4re_dma_space_dma_addr_t;

enum l4re_dma_space_direction {
  L4RE_DMA_SPACE_BIDIRECTIONAL,
  L4RE_DMA_SPACE_TO_DEVICE,
  L4RE_DMA_SPACE_FROM_DEVICE,
  L4RE_DMA_SPACE_NONE,
};

/** Attributes of a mapping, as in L4Re::Dma_space::F. */
enum l4re_dma_space_attribs {
  L4RE_DMA_SPACE_SEARCH_ADDR = 1,
  L4RE_DMA_SPACE_PARTIAL = 2,
  L4RE_DMA_SPACE_RESERVE = 4,
  L4RE_DMA_SPACE_REPLACE = 8,
};

L4_BEGIN_DECLS

/**
 * Make a part of a dataspace visible to the device, at an address that is searched.
 * \param[in,out] size      Bytes; afterwards what was mapped.
 * \param         attrs     Ignored, as the direction is.
 * \param[out]    dma_addr  Address for the device.
 */
L4_CV long l4re_dma_space_map(l4re_dma_space_t dma, l4re_ds_t ds, l4re_ds_offset_t offset,
                              l4_size_t *size, unsigned long attrs,
                              enum l4re_dma_space_direction dir,
                              l4re_dma_space_dma_addr_t *dma_addr) L4_NOTHROW;
L4_CV long l4re_dma_space_unmap(l4re_dma_space_t dma, l4re_dma_space_dma_addr_t dma_addr,
                                l4_size_t size, unsigned long attrs,
                                enum l4re_dma_space_direction dir) L4_NOTHROW;

/** Connect a space with devices: behind an IOMMU, by the kernel's DMA task. */
L4_CV long l4re_dma_space_mgr_associate(l4_cap_idx_t mgr, l4re_dma_space_t dma,
                                        l4_cap_idx_t dma_task, l4_uint32_t attribs) L4_NOTHROW;
/** Devices use physical addresses. */
L4_CV long l4re_dma_space_mgr_associate_phys(l4_cap_idx_t mgr, l4re_dma_space_t dma,
                                             l4_uint32_t attribs) L4_NOTHROW;
L4_CV long l4re_dma_space_mgr_disassociate(l4_cap_idx_t mgr, l4re_dma_space_t dma) L4_NOTHROW;
/** Never use a range of device addresses. */
L4_CV long l4re_dma_space_mgr_block_area(l4_cap_idx_t mgr, l4re_dma_space_t dma,
                                         l4re_dma_space_dma_addr_t *address, l4_uint64_t size,
                                         l4re_dma_space_dma_addr_t max_address, l4_uint32_t flags,
                                         unsigned char align) L4_NOTHROW;
/** Device addresses that may be used, `max` inclusive. */
L4_CV long l4re_dma_space_mgr_set_limits(l4_cap_idx_t mgr, l4re_dma_space_t dma,
                                         l4re_dma_space_dma_addr_t min,
                                         l4re_dma_space_dma_addr_t max) L4_NOTHROW;

L4_END_DECLS
