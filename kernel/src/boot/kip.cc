// SPDX-License-Identifier: MIT
#include "boot/kip.h"

#include "diag/print.h"

void Kip::add_desc(Word start, Word last, Mem_desc::Type type, u8 sub, bool is_virtual)
{
  // Readers take the array in order, so a new entry must stand behind all that are in use.
  Mem_desc *slot = descs_end();
  while (slot > descs_begin() && slot[-1].type() == Mem_desc::Undefined)
    --slot;
  if (slot == descs_end())
    panic("no memory descriptor left in the KIP: the loader filled all %u", mem_descs_num);
  slot->set(start, last, type, sub, is_virtual);
}

void Kip::drop_empty_descs()
{
  for (Mem_desc *d = descs_begin(); d != descs_end(); ++d)
    if (d->start() >= d->last()) d->low = d->high = 0;
}

Word Kip::ram_bytes()
{
  Word bytes = 0;
  for (Mem_desc *d = descs_begin(); d != descs_end(); ++d)
    if (d->type() == Mem_desc::Conventional && !d->is_virtual())
      bytes += d->last() - d->start() + 1;
  return bytes;
}

Word Kip::find_free(Word bytes, unsigned order, Word limit)
{
  Word best = ~Word{0};
  for (Mem_desc *ram = descs_begin(); ram != descs_end(); ++ram) {
    if (ram->type() != Mem_desc::Conventional || ram->is_virtual()) continue;
    Word end = ram->last() + 1;
    end = trunc_to(end < limit ? end : limit, order);
    // Move down below whatever is in the way until nothing is.
    while (end >= bytes && end - bytes >= ram->start()) {
      Mem_desc *obstacle = descs_begin();
      for (; obstacle != descs_end(); ++obstacle)
        if (obstacle->type() != Mem_desc::Undefined && obstacle->type() != Mem_desc::Conventional &&
            !obstacle->is_virtual() && obstacle->start() < end && obstacle->last() >= end - bytes)
          break;
      if (obstacle == descs_end()) {
        if (best == ~Word{0} || end - bytes > best) best = end - bytes;
        break;
      }
      end = trunc_to(obstacle->start(), order);
    }
  }
  return best;
}
