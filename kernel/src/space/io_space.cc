// SPDX-License-Identifier: MIT
#include "space/io_space.h"

#include "arch/arch.h"
#include "mem/kmem.h"

namespace {

constexpr Word Bitmap_bytes = Page_size << Io_space::Bitmap_order;
static_assert(Bitmap_bytes * 8 == Io_space::Port_count);

// A port is readable and writable, or neither.
constexpr u8 Port_rights = Fpage::R | Fpage::W;

} // namespace

Step Io_space::map(Io_space &from, Io_space &to, Map_item &item, Tlb_batch &tlb)
{
  Region ports = Region::of(item.send, Page_shift);
  if (!(item.send.rights() & Port_rights) || ports.base >= Port_count) return Step::Done;
  if (!from.bitmap() && !from.is_identity()) return Step::Done;
  // filling a bitmap is a step of its own
  if (!from.bitmap()) return from.make_bitmap() ? Step::More : Step::No_memory;
  if (!to.bitmap()) return to.make_bitmap() ? Step::More : Step::No_memory;
  Word size = ports.size() < Port_count ? ports.size() : Port_count;
  Word address = ports.base << Page_shift;
  item.send = item.send.with_rights(Port_rights);
  return Map_space::map(from, to, {address, address, size << Page_shift}, item, tlb);
}

Step Io_space::unmap(Unmap_item &item, Tlb_batch &tlb)
{
  Region region = Region::of(item.pages, Page_shift);
  if (!(item.pages.rights() & Port_rights) || region.base >= Port_count) return Step::Done;
  Word size = region.size() < Port_count ? region.size() : Port_count;
  return Map_space::unmap(region.base << Page_shift, size << Page_shift, Fpage::R, item, tlb);
}

Step Io_space::clear(Budget &budget, Tlb_batch &tlb)
{
  if (Map_space::clear(budget, tlb) == Step::More) return Step::More;
  if (_bitmap) {
    Kmem::free(_bitmap, Bitmap_order);
    quota().refund(Bitmap_bytes);
    _bitmap = nullptr;
  }
  return Step::Done;
}

bool Io_space::has_ports(Word port, unsigned count)
{
  if (is_identity() && !bitmap() && !make_bitmap()) return false;
  for (Word p = port; p < port + count; ++p) {
    Word address = p << Page_shift;
    if (p >= Port_count) return false;
    Budget budget;
    if (is_identity() && !make_root(address, budget)) return false;
    if (!walk(address).present()) return false;
  }
  return true;
}

bool Io_space::load()
{
  // first: a port that is removed while the bitmap is copied is then taken from this CPU, too
  activate_on(arch::cpu_id());
  u8 const *ports = bitmap();
  return ports && arch::load_io_ports(ports);
}

bool Io_space::make_bitmap()
{
  Quota_guard charge(quota(), Bitmap_bytes);
  if (!charge) return false;
  u8 *bitmap = static_cast<u8 *>(Kmem::alloc(Bitmap_order));
  if (!bitmap) return false;
  // not known to the compiler, which would write a loop of two instructions per word
  Word volatile bytes = Bitmap_bytes;
  __builtin_memset(bitmap, 0xff, bytes);
  u8 *none = nullptr;
  // release: a reader of the pointer finds all ports denied
  if (__atomic_compare_exchange_n(&_bitmap, &none, bitmap, false, __ATOMIC_RELEASE,
                                  __ATOMIC_RELAXED))
    charge.keep();
  else
    Kmem::free(bitmap, Bitmap_order);
  return true;
}

void Map_space::set_ports(Word address, Word bytes, bool allowed)
{
  u8 *bitmap = static_cast<Io_space *>(this)->_bitmap;
  Word port = address >> Page_shift, end = (address + bytes) >> Page_shift;
  if (bytes == Superpage_size) {
    __builtin_memset(&bitmap[port / 8], allowed ? 0 : 0xff, Superpage_size / Page_size / 8);
    return;
  }
  // neighbouring ports may belong to other trees: their bits change under other locks
  for (; port < end; ++port) {
    u8 *byte = &bitmap[port / 8], bit = u8(1u << port % 8);
    if (allowed)
      __atomic_fetch_and(byte, u8(~bit), __ATOMIC_RELAXED);
    else
      __atomic_fetch_or(byte, bit, __ATOMIC_RELAXED);
  }
}
