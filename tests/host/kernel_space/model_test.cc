// SPDX-License-Identifier: MIT
// Long random runs: the kernel against the model, interleaved steps, concurrent CPUs.
#include "mapping_model.h"
#include "space_probe.h"

#include <atomic>
#include <random>
#include <thread>
#include <vector>

namespace {

constexpr int Spaces = 5;
constexpr Word Universe = 4 * Mib2; ///< addresses of each space; sigma0's are the frames

using Random = std::mt19937_64;

struct World {
  World()
  {
    host::reset();
    for (int i = 0; i < Spaces; ++i)
      EXPECT_TRUE(spaces[i].space.init(spaces[i].quota,
                                       i ? Map_space::Identity::No : Map_space::Identity::Yes));
  }
  Mem_space &operator[](int i) { return spaces[i].space; }
  Owned<Mem_space> spaces[Spaces];
};

struct Operation {
  int from, to;
  Word source, destination;
  unsigned order;
  u8 rights;
  bool flag; ///< grant, or own

  static Operation random(Random &r)
  {
    // around a few places, so that mappings meet
    unsigned order = unsigned(r() % 8 < 5 ? 12 : r() % 10 ? 13 + r() % 4 : 21 + r() % 2);
    auto place = [&] { return trunc_to(r() % Universe & ~Word{0x1c0000}, order); };
    u8 rights = u8(r() % 4 ? 7 : r() % 8);
    return {int(r() % Spaces), int(r() % Spaces), place(), place(), order, rights, r() % 6 == 0};
  }
  Map_item map_item() const
  {
    return {.send = mem(source, order, rights),
            .control = Send_item(destination | Map_control | (flag ? Grant : 0))};
  }
  Word size() const { return Word{1} << order; }
};

/// Small pages go the short way every other time.
Mapped run_map(World &world, Operation const &op, bool quick)
{
  Mem_space &from = world[op.from], &to = world[op.to];
  if (quick && op.order == 12 && !op.flag && op.rights & R &&
      Mem_space::map_page(from, op.source, to, op.destination, op.map_item().control, op.rights))
    return {Step::Done, true, 1};
  return map_all(from, to, op.map_item());
}

u8 run_unmap(World &world, Operation const &op, u8 rights, bool own, bool quick)
{
  Tlb_batch tlb;
  u8 flags = 0;
  if (quick && op.order == 12 && own && rights & R &&
      world[op.from].unmap_page(op.source, flags, tlb))
    return flags;
  return unmap_all(world[op.from], mem(op.source, op.order, rights), own).access_flags;
}

void compare(World &world, Mapping_model &model)
{
  for (int s = 0; s < Spaces; ++s)
    for (Word address = 0; address < Universe; address += Kib4) {
      auto real = translate(world[s], address);
      auto *expected = model.find(s, address);
      if (model.is_pinned(s, address)) {
        ASSERT_TRUE(real && real->rights == (R | W));
        continue;
      }
      ASSERT_EQ(bool(real), bool(expected)) << "space " << s << " address " << std::hex << address;
      if (!real) continue;
      ASSERT_EQ(real->frame, expected->frame + (address - expected->address));
      ASSERT_EQ(real->large, expected->large);
      ASSERT_EQ(real->rights, expected->rights);
      ASSERT_EQ(*real->entry >> 5 & 3, expected->flags);
    }
}

void run_against_model(unsigned seed, unsigned operations)
{
  World world;
  Mapping_model model(Spaces);
  Random r(seed);
  for (unsigned n = 0; n < operations; ++n) {
    Operation op = Operation::random(r);
    SCOPED_TRACE(testing::Message() << "seed " << seed << " operation " << n);
    unsigned kind = unsigned(r() % 16);
    if (kind < 9) {
      bool expected =
          model.map(op.from, op.to, op.source, op.destination, op.size(), op.rights, op.flag);
      Mapped real = run_map(world, op, n % 2);
      ASSERT_EQ(real.step, Step::Done);
      ASSERT_EQ(real.mapped, expected);
    } else if (kind < 13) {
      u8 rights = r() % 3 ? op.rights : u8(r() % 4);
      bool own = r() % 2;
      u8 expected = model.unmap(op.from, op.source, op.size(), rights, own);
      ASSERT_EQ(run_unmap(world, op, rights, own, n % 2), expected);
    } else if (kind < 15) {
      if (model.is_pinned(op.from, op.source)) continue;
      ASSERT_EQ(touch(world[op.from], op.source, op.flag),
                model.touch(op.from, op.source, op.flag));
    } else if (r() % 400 == 0 && op.order <= 16) {
      ASSERT_EQ(add_ku_mem(world[op.to], mem(op.destination, op.order)) == Errno::Ok,
                model.pin(op.to, op.destination, op.size()));
    }
    if (n % 500 == 0 || n + 1 == operations) {
      compare(world, model);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
  EXPECT_GT(model.size(), 50u) << "the run was interesting to its end";
}

TEST(Model, random_operations_agree_with_the_model)
{
  for (unsigned seed = 1; seed <= 5; ++seed)
    run_against_model(seed, 20000);
}

// Every mapping is below a root of sigma0: whatever happened, this empties all spaces.
void expect_all_gone(World &world)
{
  unmap_all(world[0], mem(0, Fpage::Whole_space), true);
  for (int s = 0; s < Spaces; ++s)
    for (Word address = 0; address < Universe; address += Kib4)
      ASSERT_FALSE(translate(world[s], address))
          << "space " << s << " address " << std::hex << address;
}

TEST(Model, steps_of_many_operations_interleaved)
{
  World world;
  Random r(99);
  struct Running {
    bool maps;
    Operation op;
    Map_item map;
    Unmap_item unmap;
  };
  auto start = [&]() -> Running {
    Operation op = Operation::random(r);
    op.order = unsigned(r() % 3 ? 21 : 16);
    if (op.from == 0) op.flag = false; // a root stays sigma0's, for expect_all_gone
    if (op.to == 0) op.to = 1;
    return {r() % 3 != 0,
            op,
            op.map_item(),
            {.pages = mem(op.source, op.order, op.rights), .own = op.flag && op.from}};
  };
  std::vector<Running> running;
  for (int i = 0; i < 12; ++i)
    running.push_back(start());
  for (unsigned n = 0; n < 60000; ++n) {
    Running &job = running[r() % running.size()];
    Tlb_batch tlb;
    Step step = job.maps ? Mem_space::map(world[job.op.from], world[job.op.to], job.map, tlb)
                         : world[job.op.from].unmap(job.unmap, tlb);
    // an operation may also be given up in its middle
    if (step == Step::Done || r() % 100 == 0) job = start();
  }
  expect_all_gone(world);
}

TEST(Model, smp_two_cpus)
{
  World world;
  std::atomic<unsigned> total = 0;
  auto cpu = [&](Cpu_id id) {
    host::set_cpu(id, nullptr);
    Random r(id + 1);
    for (unsigned n = 0; n < 15000; ++n) {
      Operation op = Operation::random(r);
      if (op.from == 0) op.flag = false;
      if (op.to == 0) op.to = 1;
      if (r() % 3) {
        total += run_map(world, op, n % 2).mapped;
      } else {
        u8 rights = r() % 3 ? op.rights : u8(r() % 4);
        run_unmap(world, op, rights, op.flag && op.from, n % 2);
      }
    }
  };
  std::thread one(cpu, 0), two(cpu, 1);
  one.join(), two.join();
  EXPECT_GT(total, 1000u);
  expect_all_gone(world);
}

TEST(Model, smp_spaces_die_while_others_map_from_them)
{
  World world;
  std::atomic<bool> stop = false;
  // CPU 1 makes and destroys tasks; CPU 0 takes the pages that they were given back all the time
  std::thread destroyer([&] {
    host::set_cpu(1, nullptr);
    for (int n = 0; n < 300; ++n) {
      Owned<Mem_space> child;
      ASSERT_TRUE(child.space.init(child.quota));
      for (int s : {1, 2})
        map_all(world[s], child.space,
                {.send = mem(0, 22),
                 .control = Send_item(Mib2 * 8 | 8)});
      map_all(
          child.space, world[3],
          {.send = mem(Mib2 * 8, 21), .control = Send_item(8)});
    }
    stop = true;
  });
  Random r(5);
  while (!stop) {
    int s = 1 + int(r() % 2);
    Word where = r() % Universe & ~(Kib4 - 1);
    map_all(world[0], world[s],
            {.send = mem(where, r() % 2 ? 12 : 21),
             .control = Send_item(where | 8)});
    unmap_all(world[s], mem(r() % Universe & ~(Kib4 - 1), 12 + r() % 10), r() % 2);
  }
  destroyer.join();
  expect_all_gone(world);
}

} // namespace
