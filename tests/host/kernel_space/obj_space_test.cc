// SPDX-License-Identifier: MIT
// Capability slots: abi/ipc.md section 4, abi/kernel-objects.md sections 2 and 2a.
#include "arch/host/host.h"
#include "fake_object.h"
#include "mem/kmem.h"

#include <gtest/gtest.h>
#include <thread>
#include <vector>

namespace {

constexpr u8 W = Cap_slot::W, S = Cap_slot::S, D = Cap_slot::D, Weak = Cap_slot::Weak,
             Server = Cap_slot::Server;
constexpr u8 All = Fpage::All;

Step clear_step(Obj_space &space, Quota &quota)
{
  Budget budget;
  return space.clear(quota, budget);
}

class Obj : public ::testing::Test {
protected:
  void SetUp() override
  {
    host::reset();
    before = Kmem::used_bytes();
  }
  void TearDown() override
  {
    for (Obj_space *space : {&a, &b})
      while (clear_step(*space, quota) == Step::More)
        ;
    EXPECT_EQ(quota.used(), 0u);
    EXPECT_EQ(Kmem::used_bytes(), before);
    for (Fake_object *object : {&x, &y})
      EXPECT_TRUE(object->is_dead() || object->cap_refs() == 0);
  }

  void put(Obj_space &space, Word index, Fake_object &object, u8 flags)
  {
    ASSERT_TRUE(space.put(Cap_index(index), quota, object, flags));
  }
  static Cap at(Obj_space &space, Word index) { return space.lookup(Cap_index(index)); }
  static Fpage fpage(Word index, unsigned order = 0, u8 rights = All)
  {
    return Fpage(Fpage::Type::Obj, index << 12, order, rights);
  }
  struct Outcome_of_map {
    Step step;
    bool mapped;
    unsigned steps;
  };
  Outcome_of_map map(Obj_space &from, Fpage send, Obj_space &to, Fpage window, Word control = 8,
                     u8 mask = 15)
  {
    Map_item item =
        Map_item::into(window, send.with_rights(send.rights() & mask), Send_item(control));
    unsigned steps = 1;
    Step step;
    while ((step = Obj_space::map(from, to, quota, item)) == Step::More)
      ++steps;
    return {step, item.mapped(), steps};
  }
  static unsigned unmap(Obj_space &space, Fpage pages, bool own = true, bool del = false)
  {
    Unmap_item item{.pages = pages, .own = own, .delete_obj = del};
    unsigned steps = 1;
    while (space.unmap(item) == Step::More)
      ++steps;
    EXPECT_EQ(item.access_flags, 0);
    return steps;
  }

  Word before = 0;
  Quota quota{0};
  Obj_space a, b;
  Fake_object x{quota}, y{quota};
};

TEST_F(Obj, entry_2_larger_indices_behave_as_empty)
{
  EXPECT_FALSE(at(a, 0));
  EXPECT_FALSE(at(a, 65536));
  EXPECT_FALSE(at(a, ~Word{0}));
  EXPECT_FALSE(a.put(Cap_index(65536), quota, x, W));
  put(a, 65535, x, W);
  EXPECT_EQ(at(a, 65535).object, &x);
}

TEST_F(Obj, objects_1_put_empties_the_slot_like_unmap_with_delete)
{
  put(a, 3, x, W | S | D);
  put(a, 3, y, W);
  EXPECT_TRUE(x.is_dead());
  EXPECT_EQ(at(a, 3).object, &y);
  Fake_object z(quota);
  put(b, 1, y, W);
  put(a, 3, z, W);
  EXPECT_FALSE(y.is_dead()) << "no D: only the slot is released";
  EXPECT_EQ(y.cap_refs(), 1);
  unmap(a, fpage(3));
  unmap(b, fpage(1));
}

TEST_F(Obj, ipc_4_map_copies_rights_named_by_the_flexpage)
{
  put(a, 1, x, W | S | D | Server);
  EXPECT_TRUE(map(a, fpage(1, 0, Fpage::Cap_r | Fpage::Cap_w), b, fpage(9)).mapped);
  EXPECT_EQ(at(b, 9).flags, W);
  EXPECT_TRUE(map(a, fpage(1), b, fpage(10)).mapped);
  EXPECT_EQ(at(b, 10).flags, W | S | D) << "server flavour only with attribute 0x20";
  EXPECT_TRUE(map(a, fpage(1), b, fpage(11), 8 | Attr_server).mapped);
  EXPECT_EQ(at(b, 11).flags, W | S | D | Server);
  EXPECT_TRUE(map(b, fpage(10), a, fpage(2), 8 | Attr_server).mapped);
  EXPECT_EQ(at(a, 2).flags, W | S | D) << "server flavour cannot be regained";
  EXPECT_EQ(x.cap_refs(), 5);
}

TEST_F(Obj, ipc_4_without_r_nothing_is_mapped_and_destination_is_untouched)
{
  put(a, 1, x, W | S);
  put(b, 1, y, W | D);
  EXPECT_FALSE(map(a, fpage(1, 0, W | S | D), b, fpage(1)).mapped);
  EXPECT_FALSE(map(a, fpage(2), b, fpage(1)).mapped) << "empty source";
  EXPECT_EQ(at(b, 1).object, &y);
  EXPECT_FALSE(map(a, fpage(1, 0, W), b, fpage(2), 8 | 2).mapped);
  EXPECT_TRUE(at(a, 1)) << "a grant without R keeps the source";
}

TEST_F(Obj, ipc_3_s_right_is_diminished_w_r_d_pass)
{
  put(a, 1, x, W | S | D);
  map(a, fpage(1), b, fpage(1), 8, u8(15 & ~Fpage::Cap_s));
  EXPECT_EQ(at(b, 1).flags, W | D);
}

TEST_F(Obj, ipc_4_weak_reference_does_not_keep_alive_and_copies_are_weak)
{
  put(a, 1, x, W | S);
  map(a, fpage(1), b, fpage(1), 8 | Attr_weak);
  map(b, fpage(1), b, fpage(2));
  EXPECT_EQ(at(b, 2).flags, W | S | Weak);
  EXPECT_EQ(x.cap_refs(), 1);
  unmap(a, fpage(1));
  EXPECT_TRUE(x.is_dead());
  EXPECT_FALSE(at(b, 1)) << "a dead object's slot is empty";
  x.clear_slots();
  EXPECT_FALSE(b.entry_of(Word{1} << 12));
  EXPECT_FALSE(b.entry_of(Word{2} << 12));
}

TEST_F(Obj, objects_2_unmap_without_r_withdraws_rights_of_this_slot_only)
{
  put(a, 1, x, W | S | D);
  map(a, fpage(1), b, fpage(1));
  unmap(a, fpage(1, 0, Fpage::Cap_s | Fpage::Cap_d));
  EXPECT_EQ(at(a, 1).flags, W);
  EXPECT_EQ(at(b, 1).flags, W | S | D);
}

TEST_F(Obj, objects_2_unmap_of_others_is_a_no_op)
{
  put(a, 1, x, W | D);
  map(a, fpage(1), b, fpage(1));
  unmap(a, fpage(1), false);
  EXPECT_TRUE(at(a, 1));
  EXPECT_TRUE(at(b, 1));
}

TEST_F(Obj, objects_2_delete_destroys_with_d_in_the_slot_only)
{
  put(a, 1, x, W);
  put(b, 1, x, W | D);
  unmap(a, fpage(1), true, true);
  EXPECT_FALSE(x.is_dead()) << "no D in the slot: the slot is emptied";
  EXPECT_FALSE(at(a, 1));
  put(a, 1, x, W);
  unmap(b, fpage(1, 0, Fpage::Cap_w), true, true);
  EXPECT_FALSE(x.is_dead()) << "delete has an effect only if R is named";
  unmap(b, fpage(1), true, true);
  EXPECT_TRUE(x.is_dead());
  EXPECT_FALSE(at(a, 1));
  x.clear_slots();
}

TEST_F(Obj, objects_2a_occupied_slot_is_emptied_and_nothing_is_accumulated)
{
  put(a, 1, x, W | S | D);
  put(b, 1, x, W | S);
  put(b, 5, x, W);
  EXPECT_TRUE(map(a, fpage(1, 0, Fpage::Cap_r), b, fpage(1), 8 | Attr_weak).mapped);
  EXPECT_EQ(at(b, 1).flags, Weak) << "a strong slot became weak, rights were replaced";
  EXPECT_EQ(x.cap_refs(), 2);
  put(b, 2, y, W | D);
  EXPECT_TRUE(map(a, fpage(1), b, fpage(2)).mapped);
  EXPECT_TRUE(y.is_dead()) << "the old capability had D";
}

TEST_F(Obj, objects_2a_same_object_with_d_is_destroyed_and_nothing_mapped)
{
  put(a, 1, x, W | S | D);
  put(b, 1, x, W | D);
  EXPECT_FALSE(map(a, fpage(1), b, fpage(1)).mapped);
  EXPECT_TRUE(x.is_dead());
  EXPECT_FALSE(at(b, 1));
  x.clear_slots();
}

TEST_F(Obj, objects_2a_last_counted_reference_overmapped_by_weak_copy_destroys)
{
  put(a, 1, x, W | Weak);
  put(b, 1, x, W);
  EXPECT_FALSE(map(a, fpage(1), b, fpage(1)).mapped);
  EXPECT_TRUE(x.is_dead());
  x.clear_slots();
}

TEST_F(Obj, objects_2a_own_slot_is_emptied)
{
  put(a, 1, x, W);
  put(a, 2, x, W);
  EXPECT_FALSE(map(a, fpage(1), a, fpage(1)).mapped);
  EXPECT_FALSE(at(a, 1));
  EXPECT_FALSE(x.is_dead());
  EXPECT_FALSE(map(a, fpage(2), a, fpage(2), 8 | 2).mapped);
  EXPECT_TRUE(x.is_dead()) << "it was the last";
  put(a, 3, y, W | D);
  put(a, 4, y, W);
  EXPECT_FALSE(map(a, fpage(3), a, fpage(3)).mapped);
  EXPECT_TRUE(y.is_dead()) << "destroyed if the slot has D";
  y.clear_slots();
}

TEST_F(Obj, objects_2a_grant_moves)
{
  put(a, 1, x, W | S | D);
  EXPECT_TRUE(map(a, fpage(1, 0, Fpage::Cap_r | W), b, fpage(4), 8 | 2).mapped);
  EXPECT_FALSE(at(a, 1));
  EXPECT_EQ(at(b, 4).flags, W);
  EXPECT_EQ(x.cap_refs(), 1);
  EXPECT_FALSE(x.is_dead());
}

TEST_F(Obj, objects_2a_grant_of_last_counted_as_weak_destroys)
{
  put(a, 1, x, W | D);
  map(a, fpage(1), b, fpage(1), 8 | 2 | Attr_weak);
  EXPECT_TRUE(x.is_dead());
  x.clear_slots();
  EXPECT_FALSE(b.entry_of(Word{1} << 12));
}

TEST_F(Obj, objects_4_dec_refcnt_takes_effect_at_next_counted_unmap)
{
  put(a, 1, x, W);
  put(a, 2, x, W);
  put(a, 3, x, W | Weak);
  x.drop_cap_refs(3);
  EXPECT_EQ(x.cap_refs(), -1);
  EXPECT_FALSE(x.is_dead());
  unmap(a, fpage(3));
  EXPECT_FALSE(x.is_dead()) << "a weak slot is not counted";
  unmap(a, fpage(1));
  EXPECT_TRUE(x.is_dead());
  x.clear_slots();
}

TEST_F(Obj, ipc_4_placement_of_blocks)
{
  put(a, 16 + 5, x, W);
  put(a, 16 + 6, y, W);
  // R >= S: window base + (hot spot mod R) rounded down to S
  EXPECT_TRUE(map(a, fpage(16, 3), b, fpage(64, 5), (Word{999 * 32 + 19} << 12) | 8).mapped);
  EXPECT_EQ(at(b, 64 + 16 + 5).object, &x);
  EXPECT_EQ(at(b, 64 + 16 + 6).object, &y);
  // R < S: the hot spot selects the part of the source
  EXPECT_TRUE(map(a, fpage(16, 3), b, fpage(200, 1), (Word{7} << 12) | 8).mapped);
  EXPECT_EQ(at(b, 200).object, &y);
  EXPECT_FALSE(at(b, 201));
  // all-spaces window: the hot spot rounded down to the size of the send flexpage
  EXPECT_TRUE(map(a, fpage(16, 3), b, Fpage(Fpage::All_spaces), (Word{1003} << 12) | 8).mapped);
  EXPECT_EQ(at(b, 1000 + 5).object, &x);
}

TEST_F(Obj, ipc_4_holes_leave_the_destination)
{
  put(a, 1, x, W);
  put(b, 0, y, W);
  put(b, 1, y, W);
  EXPECT_TRUE(map(a, fpage(0, 1), b, fpage(0, 1)).mapped);
  EXPECT_EQ(at(b, 0).object, &y);
  EXPECT_EQ(at(b, 1).object, &x);
}

TEST_F(Obj, step_whole_space_is_bounded_and_complete)
{
  for (Word i : {0, 1, 127, 128, 5000, 65535})
    put(a, i, x, W);
  auto result = map(a, fpage(0, Fpage::Whole_space), b, fpage(0, Fpage::Whole_space));
  EXPECT_TRUE(result.mapped);
  for (Word i : {0, 1, 127, 128, 5000, 65535})
    EXPECT_EQ(at(b, i).object, &x);
  unmap(b, Fpage(Fpage::All_spaces | Fpage::Cap_r));
  EXPECT_EQ(x.cap_refs(), 6);
}

TEST_F(Obj, step_deletion_of_an_object_with_many_slots_is_bounded)
{
  constexpr Word Slots = 10000;
  for (Word i = 0; i < Slots; ++i)
    put(a, i, x, W);
  EXPECT_GE(map(a, fpage(0, 16), b, fpage(0, 16)).steps,
            Slots / (Budget::Instructions / Budget::Copy + 1));
  EXPECT_EQ(x.cap_refs(), i32(2 * Slots));
  x.die();
  EXPECT_GE(x.clear_slots(), 2 * Slots / 128);
  for (Word i = 0; i < Slots; ++i)
    ASSERT_FALSE(a.entry_of(Word{i} << 12));
  put(a, 1, y, W);
  unmap(a, fpage(1));
}

TEST_F(Obj, quota_exhaustion_maps_nothing_and_leaks_nothing)
{
  put(a, 1, x, W);
  for (Word limit : {Word{1}, Page_size, 2 * Page_size - 1}) {
    Quota small(limit);
    Obj_space space;
    Map_item item = Map_item::into(fpage(1), fpage(1), Send_item(8));
    EXPECT_EQ(Obj_space::map(a, space, small, item), Step::No_memory);
    EXPECT_FALSE(item.mapped());
    while (clear_step(space, small) == Step::More)
      ;
    EXPECT_EQ(small.used(), 0u);
  }
}

TEST_F(Obj, smp_concurrent_map_and_delete_keep_lists_intact)
{
  for (int round = 0; round < 200; ++round) {
    Fake_object object(quota);
    put(a, 1, object, W | S | D);
    auto copy = [&](Word base) {
      for (Word i = 0; i < 200; ++i) {
        Map_item item = Map_item::into(fpage(base + i % 7), fpage(1), Send_item(8));
        while (Obj_space::map(a, b, quota, item) == Step::More)
          ;
        if (base < 100) unmap(b, fpage(100 + i % 7));
      }
    };
    std::thread one(copy, 10), two(copy, 100);
    if (round % 2) unmap(a, fpage(1), true, true);
    one.join(), two.join();
    unmap(a, fpage(1), true, true);
    EXPECT_TRUE(object.is_dead());
    object.clear_slots();
    for (Word i = 0; i < 128; ++i)
      ASSERT_FALSE(b.entry_of(Word{i} << 12));
  }
}

} // namespace
