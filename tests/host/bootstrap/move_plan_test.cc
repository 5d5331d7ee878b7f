// SPDX-License-Identifier: MIT
// Random tangles of sources and targets, carried out on a small memory.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "move_plan.h"
#include "simulation.h"

using namespace boot;

namespace {

constexpr Addr Places = 400;

struct Thing {
  std::vector<uint8_t> bytes;
  Range source;
  std::vector<Range> targets; ///< together as long as the source; block: one
  bool is_block;
};

/// Disjoint random ranges of the given sizes, in random order; false if the dice did not fit.
bool scatter(std::mt19937 &random, std::vector<Addr> const &sizes, std::vector<Range> &places)
{
  std::vector<bool> taken(Places);
  places.clear();
  for (Addr size : sizes) {
    bool placed = false;
    for (int tries = 0; tries < 50 && !placed; ++tries) {
      Addr start = random() % (Places - size);
      placed = std::none_of(taken.begin() + start, taken.begin() + start + size,
                            [](bool b) { return b; });
      if (!placed) continue;
      std::fill(taken.begin() + start, taken.begin() + start + size, true);
      places.push_back({start, start + size});
    }
    if (!placed) return false;
  }
  return true;
}

bool make_things(std::mt19937 &random, std::vector<Thing> &things)
{
  std::vector<Addr> source_sizes, target_sizes;
  things.assign(1 + random() % 12, {});
  for (Thing &thing : things) {
    thing.is_block = random() % 3;
    thing.bytes = random_bytes(random(), random() % 25);
    source_sizes.push_back(thing.bytes.size());
    Addr rest = thing.bytes.size();
    for (int parts = thing.is_block ? 1 : 3; parts > 0; --parts) {
      Addr part = parts == 1 ? rest : random() % (rest + 1);
      target_sizes.push_back(part);
      rest -= part;
    }
  }
  std::vector<Range> sources, targets;
  if (!scatter(random, source_sizes, sources) || !scatter(random, target_sizes, targets))
    return false;
  size_t next = 0;
  for (size_t i = 0; i < things.size(); ++i) {
    things[i].source = sources[i];
    for (int parts = things[i].is_block ? 1 : 3; parts > 0; --parts)
      things[i].targets.push_back(targets[next++]);
  }
  return true;
}

} // namespace

TEST(Move_plan, brings_everything_to_its_place)
{
  std::mt19937 random(7);
  unsigned done = 0, parkings = 0;
  while (done < 3000) {
    std::vector<Thing> things;
    if (!make_things(random, things)) continue;
    ++done;

    // The upper half of memory is free for parking.
    std::vector<uint8_t> memory(Places * 4);
    std::vector<Move_plan::Item> items;
    for (Thing &thing : things) {
      std::copy(thing.bytes.begin(), thing.bytes.end(), memory.begin() + thing.source.start);
      items.push_back({thing.source, {thing.targets.data(), thing.targets.size()}, thing.is_block});
    }
    Move_plan plan({items.data(), items.size()});
    Addr free = Places;
    size_t executed = 0, parked = 0;
    for (;;) {
      auto step = plan.next();
      if (step.action == Move_plan::Action::Finished) break;
      Range source = items[step.item].source;
      if (step.action == Move_plan::Action::Park) {
        std::copy_n(memory.begin() + source.start, source.size(), memory.begin() + free);
        plan.parked(step.item, free);
        free += source.size();
        ++parked;
        ASSERT_LE(parked, things.size());
        continue;
      }
      ++executed;
      Thing &thing = things[step.item];
      std::vector<uint8_t> block(memory.begin() + source.start, memory.begin() + source.end);
      Addr from = source.start;
      for (Range target : thing.targets) {
        if (thing.is_block)
          std::copy(block.begin(), block.end(), memory.begin() + target.start);
        else // part by part from where it lies, as an ELF file is loaded
          std::copy_n(memory.begin() + from, target.size(), memory.begin() + target.start);
        from += target.size();
      }
    }
    ASSERT_EQ(executed, things.size());
    for (Thing &thing : things) {
      size_t at = 0;
      for (Range target : thing.targets)
        for (Addr i = target.start; i < target.end; ++i)
          ASSERT_EQ(memory[i], thing.bytes[at++]) << "round " << done;
    }
    parkings += parked;
  }
  EXPECT_GT(parkings, 100u) << "no circle was ever tried";
}

TEST(Move_plan, the_usual_case_parks_nothing)
{
  // As QEMU does it: one behind the other, all have to move up a little.
  std::vector<Range> targets;
  std::vector<Move_plan::Item> items;
  for (Addr i = 0; i < 200; ++i)
    targets.push_back({0x10000 + i * 0x1000, 0x10f00 + i * 0x1000});
  for (Addr i = 0; i < 200; ++i)
    items.push_back({{0x8000 + i * 0x1000, 0x8f00 + i * 0x1000}, {&targets[i], 1}, true});
  Move_plan plan({items.data(), items.size()});
  for (size_t i = 200; i-- > 0;) {
    auto step = plan.next();
    EXPECT_EQ(step.action, Move_plan::Action::Execute);
    EXPECT_EQ(step.item, i);
  }
  EXPECT_EQ(plan.next().action, Move_plan::Action::Finished);
}
