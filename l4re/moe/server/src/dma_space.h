// SPDX-License-Identifier: MIT
#pragma once

#include "backing.h"
#include "object.h"

#include <l4/re/dma_space>
#include <l4/sys/cxx/ipc_epiface>

namespace Moe {

/**
 * Addresses as a device sees them, on machines without an IOMMU: physical ones
 * (l4re-protocols.md section 14). What is mapped stays allocated until it is unmapped.
 */
class Dma_space final : public L4::Epiface_t0<Dma_space, L4Re::Dma_space, Object> {
public:
  using Rights = L4Re::Dma_space::Rights;

  Dma_space() = default;

  Dma_space *dma_space() override { return this; }
  void associate_physical() { _physical = true; }
  void disassociate();
  void revoke() override;

  long op_map(Rights, l4_uint64_t offset, l4_uint64_t &size, unsigned char align,
              L4Re::Dma_space::Attributes attributes, l4_uint64_t &address, l4_uint64_t max_address,
              L4::Ipc::Snd_fpage const &dataspace);
  long op_unmap(Rights, l4_uint64_t address, l4_uint64_t size, L4Re::Dma_space::Unmap_flags);
  long op_associate(Rights, L4::Ipc::Snd_fpage const &task, L4Re::Dma_space::Space_attribs attribs);
  long op_disassociate(Rights);

  /// Also understands the older form of map and unmap, whose messages have another length.
  l4_msgtag_t dispatch(l4_msgtag_t tag, unsigned rights, l4_utcb_t *utcb) override;

private:
  /// A piece of memory that a device may be using.
  struct Pinned {
    Pinned *next;
    l4_uint64_t address, size;
    Ref<Backing> backing;
  };

  ~Dma_space() override { disassociate(); }
  void remove(Pinned **link);

  bool _physical = false;
  Pinned *_pinned = nullptr;
};

/// Connects Dma_spaces with devices.
class Dma_mgr final : public L4::Epiface_t0<Dma_mgr, L4Re::Dma_space_mgr, Object> {
public:
  using Rights = L4Re::Dma_space_mgr::Rights;

  Dma_mgr() = default;

  long op_associate(Rights, L4::Ipc::Snd_fpage const &space, L4::Ipc::Snd_fpage const &task,
                    unsigned);
  long op_associate_phys(Rights, L4::Ipc::Snd_fpage const &space, unsigned);
  long op_disassociate(Rights, L4::Ipc::Snd_fpage const &space);
  long op_block_area(Rights, l4_uint64_t &, l4_uint64_t, l4_uint64_t, unsigned, unsigned char,
                     L4::Ipc::Snd_fpage const &space);
  long op_set_limits(Rights, L4::Ipc::Snd_fpage const &space, l4_uint64_t, l4_uint64_t);
};

} // namespace Moe
