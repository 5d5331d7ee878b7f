// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/types.h>
#include <l4/sys/kip.h>

/**
 * \file
 * The sigma0 protocol (label L4_PROTO_SIGMA0) and its client functions.
 *
 * A capability to sigma0 stands for an owner: RAM, device memory and I/O ports that sigma0 gave
 * to one owner it gives to no other. Source of all numbers: ipc.md section 11.
 */

/** Request ids: the word in MR0 is `SIGMA0_REQ_MAGIC | id`. */
#define SIGMA0_REQ_MAGIC (~0xffUL)
#define SIGMA0_REQ_MASK (~0xffUL)
#define SIGMA0_REQ_ID_MASK 0xf0
#define SIGMA0_REQ_ID_FPAGE_RAM 0x60
#define SIGMA0_REQ_ID_FPAGE_IOMEM 0x70
#define SIGMA0_REQ_ID_FPAGE_IOMEM_CACHED 0x80
#define SIGMA0_REQ_ID_FPAGE_ANY 0x90
#define SIGMA0_REQ_ID_KIP 0xa0
#define SIGMA0_REQ_ID_DEBUG_DUMP 0xc0
#define SIGMA0_REQ_ID_COV 0xe0

#define SIGMA0_REQ(x) (SIGMA0_REQ_MAGIC + SIGMA0_REQ_ID_##x)

#define SIGMA0_IS_MAGIC_REQ(d1) (((d1)&SIGMA0_REQ_MASK) == SIGMA0_REQ_MAGIC)

/** RAM at the given address, read, write and execute. */
#define SIGMA0_REQ_FPAGE_RAM SIGMA0_REQ(FPAGE_RAM)
/** Device memory at the given address, uncached. */
#define SIGMA0_REQ_FPAGE_IOMEM SIGMA0_REQ(FPAGE_IOMEM)
/** Device memory at the given address, cached. */
#define SIGMA0_REQ_FPAGE_IOMEM_CACHED SIGMA0_REQ(FPAGE_IOMEM_CACHED)
/** Any free RAM of the given order. */
#define SIGMA0_REQ_FPAGE_ANY SIGMA0_REQ(FPAGE_ANY)
/** Kernel information page. */
#define SIGMA0_REQ_KIP SIGMA0_REQ(KIP)
/** Print what sigma0 knows on the kernel log. */
#define SIGMA0_REQ_DEBUG_DUMP SIGMA0_REQ(DEBUG_DUMP)
/** Print coverage data. */
#define SIGMA0_REQ_COV SIGMA0_REQ(COV)

/** Results of the client functions, returned negated. */
enum l4sigma0_return_flags_t {
  L4SIGMA0_OK = 0,
  L4SIGMA0_NOTALIGNED = 1,   /**< address or size not a multiple of the page size */
  L4SIGMA0_IPCERROR = 2,     /**< the call itself failed */
  L4SIGMA0_NOFPAGE = 3,      /**< sigma0 refused: not available, or owned by somebody else */
  L4SIGMA0_4 = 4,            /**< not used */
  L4SIGMA0_5 = 5,            /**< not used */
  L4SIGMA0_SMALLERFPAGE = 6, /**< sigma0 gave less than was asked for */
};

EXTERN_C_BEGIN

/**
 * Map the kernel information page.
 *
 * \param sigma0          capability of sigma0
 * \param map_area        lowest address of the receive window; ignored for a whole-space window
 * \param log2_map_size   log2 of the window's size, `L4_WHOLE_ADDRESS_SPACE` for all
 * \return address of the page, null on errors
 */
l4_kernel_info_t *l4sigma0_map_kip(l4_cap_idx_t sigma0, void *map_area,
                                   unsigned log2_map_size) L4_NOTHROW;

/**
 * Map RAM that sigma0 assigns to this owner.
 *
 * \param phys  physical address, a multiple of the page size
 * \param virt  where to map it, a multiple of the page size
 * \param size  bytes, a multiple of the page size
 * \return 0 or a negated `l4sigma0_return_flags_t`; pages before a failing one stay mapped
 */
int l4sigma0_map_mem(l4_cap_idx_t sigma0, l4_addr_t phys, l4_addr_t virt,
                     l4_addr_t size) L4_NOTHROW;

/// Like `l4sigma0_map_mem()` for device memory. \param cached  0: uncached, else cached
int l4sigma0_map_iomem(l4_cap_idx_t sigma0, l4_addr_t phys, l4_addr_t virt, l4_addr_t size,
                       int cached) L4_NOTHROW;

/**
 * Get one block of RAM, wherever it is.
 *
 * \param map_area       lowest address of the receive window
 * \param log2_map_size  log2 of the window's size; with `L4_WHOLE_ADDRESS_SPACE` the block is
 *                       mapped at its physical address
 * \param base           out: physical address of the block
 * \param order          log2 of the size of the block, at least 12
 * \return 0 or a negated `l4sigma0_return_flags_t`
 */
int l4sigma0_map_anypage(l4_cap_idx_t sigma0, l4_addr_t map_area, unsigned log2_map_size,
                         l4_addr_t *base, unsigned order) L4_NOTHROW;

/** Ask sigma0 to print its memory ranges and their owners. */
void l4sigma0_debug_dump(l4_cap_idx_t sigma0) L4_NOTHROW;

/** Ask sigma0 to print coverage data; nothing happens in builds without it. */
void l4sigma0_print_cov_data(l4_cap_idx_t sigma0) L4_NOTHROW;

/// \return description of a (negated or plain) `l4sigma0_return_flags_t`
char const *l4sigma0_map_errstr(int err) L4_NOTHROW;

EXTERN_C_END
