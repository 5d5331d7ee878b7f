// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <l4/cxx/avl_map>
#include <l4/cxx/avl_set>
#include <l4/cxx/avl_tree>
#include <l4/cxx/bitmap>
#include <l4/cxx/list>
#include <l4/cxx/slab_alloc>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace {

struct Number : cxx::Avl_tree_node {
  explicit Number(int v) : value(v) {}
  int value;
};
struct Key {
  typedef int Key_type;
  static int const &key_of(Number const *n) { return n->value; }
};
typedef cxx::Avl_tree<Number, Key> Numbers;

TEST(Avl_tree, behaves_as_a_sorted_set_and_stays_balanced)
{
  std::mt19937 random(1);
  Numbers tree;
  std::map<int, std::unique_ptr<Number>> model;

  for (unsigned step = 0; step < 20000; ++step) {
    int v = static_cast<int>(random() % 300);
    if (random() % 2) {
      auto n = std::make_unique<Number>(v);
      bool inserted = tree.insert(n.get()).second;
      ASSERT_EQ(inserted, !model.count(v));
      if (inserted) model[v] = std::move(n);
    } else {
      Number *removed = tree.remove(v);
      auto i = model.find(v);
      ASSERT_EQ(removed, i == model.end() ? nullptr : i->second.get());
      if (removed) model.erase(v);
    }
    if (step % 50 == 0) {
      ASSERT_TRUE(tree.consistent());
    }
    int probe = static_cast<int>(random() % 310);
    auto bound = model.lower_bound(probe);
    ASSERT_EQ(tree.lower_bound_node(probe), bound == model.end() ? nullptr : bound->second.get());
  }

  auto expected = model.begin();
  for (auto &n : tree)
    ASSERT_EQ(n.value, (expected++)->first);
  ASSERT_EQ(expected, model.end());
  auto backwards = model.rbegin();
  for (auto i = tree.rbegin(); i != tree.rend(); ++i)
    ASSERT_EQ(i->value, (backwards++)->first);

  unsigned count = 0;
  tree.remove_all([&](Number *) { ++count; });
  EXPECT_EQ(count, model.size());
  EXPECT_TRUE(tree.empty());
}

TEST(Avl_tree, ascending_and_descending_insertion)
{
  for (int sign : {1, -1}) {
    std::vector<std::unique_ptr<Number>> storage;
    Numbers tree;
    for (int i = 0; i < 1000; ++i) {
      storage.push_back(std::make_unique<Number>(sign * i));
      tree.insert(storage.back().get());
    }
    EXPECT_TRUE(tree.consistent());
    for (int i = 0; i < 1000; i += 2)
      EXPECT_TRUE(tree.remove(sign * i));
    EXPECT_TRUE(tree.consistent());
  }
}

TEST(Avl_set, results)
{
  cxx::Avl_set<std::string> set;
  EXPECT_EQ(set.insert("b").second, 0);
  EXPECT_EQ(set.insert("a").second, 0);
  EXPECT_EQ(set.insert("a").second, -17);
  EXPECT_EQ(*set.begin(), "a");
  EXPECT_TRUE(set.find_node("b"));
  EXPECT_FALSE(set.find_node("c"));
  EXPECT_EQ(set.remove("b"), 0);
  EXPECT_EQ(set.remove("b"), -2);
}

TEST(Avl_map, data)
{
  cxx::Avl_map<int, std::string> map;
  EXPECT_EQ(map.insert(3, "three").second, 0);
  EXPECT_EQ(map.insert(1, "one").second, 0);
  EXPECT_EQ(map[3], "three");
  map[3] = "drei";
  EXPECT_EQ(map.find_node(3)->second, "drei");
  EXPECT_EQ(map.lower_bound_node(2)->first, 3);
}

TEST(Slab, objects_are_distinct_and_come_back)
{
  struct Obj {
    long v[5];
  };
  cxx::Slab<Obj> slab;
  std::set<Obj *> objs;
  for (unsigned i = 0; i < 1000; ++i) {
    Obj *o = slab.alloc();
    ASSERT_TRUE(o);
    o->v[4] = i;
    ASSERT_TRUE(objs.insert(o).second);
  }
  for (Obj *o : objs)
    slab.free(o);
  EXPECT_TRUE(slab.alloc());
}

TEST(Bitmap, scan_goes_around)
{
  cxx::Bitmap<130> map;
  map.clear_all();
  for (long i = 0; i < 130; ++i) {
    EXPECT_EQ(map.scan_zero(), i);
    map.set_bit(i);
  }
  EXPECT_EQ(map.scan_zero(), -1);
  map.clear_bit(5);
  EXPECT_EQ(map.scan_zero(100), 5);
  map[7] = false;
  EXPECT_EQ(map.scan_zero(6), 7);
  EXPECT_TRUE(map.atomic_get_and_set(7) == false);
}

struct Item : cxx::H_list_item, cxx::D_list_item, cxx::S_list_item {
  explicit Item(int v) : v(v) {}
  int v;
};

template <typename LIST> std::vector<int> values(LIST const &list)
{
  std::vector<int> v;
  for (auto i = list.begin(); i != list.end(); ++i)
    v.push_back(i->v);
  return v;
}

TEST(Lists, h_list)
{
  Item a(1), b(2), c(3);
  cxx::H_list<Item> list;
  list.add(&a);
  list.add(&b);
  list.insert_before(&c, list.iter(&a));
  EXPECT_EQ(values(list), (std::vector<int>{2, 3, 1}));
  c.l_remove();
  EXPECT_EQ(values(list), (std::vector<int>{2, 1}));
  list.replace(&b, &c);
  EXPECT_EQ(values(list), (std::vector<int>{3, 1}));
  cxx::H_list<Item> other(std::move(list));
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(other.pop_front(), &c);
  EXPECT_FALSE(c.l_in_list());
}

TEST(Lists, d_list_and_s_list)
{
  Item a(1), b(2), c(3);
  {
    cxx::D_list<Item> list;
    list.push_back(&a);
    list.push_back(&c);
    list.insert_after(&b, list.iter(&a));
    EXPECT_EQ(values(list), (std::vector<int>{1, 2, 3}));
    auto next = list.erase(list.iter(&b));
    EXPECT_EQ(*next, &c);
    EXPECT_FALSE(list.in_list(&b));
    EXPECT_EQ(list.back(), &c);
  }
  cxx::S_list_tail<Item> queue;
  queue.push_back(&a);
  queue.push_back(&b);
  EXPECT_EQ(queue.pop_front(), &a);
  EXPECT_EQ(queue.pop_front(), &b);
  queue.push_back(&c);
  EXPECT_EQ(queue.front(), &c);
}

} // namespace
