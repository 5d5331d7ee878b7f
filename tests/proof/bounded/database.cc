// SPDX-License-Identifier: MIT
// The mapping database: all states that can be reached in a small world, by all ways of one more operation.
//
// A state is reached again by the operations that led to it first; then each operation is tried in it, in the
// kernel and in the model, and everything that can be seen is compared. New states of the model are queued
// until there are none.
#include "arch/host/host.h"
#include "check.h"
#include "mapping_model.h"
#include "mem/kmem.h"
#include "space/mem_space.h"

#include <deque>
#include <set>
#include <string>
#include <vector>

namespace {

constexpr int Spaces = 3; ///< 0 is sigma0's
constexpr u8 Rwx = 7, Rx = 5, W = 2;
constexpr Word Mib2 = Superpage_size;

struct Place {
  int space;
  Word address;
  unsigned order = Page_shift;
};

struct Operation {
  enum class Kind : u8 { Map, Map_quick, Grant, Unmap, Unmap_quick } kind;
  Place from, to;
  u8 rights;
  bool own;
};

using Path = std::vector<unsigned>;

class World {
public:
  World()
  {
    host::reset();
    for (int i = 0; i < Spaces; ++i)
      expect(spaces[i].init(quota[i], i ? Map_space::Identity::No : Map_space::Identity::Yes),
             "memory for space", i);
  }
  /// Everything goes, and every byte comes back.
  ~World()
  {
    for (int i = 0; i < Spaces; ++i) {
      Tlb_batch tlb;
      Budget budget;
      while (spaces[i].clear(budget, tlb) == Step::More)
        budget = Budget();
      expect(quota[i].used() == 0, "quota is not returned", i, quota[i].used());
    }
  }
  void run(Operation const &op);
  void compare_at(Place const &place);

  Mapping_model model{Spaces};

private:
  bool map(Operation const &op);
  u8 unmap(Operation const &op);

  Quota quota[Spaces] = {Quota(0), Quota(0), Quota(0)};
  Mem_space spaces[Spaces];
};

bool World::map(Operation const &op)
{
  Map_item item{.send = Fpage(Fpage::Type::Memory, op.from.address, op.from.order, op.rights),
                .control = Send_item(op.to.address | 8 | (op.kind == Operation::Kind::Grant ? 2 : 0))};
  Mem_space &from = spaces[op.from.space], &to = spaces[op.to.space];
  if (op.kind == Operation::Kind::Map_quick &&
      Mem_space::map_page(from, op.from.address, to, op.to.address, item.control, op.rights))
    return true;
  Step step;
  Tlb_batch tlb;
  do
    step = Mem_space::map(from, to, item, tlb);
  while (step == Step::More);
  expect(step == Step::Done, "step", unsigned(step));
  return item.mapped();
}

u8 World::unmap(Operation const &op)
{
  Mem_space &space = spaces[op.from.space];
  Tlb_batch tlb;
  u8 flags = 0;
  if (op.kind == Operation::Kind::Unmap_quick && space.unmap_page(op.from.address, flags, tlb))
    return flags;
  Unmap_item item{.pages = Fpage(Fpage::Type::Memory, op.from.address, op.from.order, op.rights),
                  .own = op.own};
  while (space.unmap(item, tlb) == Step::More) {
  }
  return item.access_flags;
}

void World::run(Operation const &op)
{
  Word size = Word{1} << op.from.order;
  if (op.kind >= Operation::Kind::Unmap) {
    u8 expected = model.unmap(op.from.space, op.from.address, size, op.rights, op.own);
    expect(unmap(op) == expected, "access flags", expected);
    return;
  }
  bool expected = model.map(op.from.space, op.to.space, op.from.address, op.to.address, size,
                            op.rights, op.kind == Operation::Kind::Grant);
  expect(map(op) == expected, "mapped", expected);
}

/// What the processor finds at both ends of a place, against the model.
void World::compare_at(Place const &place)
{
  for (Word address : {place.address, place.address + (Word{1} << place.order) - Page_size}) {
    auto *expected = model.find(place.space, address);
    Word entry = spaces[place.space].root_word();
    int level = 4;
    do {
      --level;
      Word const *table =
          static_cast<Word *>(Kmem::virt_of(Phys_addr(entry & Page_entry::Frame_mask)));
      entry = table[address >> (12 + 9 * level) & 511];
    } while (level && entry & 1 && !(level == 1 && entry & 0x80));
    bool present = entry & 1;
    expect(present == bool(expected), "present", place.space, address, entry);
    if (!expected) continue;
    u8 rights = u8(4 | (entry & 2) | (entry >> 63 ? 0 : 1));
    expect(rights == expected->rights, "rights", place.space, address, rights, expected->rights);
    expect((level == 1) == expected->large, "size", place.space, address);
    expect((entry & Page_entry::Frame_mask) == expected->frame, "frame", place.space, address);
  }
}

/// All operations between some places; `small`: also by the short way.
std::vector<Operation> operations(std::vector<Place> const &places)
{
  using Kind = Operation::Kind;
  std::vector<Operation> all;
  for (Place const &from : places) {
    bool small = from.order == Page_shift;
    for (Place const &to : places)
      for (u8 rights : {Rwx, Rx}) {
        if (to.space == 0 || to.order != from.order) continue;
        all.push_back({Kind::Map, from, to, rights, false});
        if (small) all.push_back({Kind::Map_quick, from, to, rights, false});
        if (from.space) all.push_back({Kind::Grant, from, to, rights, false});
      }
    for (bool own : {false, true})
      for (u8 rights : {Rwx, W})
        all.push_back({Kind::Unmap, from, {}, rights, own});
    if (small) all.push_back({Kind::Unmap_quick, from, {}, Rwx, true});
  }
  return all;
}

void explore(char const *name, std::vector<Place> const &places)
{
  std::vector<Operation> const all = operations(places);
  std::set<std::string> known;
  std::deque<Path> queue{{}};
  while (!queue.empty()) {
    Path path = queue.front();
    queue.pop_front();
    for (unsigned next = 0; next < all.size(); ++next) {
      World world;
      for (unsigned op : path)
        world.run(all[op]);
      world.run(all[next]);
      for (Place const &place : places)
        world.compare_at(place);
      if (!known.insert(world.model.describe()).second) continue;
      queue.push_back(path);
      queue.back().push_back(next);
    }
  }
  std::printf("%s: %zu states, %zu operations in each\n", name, known.size(), all.size());
}

} // namespace

int main()
{
  explore("small pages", {{0, 0}, {1, Mib2}, {1, Mib2 + Page_size}, {2, Mib2}, {2, Mib2 + Page_size}});
  explore("large pages and pieces",
          {{0, 0, 21}, {0, Page_size}, {1, 2 * Mib2, 21}, {1, 2 * Mib2 + Page_size}, {2, 4 * Mib2, 21},
           {2, 4 * Mib2 + Page_size}});
  return done();
}
