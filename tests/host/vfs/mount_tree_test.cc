// SPDX-License-Identifier: MIT
#include "mount_tree.h"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <random>
#include <string>

using Dir = std::shared_ptr<std::string>;
using Tree = L4Re::Vfs::Mount_tree_t<Dir>;

namespace {

Dir dir(char const *name)
{
  return std::make_shared<std::string>(name);
}

std::string find(Tree const &tree, char const *path)
{
  auto const place = tree.find(path);
  if (!place.dir) return "nothing";
  return *place.dir + ":" + place.rest + (place.exact ? "!" : "");
}

TEST(Mount_tree, is_empty_at_first)
{
  Tree tree;
  EXPECT_EQ(find(tree, "/"), "nothing");
  EXPECT_EQ(find(tree, "/a/b"), "nothing");
  EXPECT_EQ(tree.child_name("/", 0), nullptr);
}

TEST(Mount_tree, finds_the_innermost_directory)
{
  Tree tree;
  ASSERT_EQ(tree.mount("/", dir("root")), 0);
  ASSERT_EQ(tree.mount("/a", dir("a")), 0);
  ASSERT_EQ(tree.mount("/a/b/c", dir("c")), 0);
  EXPECT_EQ(find(tree, "/"), "root:!");
  EXPECT_EQ(find(tree, "/x/y"), "root:x/y");
  EXPECT_EQ(find(tree, "/a"), "a:!");
  EXPECT_EQ(find(tree, "/ab"), "root:ab");
  EXPECT_EQ(find(tree, "/a/x"), "a:x");
  EXPECT_EQ(find(tree, "/a/b"), "a:b!");
  EXPECT_EQ(find(tree, "/a/b/x"), "a:b/x");
  EXPECT_EQ(find(tree, "/a/b/c"), "c:!");
  EXPECT_EQ(find(tree, "/a/b/c/d/e"), "c:d/e");
}

TEST(Mount_tree, names_children_of_any_node)
{
  Tree tree;
  ASSERT_EQ(tree.mount("/a/b", dir("b")), 0);
  ASSERT_EQ(tree.mount("/a/c", dir("c")), 0);
  EXPECT_STREQ(tree.child_name("/", 0), "a");
  EXPECT_EQ(tree.child_name("/", 1), nullptr);
  std::string names = std::string(tree.child_name("/a", 0)) + tree.child_name("/a", 1);
  EXPECT_TRUE(names == "bc" || names == "cb") << names;
  EXPECT_EQ(tree.child_name("/x", 0), nullptr);
}

TEST(Mount_tree, refuses_and_forgets)
{
  Tree tree;
  Dir was;
  ASSERT_EQ(tree.mount("/a/b", dir("b")), 0);
  EXPECT_EQ(tree.mount("/a/b", dir("again")), -EEXIST);
  EXPECT_EQ(tree.unmount("/a", &was), -EINVAL);
  EXPECT_EQ(tree.unmount("/a/b/c", &was), -EINVAL);
  ASSERT_EQ(tree.mount("/a/b/c", dir("c")), 0);
  EXPECT_EQ(tree.unmount("/a/b", &was), -EBUSY);
  EXPECT_EQ(tree.unmount("/a/b/c", &was), 0);
  EXPECT_EQ(*was, "c");
  EXPECT_EQ(tree.unmount("/a/b", &was), 0);
  EXPECT_EQ(tree.child_name("/", 0), nullptr) << "names that lead nowhere are gone";
}

TEST(Mount_tree, agrees_with_a_map_at_random)
{
  std::mt19937 random(42);
  std::map<std::string, Dir> reference;
  Tree tree;
  auto path = [&] {
    std::string p;
    for (unsigned n = random() % 4; n; --n)
      p += std::string("/") + "abc"[random() % 3];
    return p.empty() ? std::string("/") : p;
  };
  for (int i = 0; i < 20000; ++i) {
    std::string const p = path();
    if (random() % 3 == 0) {
      int const e = tree.mount(p.c_str(), dir(p.c_str()));
      EXPECT_EQ(e, reference.count(p) ? -EEXIST : 0);
      if (!e) reference[p] = dir(p.c_str());
    } else if (random() % 2) {
      Dir was;
      if (tree.unmount(p.c_str(), &was) == 0) {
        EXPECT_EQ(*was, p);
        EXPECT_EQ(reference.erase(p), 1U);
      }
    }
    std::string const q = path();
    std::string best;
    for (auto const &[name, d] : reference)
      if (name == "/" || q == name || q.rfind(name + "/", 0) == 0)
        if (name.size() > best.size()) best = name;
    auto const place = tree.find(q.c_str());
    ASSERT_EQ(place.dir ? *place.dir : "", best) << q;
  }
}

} // namespace
