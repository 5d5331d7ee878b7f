// SPDX-License-Identifier: MIT
#include <l4/re/c/dataspace.h>
#include <l4/re/dataspace>

using L4Re::Dataspace;

namespace {

L4::Cap<Dataspace> cap(l4re_ds_t ds)
{
  return L4::Cap<Dataspace>(ds);
}

} // namespace

long l4re_ds_map(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_flags_t flags,
                 l4re_ds_map_addr_t local_addr, l4re_ds_map_addr_t min_addr,
                 l4re_ds_map_addr_t max_addr) noexcept
{
  return cap(ds)->map(offset, Dataspace::Flags(flags), local_addr, min_addr, max_addr);
}

long l4re_ds_map_region(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_flags_t flags,
                        l4re_ds_map_addr_t min_addr, l4re_ds_map_addr_t max_addr) noexcept
{
  return cap(ds)->map_region(offset, Dataspace::Flags(flags), min_addr, max_addr);
}

long l4re_ds_clear(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_size_t size) noexcept
{
  return cap(ds)->clear(offset, size);
}

long l4re_ds_allocate(l4re_ds_t ds, l4re_ds_offset_t offset, l4re_ds_size_t size) noexcept
{
  return cap(ds)->allocate(offset, size);
}

long l4re_ds_copy_in(l4re_ds_t ds, l4re_ds_offset_t dst_offs, l4re_ds_t src,
                     l4re_ds_offset_t src_offs, l4re_ds_size_t size) noexcept
{
  return cap(ds)->copy_in(dst_offs, cap(src), src_offs, size);
}

l4re_ds_size_t l4re_ds_size(l4re_ds_t ds) noexcept
{
  return cap(ds)->size();
}

l4re_ds_flags_t l4re_ds_flags(l4re_ds_t ds) noexcept
{
  return cap(ds)->flags().raw;
}

int l4re_ds_info(l4re_ds_t ds, l4re_ds_stats_t *stats) noexcept
{
  Dataspace::Stats s;
  int r = cap(ds)->info(&s);
  if (r >= 0) *stats = {s.size, s.flags.raw};
  return r;
}

int l4re_ds_map_info(l4re_ds_t ds, l4_addr_t *start_addr, l4_addr_t *end_addr) noexcept
{
  return cap(ds)->map_info(start_addr, end_addr);
}
