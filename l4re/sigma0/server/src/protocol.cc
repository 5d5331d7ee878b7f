// SPDX-License-Identifier: MIT
#include "protocol.h"

#include <l4/sigma0/sigma0.h>
#include <l4/sys/consts.h>
#include <l4/sys/err.h>

#include <stdio.h>
#include <string.h>

namespace {

constexpr unsigned Label_shift = 4;
/// Rights of the sender's capability in the low bits of the label.
constexpr l4_umword_t Label_right_s = 2;

l4_msgtag_t error(long err)
{
  return l4_msgtag(err, 0, 0, 0);
}

/// Reply with one item; the hot spot is the address itself, so that mappings are 1:1.
l4_msgtag_t item(l4_msg_regs_t *mr, l4_umword_t control, l4_fpage_t fpage)
{
  mr->mr[0] = control;
  mr->mr[1] = fpage.raw;
  return l4_msgtag(0, 0, 1, 0);
}

l4_msgtag_t memory_item(l4_msg_regs_t *mr, Grant const &g, unsigned cache)
{
  if (g.err < 0) return error(g.err);
  return item(mr, l4_map_control(g.addr, static_cast<unsigned char>(cache), 0),
              l4_fpage(g.addr, g.order, g.rights));
}

/// What sigma0 answers to the Meta protocol: it is a Sigma0 and a Factory of further sessions.
struct Interface {
  long proto;
  char const *name;
};
constexpr Interface Interfaces[] = {
    {L4_PROTO_SIGMA0, "N2L46Sigma0E"},
    {L4_PROTO_FACTORY, "N2L47FactoryE"},
};
constexpr unsigned Num_interfaces = sizeof(Interfaces) / sizeof(Interfaces[0]);

enum Meta_op { Meta_num_interfaces = 0, Meta_interface = 1, Meta_supports = 2 };

} // namespace

l4_msgtag_t Protocol::dispatch(l4_umword_t label, l4_msgtag_t tag, l4_utcb_t *utcb)
{
  l4_msg_regs_t *const mr = l4_utcb_mr_u(utcb);
  Owner const owner = label >> Label_shift;
  switch (l4_msgtag_label(tag)) {
  case L4_PROTO_SIGMA0:
    return sigma0(owner, tag, mr);
  case L4_PROTO_PAGE_FAULT:
    return page_fault(owner, tag, mr);
  case L4_PROTO_IO_PAGE_FAULT:
    return io_page_fault(owner, tag, mr);
  case L4_PROTO_FACTORY:
    return factory(label, tag, mr);
  case L4_PROTO_META:
    return meta(tag, mr);
  default:
    return error(-L4_EBADPROTO);
  }
}

l4_msgtag_t Protocol::sigma0(Owner owner, l4_msgtag_t tag, l4_msg_regs_t *mr)
{
  if (l4_msgtag_words(tag) < 1) return error(-L4_EMSGTOOSHORT);
  if (!SIGMA0_IS_MAGIC_REQ(mr->mr[0])) return error(-L4_ENOSYS);

  l4_fpage_t what;
  what.raw = l4_msgtag_words(tag) > 1 ? mr->mr[1] : 0;
  l4_addr_t const addr = l4_fpage_memaddr(what);
  unsigned const order = l4_fpage_size(what);
  switch (mr->mr[0] & SIGMA0_REQ_ID_MASK) {
  case SIGMA0_REQ_ID_FPAGE_RAM:
    return memory_item(mr, _memory.request_ram(owner, addr, order), 0);
  case SIGMA0_REQ_ID_FPAGE_ANY:
    return memory_item(mr, _memory.request_any(owner, order), 0);
  case SIGMA0_REQ_ID_FPAGE_IOMEM:
    return memory_item(mr, _memory.request_iomem(owner, addr, order), L4_FPAGE_UNCACHEABLE);
  case SIGMA0_REQ_ID_FPAGE_IOMEM_CACHED:
    return memory_item(mr, _memory.request_iomem(owner, addr, order), L4_FPAGE_CACHEABLE);
  case SIGMA0_REQ_ID_KIP: {
    auto const kip = reinterpret_cast<l4_addr_t>(_kip);
    return memory_item(mr, {0, kip, L4_LOG2_PAGESIZE, L4_FPAGE_RX}, 0);
  }
  case SIGMA0_REQ_ID_DEBUG_DUMP:
    dump();
    return error(0);
  default:
    return error(-L4_ENOSYS);
  }
}

l4_msgtag_t Protocol::page_fault(Owner owner, l4_msgtag_t tag, l4_msg_regs_t *mr)
{
  if (l4_msgtag_words(tag) < 2) return error(-L4_EMSGTOOSHORT);
  // MR0: bit 2 instruction fetch, bit 1 write (ipc.md section 8)
  l4_addr_t const addr = mr->mr[0] & ~7UL, ip = mr->mr[1];
  unsigned char const access =
      L4_FPAGE_RO | (mr->mr[0] & 2 ? L4_FPAGE_W : 0) | (mr->mr[0] & 4 ? L4_FPAGE_X : 0);
  Grant const grant = _memory.page_fault(owner, addr, access);
  if (grant.err < 0)
    printf("sigma0: %s: cannot resolve the %s fault at 0x%lx, ip 0x%lx: %s\n",
           owner == Memory_map::Root_owner ? "root task" : "client",
           access & L4_FPAGE_W   ? "write"
           : access & L4_FPAGE_X ? "execute"
                                 : "read",
           addr, ip,
           grant.err == -L4_EACCESS ? "the memory does not allow this access"
                                    : "no RAM there, or it belongs to another client");
  return memory_item(mr, grant, 0);
}

l4_msgtag_t Protocol::io_page_fault(Owner owner, l4_msgtag_t tag, l4_msg_regs_t *mr)
{
  if (l4_msgtag_words(tag) < 2) return error(-L4_EMSGTOOSHORT);
  l4_fpage_t ports;
  ports.raw = mr->mr[0];
  if (l4_fpage_type(ports) != L4_FPAGE_IO) return error(-L4_EINVAL);
  unsigned long const port = l4_fpage_ioport(ports);
  unsigned const order = l4_fpage_size(ports);
  if (long const err = _memory.request_ports(owner, port, order); err < 0) return error(err);
  return item(mr, l4_map_control(port << L4_FPAGE_ADDR_SHIFT, 0, 0), l4_iofpage(port, order));
}

l4_msgtag_t Protocol::factory(l4_umword_t label, l4_msgtag_t tag, l4_msg_regs_t *mr)
{
  if (!(label & Label_right_s)) return error(-L4_EPERM);
  if (l4_msgtag_words(tag) < 1) return error(-L4_EMSGTOOSHORT);
  if (static_cast<l4_mword_t>(mr->mr[0]) != L4_PROTO_SIGMA0) return error(-L4_ENODEV);
  long const slot = _clients.create();
  if (slot < 0) return error(slot);
  return item(mr, l4_map_obj_control(0, L4_MAP_ITEM_MAP),
              l4_obj_fpage(l4_cap_idx_t(slot) << L4_CAP_SHIFT, 0, L4_CAP_FPAGE_RWS));
}

l4_msgtag_t Protocol::meta(l4_msgtag_t tag, l4_msg_regs_t *mr)
{
  unsigned const words = l4_msgtag_words(tag);
  if (words < 1) return error(-L4_EMSGTOOSHORT);
  int const op = static_cast<int>(mr->mr[0]);
  if (op == Meta_num_interfaces) return error(Num_interfaces);
  if (op != Meta_interface && op != Meta_supports) return error(-L4_ENOSYS);
  if (words < 2) return error(-L4_EMSGTOOSHORT);

  l4_umword_t const arg = mr->mr[1];
  if (op == Meta_supports) {
    for (Interface const &i : Interfaces)
      if (i.proto == static_cast<l4_mword_t>(arg)) return error(1);
    return error(0);
  }
  if (arg >= Num_interfaces) return error(-L4_ERANGE);
  Interface const &i = Interfaces[arg];
  l4_size_t const length = strlen(i.name) + 1;
  mr->mr[0] = static_cast<l4_umword_t>(i.proto);
  mr->mr[1] = length;
  memcpy(&mr->mr[2], i.name, length);
  return l4_msgtag(0, 2 + l4_bytes_to_mwords(static_cast<unsigned>(length)), 0, 0);
}

void Protocol::dump() const
{
  char const *last = "";
  _memory.for_each([&last](char const *kind, Range const &r) {
    if (strcmp(kind, last) != 0) printf("sigma0: %s\n", kind);
    last = kind;
    printf("  %12llx-%12llx %c%c%c ", static_cast<unsigned long long>(r.start),
           static_cast<unsigned long long>(r.end - 1), r.rights & L4_FPAGE_RO ? 'r' : '-',
           r.rights & L4_FPAGE_W ? 'w' : '-', r.rights & L4_FPAGE_X ? 'x' : '-');
    if (r.owner == Nobody)
      printf("free\n");
    else if (r.owner == Memory_map::Root_owner)
      printf("root task\n");
    else
      printf("client %lu\n", r.owner);
  });
}
