// SPDX-License-Identifier: MIT
#include <l4/re/c/dma_space.h>
#include <l4/re/dma_space>

using L4Re::Dma_space;
using L4Re::Dma_space_mgr;

namespace {

L4::Cap<Dma_space> space(l4re_dma_space_t dma)
{
  return L4::Cap<Dma_space>(dma);
}

L4::Cap<Dma_space_mgr> manager(l4_cap_idx_t mgr)
{
  return L4::Cap<Dma_space_mgr>(mgr);
}

} // namespace

long l4re_dma_space_map(l4re_dma_space_t dma, l4re_ds_t ds, l4re_ds_offset_t offset,
                        l4_size_t *size, unsigned long attrs, enum l4re_dma_space_direction dir,
                        l4re_dma_space_dma_addr_t *dma_addr) noexcept
{
  // The device may write unless the capability itself is read-only.
  return space(dma)->map(L4::Ipc::make_cap_rw(L4::Cap<L4Re::Dataspace>(ds)), offset, size,
                         Dma_space::Attributes(attrs), Dma_space::Direction(dir), dma_addr);
}

long l4re_dma_space_unmap(l4re_dma_space_t dma, l4re_dma_space_dma_addr_t dma_addr, l4_size_t size,
                          unsigned long attrs, enum l4re_dma_space_direction dir) noexcept
{
  return space(dma)->unmap(dma_addr, size, Dma_space::Attributes(attrs), Dma_space::Direction(dir));
}

long l4re_dma_space_mgr_associate(l4_cap_idx_t mgr, l4re_dma_space_t dma, l4_cap_idx_t dma_task,
                                  l4_uint32_t attribs) noexcept
{
  return manager(mgr)->associate(L4::Ipc::make_cap_rws(space(dma)),
                                 L4::Ipc::make_cap_rws(L4::Cap<L4::Task>(dma_task)),
                                 Dma_space_mgr::Attribs(attribs));
}

long l4re_dma_space_mgr_associate_phys(l4_cap_idx_t mgr, l4re_dma_space_t dma,
                                       l4_uint32_t attribs) noexcept
{
  return manager(mgr)->associate_phys(L4::Ipc::make_cap_rws(space(dma)),
                                      Dma_space_mgr::Attribs(attribs));
}

long l4re_dma_space_mgr_disassociate(l4_cap_idx_t mgr, l4re_dma_space_t dma) noexcept
{
  return manager(mgr)->disassociate(L4::Ipc::make_cap_rws(space(dma)));
}

long l4re_dma_space_mgr_block_area(l4_cap_idx_t mgr, l4re_dma_space_t dma,
                                   l4re_dma_space_dma_addr_t *address, l4_uint64_t size,
                                   l4re_dma_space_dma_addr_t max_address, l4_uint32_t flags,
                                   unsigned char align) noexcept
{
  return manager(mgr)->block_area(L4::Ipc::make_cap_rws(space(dma)), address, size, max_address,
                                  Dma_space_mgr::Block_flags(flags), align);
}

long l4re_dma_space_mgr_set_limits(l4_cap_idx_t mgr, l4re_dma_space_t dma,
                                   l4re_dma_space_dma_addr_t min,
                                   l4re_dma_space_dma_addr_t max) noexcept
{
  return manager(mgr)->set_limits(L4::Ipc::make_cap_rws(space(dma)), min, max);
}
