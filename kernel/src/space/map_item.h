// SPDX-License-Identifier: MIT
// One mapping or unmapping operation in progress. Both are cut into bounded steps: all that is
// needed to go on is in these structs, which live in the Thread that works on them.
#pragma once

#include "space/page_entry.h"
#include "types/fpage.h"
#include "types/types.h"

/// What a bounded step achieved.
enum class Step : u8 {
  Done,      ///< finished
  More,      ///< call again; interrupts may be served in between
  No_memory, ///< the quota of the destination is exhausted; what was mapped stays mapped
};

/// Work that one step may do, in instructions, so that interrupts wait for at most 5,000 of them,
/// the system call around the step and the last piece of work included. Costs were measured.
class Budget {
public:
  static constexpr int Instructions = 2600;
  enum Cost : int {
    Visit = 150, ///< look at a mapping, take rights from it
    Pass = 20,   ///< a mapping on the way down a tree
    Scan = 100,  ///< step over empty entries, and each of them
    Scan_entry = 8,
    Scan_group = 30,   ///< a cache line of entries
    Scan_slot = 7,     ///< capability slots, or pages of them
    Remove = 250,      ///< a mapping, a table, a capability
    Remove_next = 110, ///< a page beside the one before
    Copy = 250,        ///< a capability
    Map = 400,         ///< a page
    Map_next = 90,     ///< a page beside the one before
    Divide_next = 120, ///< the same from a large page
    Table = 620,       ///< clear and link in a table
    Clear = 620,       ///< a page of memory
  };

  bool is_spent() const { return _left <= 0; }
  /// For what is much at once. A step that did nothing else yet can afford it.
  bool affords(Cost cost) const { return _left >= cost; }
  int left() const { return _left; }
  void spend(int instructions) { _left -= instructions; }

private:
  int _left = Instructions;
};

/// What a new mapping takes over from the entry that it is made from: it starts with the access
/// flags of its source, and has its rights and cache bits as far as the item says.
struct Pass_on {
  Word kept, added;

  /// `rights`: Fpage::R, W, X.
  constexpr Pass_on(Send_item control, u8 rights)
      : kept(Page_entry::Present | Page_entry::User | Page_entry::No_execute |
             Page_entry::Access_mask | (rights & Fpage::W ? Word{Page_entry::Write} : 0) |
             Page_entry::cache_bits(control.attributes(), Page_entry::Cache_mask)),
        added(Page_entry::cache_bits(control.attributes(), 0) |
              (rights & Fpage::X ? 0 : Word{Page_entry::No_execute}))
  {
  }
  constexpr Word entry(Word source, Word frame_and_size) const
  {
    return (source & kept) | added | frame_and_size;
  }
};

/// A decoded map or grant of one flexpage.
struct Map_item {
  Fpage send;        ///< source region; its rights are the rights to pass on (already masked)
  Send_item control; ///< its hot spot is where it goes; grant bit, attributes
  Word progress = 0; ///< offset into the region that is done; owned by the step function

  /// As `item` says, as far as it goes into the receive window (abi/ipc.md section 4, placement).
  static constexpr Map_item into(Fpage window, Fpage send, Send_item item);
  /// Out: whether at least one page, port or capability was mapped.
  constexpr bool mapped() const { return control.is_compound(); }
  constexpr void note_mapped() { control = Send_item(control.raw() | Send_item::Compound); }
};

/// A decoded unmap of one flexpage.
struct Unmap_item {
  static constexpr Word All_spaces = 0x80000000, Delete_obj = 0x40000000;
  Fpage pages;             ///< region; its rights are the rights to withdraw
  bool own = false;        ///< also the invoked space's own mapping (mask bit 31)
  bool delete_obj = false; ///< bits 31 and 30: destroy objects whose slot has D
  u8 access_flags = 0;     ///< out: bit 0 referenced, bit 1 dirty, over everything visited
  Word progress = 0;       ///< owned by the step function
};

/// A size-aligned region, in bytes, ports or slots. `order` 63 stands for the whole space.
struct Region {
  Word base;
  unsigned order;

  /// Of a flexpage whose address counts units of 2^shift (0 memory; 12 ports and slots).
  static constexpr Region of(Fpage page, unsigned shift)
  {
    if (page.order() == Fpage::Whole_space) return {0, Fpage::Whole_space};
    return {trunc_to(page.address() >> shift, page.order()), page.order()};
  }
  constexpr Word size() const { return Word{1} << order; }
};

/// Where a mapping comes from and goes to.
struct Placement {
  Word from, to, size;

  static constexpr Placement of(Map_item const &item, unsigned shift)
  {
    Region send = Region::of(item.send, shift);
    return {send.base, trunc_to(item.control.hot_spot() >> shift, send.order), send.size()};
  }
};

constexpr Map_item Map_item::into(Fpage window, Fpage send, Send_item item)
{
  item = Send_item(item.raw() & ~Send_item::Compound);
  if (window.is_all_spaces()) return {send, item};
  bool is_port = send.type() == Fpage::Type::Io;
  unsigned shift = send.type() == Fpage::Type::Memory ? 0 : Page_shift;
  Region from = Region::of(send, shift), to = Region::of(window, shift);
  // the smaller one as a whole, of the larger one the part that the hot spot names; ports keep their numbers
  bool narrows = to.order < from.order;
  Region const &small = narrows ? to : from, &large = narrows ? from : to;
  Word hot_spot = is_port ? small.base : item.hot_spot() >> shift;
  Word part = large.base + trunc_to(hot_spot & (large.size() - 1), small.order);
  Word source = (narrows ? part : small.base) << shift, destination = (narrows ? small.base : part) << shift;
  u8 rights = is_port && part != small.base ? 0 : send.rights();
  return {Fpage(send.type(), source, small.order, rights),
          Send_item(item.raw() - item.hot_spot() + destination)};
}
