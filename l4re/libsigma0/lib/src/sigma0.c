// SPDX-License-Identifier: MIT
#include <l4/sigma0/sigma0.h>
#include <l4/sys/consts.h>
#include <l4/sys/ipc.h>
#include <l4/sys/utcb.h>

/** Send a request and receive at most one memory mapping into `window`. */
static l4_msgtag_t request(l4_cap_idx_t sigma0, l4_umword_t id, l4_fpage_t what, l4_fpage_t window)
{
  l4_utcb_t *const utcb = l4_utcb();
  l4_msgtag_t tag;
  unsigned long err;

  do {
    l4_msg_regs_t *const mr = l4_utcb_mr_u(utcb);
    l4_buf_regs_t *const br = l4_utcb_br_u(utcb);
    mr->mr[0] = id;
    mr->mr[1] = what.raw;
    br->bdr = 0;
    br->br[0] = L4_ITEM_MAP;
    br->br[1] = window.raw;
    br->br[2] = 0;
    tag = l4_ipc_call(sigma0, utcb, l4_msgtag(L4_PROTO_SIGMA0, 2, 0, 0), L4_IPC_NEVER);
    err = l4_ipc_error(tag, utcb);
    // Cancelled or aborted before sigma0 had seen the message: ask again.
  } while (err == L4_IPC_SECANCELED || err == L4_IPC_SEABORTED);
  return tag;
}

static int result(l4_msgtag_t tag)
{
  if (l4_msgtag_has_error(tag)) return -L4SIGMA0_IPCERROR;
  if (l4_msgtag_label(tag) < 0 || l4_msgtag_items(tag) < 1) return -L4SIGMA0_NOFPAGE;
  return L4SIGMA0_OK;
}

/** Control word of the first received item: its upper bits are the hot spot. */
static l4_addr_t received_address(l4_msgtag_t tag)
{
  return l4_utcb_mr()->mr[l4_msgtag_words(tag)] & L4_PAGEMASK;
}

l4_kernel_info_t *l4sigma0_map_kip(l4_cap_idx_t sigma0, void *map_area, unsigned log2_map_size)
{
  l4_fpage_t const window = l4_fpage((l4_addr_t)map_area, log2_map_size, 0);
  l4_msgtag_t const tag =
      request(sigma0, SIGMA0_REQ_KIP, l4_fpage_invalid(),
              log2_map_size == L4_WHOLE_ADDRESS_SPACE ? l4_fpage_all() : window);
  l4_addr_t address;
  if (result(tag) != L4SIGMA0_OK) return NULL;

  address = received_address(tag);
  if (log2_map_size != L4_WHOLE_ADDRESS_SPACE) {
    l4_addr_t const mask = (1UL << log2_map_size) - 1;
    address = ((l4_addr_t)map_area & ~mask) | (address & mask);
  }
  return (l4_kernel_info_t *)address;
}

/** Largest order of a naturally aligned block at both addresses, not longer than `size`. */
static unsigned block_order(l4_addr_t phys, l4_addr_t virt, l4_addr_t size)
{
  unsigned order = L4_LOG2_PAGESIZE;
  while (order < L4_MWORD_BITS - 2 && (2UL << order) <= size &&
         !((phys | virt) & ((2UL << order) - 1)))
    ++order;
  return order;
}

static int map_range(l4_cap_idx_t sigma0, l4_umword_t id, l4_addr_t phys, l4_addr_t virt,
                     l4_addr_t size)
{
  if ((phys | virt | size) & (L4_PAGESIZE - 1)) return -L4SIGMA0_NOTALIGNED;

  while (size) {
    unsigned const order = block_order(phys, virt, size);
    l4_addr_t const block = 1UL << order;
    int const err = result(request(sigma0, id, l4_fpage(phys, order, L4_FPAGE_RWX),
                                   l4_fpage(virt, order, L4_FPAGE_RWX)));
    if (err != L4SIGMA0_OK) return err;
    phys += block;
    virt += block;
    size -= block;
  }
  return L4SIGMA0_OK;
}

int l4sigma0_map_mem(l4_cap_idx_t sigma0, l4_addr_t phys, l4_addr_t virt, l4_addr_t size)
{
  return map_range(sigma0, SIGMA0_REQ_FPAGE_RAM, phys, virt, size);
}

int l4sigma0_map_iomem(l4_cap_idx_t sigma0, l4_addr_t phys, l4_addr_t virt, l4_addr_t size,
                       int cached)
{
  return map_range(sigma0, cached ? SIGMA0_REQ_FPAGE_IOMEM_CACHED : SIGMA0_REQ_FPAGE_IOMEM, phys,
                   virt, size);
}

int l4sigma0_map_anypage(l4_cap_idx_t sigma0, l4_addr_t map_area, unsigned log2_map_size,
                         l4_addr_t *base, unsigned order)
{
  l4_fpage_t const window = log2_map_size == L4_WHOLE_ADDRESS_SPACE
                                ? l4_fpage_all()
                                : l4_fpage(map_area, log2_map_size, L4_FPAGE_RWX);
  l4_msgtag_t const tag =
      request(sigma0, SIGMA0_REQ_FPAGE_ANY, l4_fpage(0, order, L4_FPAGE_RWX), window);
  int const err = result(tag);
  if (err == L4SIGMA0_OK) *base = received_address(tag);
  return err;
}

void l4sigma0_debug_dump(l4_cap_idx_t sigma0)
{
  request(sigma0, SIGMA0_REQ_DEBUG_DUMP, l4_fpage_invalid(), l4_fpage_invalid());
}

void l4sigma0_print_cov_data(l4_cap_idx_t sigma0)
{
  request(sigma0, SIGMA0_REQ_COV, l4_fpage_invalid(), l4_fpage_invalid());
}

char const *l4sigma0_map_errstr(int err)
{
  switch (err < 0 ? -err : err) {
  case L4SIGMA0_OK:
    return "no error";
  case L4SIGMA0_NOTALIGNED:
    return "address or size is not page aligned";
  case L4SIGMA0_IPCERROR:
    return "call to sigma0 failed";
  case L4SIGMA0_NOFPAGE:
    return "sigma0 does not give this memory (not there, or owned by another)";
  case L4SIGMA0_SMALLERFPAGE:
    return "sigma0 gave less than was asked for";
  default:
    return "unknown error";
  }
}
