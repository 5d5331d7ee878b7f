// SPDX-License-Identifier: MIT
#include <l4/libloader/stack_image>

#include <gtest/gtest.h>

#include <cstring>
#include <map>
#include <string>

using namespace Ldr;

namespace {

constexpr l4_addr_t Target = 0x71200000 - 4096;

struct Stack_test : testing::Test {
  alignas(16) char buffer[4096];
  Stack_image image{buffer, sizeof(buffer), Target};

  /// Local address of a target address.
  template <typename T> T const *local(l4_addr_t a)
  {
    EXPECT_GE(a, Target);
    EXPECT_LT(a, Target + sizeof(buffer));
    return reinterpret_cast<T const *>(buffer + (a - Target));
  }

  void build(Packed_strings args, Packed_strings envs)
  {
    l4_addr_t const e = image.push_strings(envs), a = image.push_strings(args);
    l4re_aux_t aux = {};
    aux.binary = reinterpret_cast<char const *>(a);
    aux.dbg_lvl = 7;
    image.l4re_aux(aux);
    image.begin_caps();
    EXPECT_TRUE(image.add_cap("rom", 3, 0x16000));
    EXPECT_TRUE(image.add_cap("a_name_of_16_chr", 16, 0x17000));
    l4re_env_t env = {};
    env.first_free_cap = 0x18;
    image.env(env);
    Program_aux prog;
    prog.phdrs = 0x70000040;
    prog.phdr_num = 4;
    prog.phdr_size = 56;
    prog.kip = 0x6ffff000;
    image.finish(prog, args, a, envs, e);
    ASSERT_FALSE(image.overflow());
  }
};

TEST_F(Stack_test, has_everything_where_programs_look)
{
  for (unsigned args = 1; args <= 3; ++args) {
    image = Stack_image(buffer, sizeof(buffer), Target);
    build({"rom/hello\0-v\0x", args == 1 ? 10u : args == 2 ? 13u : 15u, args}, {"A=1\0B=22", 9, 2});
    EXPECT_EQ(image.sp() % 16, 0u);
    auto const *w = local<l4_umword_t>(image.sp());
    EXPECT_EQ(*w++, args);
    EXPECT_STREQ(local<char>(w[0]), "rom/hello");
    if (args > 1) {
      EXPECT_STREQ(local<char>(w[1]), "-v");
    }
    w += args;
    EXPECT_EQ(*w++, 0u);
    EXPECT_STREQ(local<char>(w[0]), "A=1");
    EXPECT_STREQ(local<char>(w[1]), "B=22");
    EXPECT_EQ(w[2], 0u);
    w += 3;
    std::map<l4_umword_t, l4_umword_t> aux;
    for (; w[0]; w += 2)
      aux[w[0]] = w[1];
    EXPECT_EQ(aux[At_phdr], 0x70000040u);
    EXPECT_EQ(aux[At_phnum], 4u);
    EXPECT_EQ(aux[At_phent], 56u);
    EXPECT_EQ(aux[At_pagesz], 4096u);
    EXPECT_EQ(aux[At_l4_kip], 0x6ffff000u);
    EXPECT_EQ(aux.count(At_uid) + aux.count(At_euid) + aux.count(At_gid) + aux.count(At_egid), 4u);
    EXPECT_EQ(aux.count(At_entry), 0u);
    auto const *env = local<l4re_env_t>(aux[At_l4_env]);
    EXPECT_EQ(env->first_free_cap, 0x18u);
    auto const *caps = local<l4re_env_cap_entry_t>(reinterpret_cast<l4_addr_t>(env->caps));
    EXPECT_EQ(std::string(caps[0].name, 16), "a_name_of_16_chr"); // reverse order of insertion
    EXPECT_STREQ(caps[1].name, "rom");
    EXPECT_EQ(caps[1].cap, 0x16000u);
    EXPECT_EQ(caps[2].flags, ~0UL);
    EXPECT_EQ(local<l4re_aux_t>(aux[At_l4_aux])->dbg_lvl, 7u);
  }
}

TEST_F(Stack_test, refuses_names_that_do_not_fit)
{
  image.begin_caps();
  EXPECT_FALSE(image.add_cap("", 0, 0x16000));
  EXPECT_FALSE(image.add_cap("a_name_of_17_char", 17, 0x16000));
}

TEST_F(Stack_test, notices_that_the_buffer_is_too_small)
{
  std::string many(5000, 'x');
  image.push_strings({many.c_str(), many.size() + 1, 1});
  EXPECT_TRUE(image.overflow());
  image.env({});
  image.finish({}, Packed_strings{}, 0, Packed_strings{}, 0);
  EXPECT_TRUE(image.overflow());
}

TEST_F(Stack_test, accepts_pointers_to_strings_elsewhere)
{
  char const *const args[] = {"one", "two"};
  image.env({});
  image.finish({}, String_pointers{args, 2}, String_pointers{});
  EXPECT_EQ(image.sp() % 16, 0u);
  auto const *w = local<l4_umword_t>(image.sp());
  EXPECT_EQ(w[0], 2u);
  EXPECT_EQ(reinterpret_cast<char const *>(w[2]), args[1]);
}

} // namespace
