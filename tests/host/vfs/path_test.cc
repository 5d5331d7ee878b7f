// SPDX-License-Identifier: MIT
#include "path.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

using L4Re::Vfs::Path;

namespace {

int all_exist(char const *)
{
  return 0;
}

std::string walk(char const *base, char const *path)
{
  Path p;
  int const e = p.walk(base, path, all_exist);
  return e < 0 ? "error " + std::to_string(-e) : p.c_str();
}

TEST(Path, is_made_canonical)
{
  EXPECT_EQ(walk("/", "/"), "/");
  EXPECT_EQ(walk("/", "a"), "/a");
  EXPECT_EQ(walk("/x/y", "a"), "/x/y/a");
  EXPECT_EQ(walk("/x/y", "/a"), "/a");
  EXPECT_EQ(walk("/x/y", ".."), "/x");
  EXPECT_EQ(walk("/x/y", "../../../.."), "/");
  EXPECT_EQ(walk("/x", "./a//b///./c/"), "/x/a/b/c");
  EXPECT_EQ(walk("/", "///a/../b"), "/b");
  EXPECT_EQ(walk("/", "..a/...b"), "/..a/...b");
}

TEST(Path, knows_whether_it_names_a_directory)
{
  Path p;
  for (char const *path : {"a/", "a/.", "a/..", ".", "..", "/"}) {
    ASSERT_EQ(p.walk("/", path, all_exist), 0);
    EXPECT_TRUE(p.names_directory()) << path;
  }
  for (char const *path : {"a", "/a", "a/b", "a/./b", "a/../b", "a//b"}) {
    ASSERT_EQ(p.walk("/", path, all_exist), 0);
    EXPECT_FALSE(p.names_directory()) << path;
  }
}

TEST(Path, asks_for_what_it_leaves)
{
  std::vector<std::string> asked;
  Path p;
  ASSERT_EQ(p.walk("/", "a/b/../c/./../d",
                   [&](char const *x) {
                     asked.push_back(x);
                     return 0;
                   }),
            0);
  EXPECT_EQ(asked, (std::vector<std::string>{"/a/b", "/a/c", "/a/c"}));
  EXPECT_EQ(p.walk("/", "a/../b", [](char const *) { return -ENOENT; }), -ENOENT);
  EXPECT_EQ(p.walk("/", "../b", [](char const *) { return -ENOENT; }), 0) << "the root is there";
}

TEST(Path, refuses_what_is_too_long)
{
  EXPECT_EQ(walk("/", ""), "error " + std::to_string(ENOENT));
  std::string const name(NAME_MAX, 'n');
  EXPECT_EQ(walk("/", name.c_str()), "/" + name);
  EXPECT_EQ(walk("/", (name + "n").c_str()), "error " + std::to_string(ENAMETOOLONG));
  std::string deep;
  while (deep.size() + name.size() + 1 < Path::Max - 1)
    deep += "/" + name;
  EXPECT_EQ(walk("/", deep.c_str()), deep);
  EXPECT_EQ(walk("/", (deep + "/" + name).c_str()), "error " + std::to_string(ENAMETOOLONG));
  Path p;
  EXPECT_EQ(p.assign(std::string(Path::Max, 'x').c_str()), -ENAMETOOLONG);
}

TEST(Path, up_and_name)
{
  Path p;
  ASSERT_EQ(p.assign("/a/b"), 0);
  EXPECT_STREQ(p.name(), "b");
  p.up();
  EXPECT_STREQ(p.c_str(), "/a");
  p.up();
  EXPECT_TRUE(p.is_root());
  p.up();
  EXPECT_STREQ(p.c_str(), "/");
  EXPECT_STREQ(p.name(), "");
}

/// The same by a list of components.
std::string reference(std::string const &base, std::string const &path)
{
  std::vector<std::string> parts;
  std::string const all = path[0] == '/' ? path : base + "/" + path;
  for (size_t at = 0; at <= all.size();) {
    size_t const end = std::min(all.find('/', at), all.size());
    std::string const part = all.substr(at, end - at);
    if (part == "..") {
      if (!parts.empty()) parts.pop_back();
    } else if (!part.empty() && part != ".")
      parts.push_back(part);
    at = end + 1;
  }
  std::string result;
  for (auto const &part : parts)
    result += "/" + part;
  return result.empty() ? "/" : result;
}

TEST(Path, agrees_with_the_reference_on_random_paths)
{
  std::mt19937 random(4711);
  char const alphabet[] = "//..ab";
  std::string base = "/";
  for (int i = 0; i < 20000; ++i) {
    std::string path;
    for (unsigned n = 1 + random() % 12; n; --n)
      path += alphabet[random() % 6];
    ASSERT_EQ(walk(base.c_str(), path.c_str()), reference(base, path)) << base << " " << path;
    if (i % 3 == 0) base = reference(base, path);
    if (base.size() > 40) base = "/";
  }
}

} // namespace
