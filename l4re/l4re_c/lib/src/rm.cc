// SPDX-License-Identifier: MIT
#include <l4/re/c/rm.h>
#include <l4/re/debug>
#include <l4/re/rm>

using L4Re::Rm;

namespace {

L4::Cap<Rm> cap(l4_cap_idx_t rm)
{
  return L4::Cap<Rm>(rm);
}

} // namespace

int l4re_rm_reserve_area_srv(l4_cap_idx_t rm, l4_addr_t *start, unsigned long size,
                             l4re_rm_flags_t flags, unsigned char align) noexcept
{
  return cap(rm)->reserve_area(start, size, Rm::Flags(flags), align);
}

int l4re_rm_free_area_srv(l4_cap_idx_t rm, l4_addr_t addr) noexcept
{
  return cap(rm)->free_area(addr);
}

int l4re_rm_attach_srv(l4_cap_idx_t rm, void **start, unsigned long size, l4re_rm_flags_t flags,
                       l4re_ds_t mem, l4re_rm_offset_t offs, unsigned char align) noexcept
{
  return l4re_rm_attach_w_info_srv(rm, start, size, flags, mem, offs, align, nullptr, 0);
}

int l4re_rm_attach_w_info_srv(l4_cap_idx_t rm, void **start, unsigned long size,
                              l4re_rm_flags_t flags, l4re_ds_t mem, l4re_rm_offset_t offs,
                              unsigned char align, char const *name,
                              l4re_rm_offset_t backing_offset) noexcept
{
  L4::Ipc::Cap<L4Re::Dataspace> ds =
      L4::Ipc::make_cap(L4::Cap<L4Re::Dataspace>(mem), Rm::Flags(flags).cap_rights());
  return cap(rm)->attach(start, size, Rm::Flags(flags), ds, offs, align, L4::Cap<L4::Task>::Invalid,
                         name, backing_offset);
}

int l4re_rm_detach_srv(l4_cap_idx_t rm, l4_addr_t addr, l4re_ds_t *ds, l4_cap_idx_t task) noexcept
{
  L4::Cap<L4Re::Dataspace> mem;
  int r = cap(rm)->detach(addr, &mem, L4::Cap<L4::Task>(task));
  if (r >= 0 && ds) *ds = mem.cap();
  return r;
}

int l4re_rm_find_srv(l4_cap_idx_t rm, l4_addr_t *addr, unsigned long *size,
                     l4re_rm_offset_t *offset, l4re_rm_flags_t *flags, l4re_ds_t *m) noexcept
{
  Rm::Flags found_flags;
  L4::Cap<L4Re::Dataspace> mem;
  int r = cap(rm)->find(addr, size, offset, &found_flags, &mem);
  if (r >= 0) {
    *flags = found_flags.raw;
    *m = mem.cap();
  }
  return r;
}

int l4re_rm_get_info_srv(l4_cap_idx_t rm, l4_addr_t addr, char *name, unsigned len,
                         l4re_rm_offset_t *backing_offset) noexcept
{
  L4::Ipc::String<char> text(len, name);
  return cap(rm)->get_info(addr, text, *backing_offset);
}

void l4re_rm_show_lists_srv(l4_cap_idx_t rm) noexcept
{
  L4::Cap<L4Re::Debug_obj>(rm)->debug(0);
}
