// SPDX-License-Identifier: MIT
#pragma once

#include "backing.h"
#include "object.h"

#include <l4/libloader/region_map>
#include <l4/re/rm>
#include <l4/re/util/region_mapping_svr>
#include <l4/sys/cxx/ipc_epiface>

namespace Moe {

/// A region: which part of which backing is visible at some addresses.
struct Region : Ldr::Range {
  static constexpr unsigned Max_name = 40;

  Ref<Backing> backing;                     ///< null for Kernel and Reserved regions
  l4_addr_t offset = 0;                     ///< of the first byte in the backing
  l4_uint32_t flags = 0;                    ///< L4Re::Rm region flags
  l4_cap_idx_t client_cap = L4_INVALID_CAP; ///< returned to the client, without a meaning here
  l4_addr_t backing_offset = 0;             ///< information for debuggers
  char name[Max_name] = {};

  void advance(l4_size_t bytes)
  {
    offset += bytes;
    backing_offset += bytes;
  }
  Region *clone(class Region_memory *memory) const;
};

/// Where the region map gets its nodes: the account of the region map.
class Region_memory {
public:
  void *alloc(l4_size_t size) { return _account->alloc(size); }
  void free(void *p, l4_size_t size) { _account->free(p, size); }
  Ldr::Area *new_area();
  void delete_area(Ldr::Area *area);
  Region *new_region();
  void delete_region(Region *region);

  void account(Account *account) { _account = account; }

private:
  Account *_account = nullptr;
};

/// Operation of ours: bytes of memory behind the regions, bytes of addresses they take.
constexpr int Rm_usage_op = 0x80;

/**
 * Region map of a task and its pager (l4re-protocols.md section 3, process-environment.md 9).
 */
class Rm final : public L4::Epiface_t0<Rm, L4Re::Rm, Object>,
                 public L4Re::Util::Rm_server<Rm> {
public:
  using Rights = L4Re::Rm::Rights;
  using Map = Ldr::Region_map<Region, Region_memory>;

  /// Use of addresses `min`..`max`; the null page is reserved.
  Rm(l4_addr_t min, l4_addr_t max);
  /// Create a region map. \param name  of the task, for messages; null if unknown
  static Rm *create(Account &account, char const *name);

  /**
   * Attach memory, for moe's own loader.
   * \return 0 or a negative L4 error
   */
  long attach(l4_addr_t start, l4_size_t size, l4_uint32_t flags, Ref<Backing> backing,
              l4_addr_t offset, char const *name);
  long reserve(l4_addr_t *start, l4_size_t size, l4_uint32_t flags, unsigned char align)
  {
    return _map.reserve_area(start, size, flags, align);
  }

  l4_msgtag_t dispatch(l4_msgtag_t tag, unsigned rights, l4_utcb_t *utcb) override;
  void revoke() override;

  long op_attach(Rights, l4_addr_t &start, unsigned long size, L4Re::Rm::Flags flags, Offset offset,
                 unsigned char align, l4_cap_idx_t client_cap, L4::Ipc::String<> const &name,
                 Offset backing_offset, L4::Ipc::Snd_fpage const &dataspace);
  long op_detach(Rights, l4_addr_t addr, unsigned long size, l4_uint32_t flags, l4_addr_t &start,
                 unsigned long &removed, l4_cap_idx_t &client_cap);
  long op_find(Rights, l4_addr_t &addr, unsigned long &size, L4Re::Rm::Flags &flags, Offset &offset,
               l4_cap_idx_t &client_cap);
  long op_add_rescue_jump(Rights, l4_addr_t, l4_addr_t, l4_addr_t);
  long op_remove_rescue_jump(Rights, l4_addr_t);
  long op_page_in(Rights, l4_addr_t first, l4_addr_t last, unsigned short rights, l4_addr_t &helper,
                  L4::Ipc::Opt<L4::Ipc::Snd_fpage> &page);
  long op_page_fault(L4::Pager::Rights, l4_umword_t addr, l4_umword_t pc,
                     L4::Ipc::Opt<L4::Ipc::Snd_fpage> &page);

  Map &map() { return _map; }

private:
  ~Rm() override;
  long find_backing(l4_umword_t flags, L4::Ipc::Snd_fpage const &dataspace, Offset offset,
                    l4_size_t size, Ref<Backing> *backing);
  long make_private(l4_umword_t flags, l4_size_t size, Ref<Backing> *backing, Offset *offset);
  long resolve(l4_addr_t addr, unsigned access, L4::Ipc::Snd_fpage *page);
  void remove_all();
  void report(char const *what, l4_umword_t addr, unsigned access, l4_umword_t pc, long err) const;
  l4_msgtag_t exception(l4_utcb_t *utcb);
  l4_msgtag_t usage(l4_utcb_t *utcb);

  Region_memory _memory;
  Map _map;
  char const *_name = nullptr;
  bool _ready = false;
};

} // namespace Moe
