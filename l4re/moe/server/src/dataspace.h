// SPDX-License-Identifier: MIT
#pragma once

#include "backing.h"
#include "object.h"

#include <l4/re/dataspace>
#include <l4/sys/cxx/ipc_epiface>

namespace Moe {

/**
 * Dataspace object: what clients call; the contents are in the backing.
 * Protocol: l4re-protocols.md section 2.
 */
class Dataspace final : public L4::Epiface_t0<Dataspace, L4Re::Dataspace, Object> {
public:
  using Rights = L4Re::Dataspace::Rights;

  explicit Dataspace(Ref<Backing> backing) : _backing(std::move(backing)) {}

  Dataspace *dataspace() override { return this; }
  Ref<Backing> const &backing() const { return _backing; }

  /// What a client with these rights on its capability may do with the memory (L4_FPAGE_*).
  unsigned char client_rights(unsigned cap_rights) const
  {
    unsigned char const all = _backing->rights();
    return cap_rights & L4_CAP_FPAGE_W ? all : static_cast<unsigned char>(all & ~L4_FPAGE_W);
  }

  long op_map(Rights rights, L4Re::Dataspace::Offset offset, L4Re::Dataspace::Map_addr spot,
              L4Re::Dataspace::Flags flags, L4::Ipc::Snd_fpage &page);
  long op_clear(Rights rights, L4Re::Dataspace::Offset offset, L4Re::Dataspace::Size size);
  long op_info(Rights rights, L4Re::Dataspace::Stats &stats);
  long op_copy_in(Rights rights, L4Re::Dataspace::Offset offset, L4::Ipc::Snd_fpage const &source,
                  L4Re::Dataspace::Offset source_offset, L4Re::Dataspace::Size size);
  long op_allocate(Rights rights, L4Re::Dataspace::Offset offset, L4Re::Dataspace::Size size);
  long op_map_info(Rights, l4_addr_t &start, l4_addr_t &end);

private:
  bool writable(Rights rights) const { return client_rights(rights.rights) & L4_FPAGE_W; }

  Ref<Backing> _backing;
};

/**
 * Send item for a page of a backing: the largest block whose position in the receiver's address
 * space fits.
 *
 * \param offset      offset of the page
 * \param spot        address in the receiver, modulo the size of its window
 * \param flags       wanted rights (L4_FPAGE_*; with W the page gets ready to be written) and
 *                    caching (L4Re::Dataspace::F)
 * \param first, last offsets: the block must not reach outside
 * \param extra       further rights to give if the page has them already
 * \return 0 or -L4_ENOMEM
 */
long make_item(Backing &backing, l4_addr_t offset, l4_addr_t spot, unsigned flags, l4_addr_t first,
               l4_addr_t last, L4::Ipc::Snd_fpage *item, unsigned extra = 0);

} // namespace Moe
