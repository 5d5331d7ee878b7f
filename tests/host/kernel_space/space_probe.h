// SPDX-License-Identifier: MIT
// Memory spaces as a test drives them, and as the hardware sees them.
#pragma once

#include "arch/arch.h"
#include "arch/host/host.h"
#include "mem/kmem.h"
#include "space/io_space.h"
#include "space/mem_space.h"

#include <gtest/gtest.h>
#include <memory>
#include <optional>

/// What the memory management unit finds at an address: its own reading of the tables (Intel SDM
/// vol. 3, 4.5), independent of the code under test.
struct Translation {
  Word frame; ///< physical address of the byte
  bool large;
  u8 rights;    ///< Fpage bits
  unsigned pat; ///< index into the page attribute table
  Word *entry;
};

inline std::optional<Translation> translate(Mem_space const &space, Word address)
{
  Word table = space.root_word();
  for (int level = 3;; --level) {
    Word *entries = static_cast<Word *>(Kmem::virt_of(Phys_addr(table)));
    Word &entry = entries[address >> (12 + 9 * level) & 511];
    if (!(entry & 1)) return std::nullopt;
    EXPECT_TRUE(entry & 4) << "user bit";
    bool large = level == 1 && entry & 0x80;
    if (level && !large) {
      table = entry & 0x000ffffffffff000;
      continue;
    }
    Word offset_mask = large ? 0x1fffff : 0xfff;
    EXPECT_EQ(entry & 0x000ffffffffff000 & offset_mask, 0u) << "reserved bits";
    u8 rights = u8(4 | (entry & 2) | (entry >> 63 ? 0 : 1));
    unsigned pat = unsigned((entry >> 3 & 3) | (!large && entry & 0x80 ? 4 : 0));
    return Translation{(entry & 0x000ffffffffff000) | (address & offset_mask), large, rights, pat,
                       &entry};
  }
}

/// The program in the space reads or writes: the hardware sets the access flags.
inline bool touch(Mem_space const &space, Word address, bool write)
{
  auto t = translate(space, address);
  if (!t || (write && !(t->rights & 2))) return false;
  *t->entry |= write ? 0x60 : 0x20;
  return true;
}

/// A space with a quota of its own; clears itself, and then nothing may be left.
template <class Space> struct Owned {
  explicit Owned(Word limit = 0) : quota(limit) {}
  ~Owned()
  {
    clear();
    EXPECT_EQ(quota.used(), 0u) << "quota is not returned completely";
  }
  void clear()
  {
    while (clear_step() == Step::More)
      ++steps;
  }
  Step clear_step()
  {
    Tlb_batch tlb;
    Budget budget;
    return space.clear(budget, tlb);
  }
  Quota quota;
  Space space;
  unsigned steps = 0;
};

struct Mapped {
  Step step;
  bool mapped;
  unsigned steps;
};

template <class Space> Mapped map_all(Space &from, Space &to, Map_item item)
{
  unsigned steps = 0;
  Step step;
  do {
    Tlb_batch tlb;
    ++steps;
    step = Space::map(from, to, item, tlb);
    tlb.flush_local();
  } while (step == Step::More);
  return {step, item.mapped(), steps};
}

/// Kernel-user memory, in as many steps as it takes.
inline Errno add_ku_mem(Mem_space &space, Fpage area)
{
  while (true) {
    Result<Step> added = space.add_ku_mem(area);
    if (!added) return added.error();
    if (*added == Step::Done) return Errno::Ok;
  }
}

struct Unmapped {
  u8 access_flags;
  unsigned steps;
};

template <class Space> Unmapped unmap_all(Space &space, Fpage pages, bool own)
{
  Unmap_item item{.pages = pages, .own = own};
  unsigned steps = 0;
  Step step;
  do {
    Tlb_batch tlb;
    ++steps;
    step = space.unmap(item, tlb);
    tlb.flush_local();
  } while (step == Step::More);
  EXPECT_EQ(step, Step::Done);
  return {item.access_flags, steps};
}

constexpr Word Kib4 = Page_size, Mib2 = Superpage_size;
constexpr u8 X = Fpage::X, W = Fpage::W, R = Fpage::R, Rwx = R | W | X;
constexpr Word Map_control = 8, Grant = 2;

inline Fpage mem(Word address, unsigned order = 12, u8 rights = Rwx)
{
  return Fpage(Fpage::Type::Memory, address, order, rights);
}
