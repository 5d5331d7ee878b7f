// SPDX-License-Identifier: MIT
/** Servers against messages that no correct client sends. The sanitizers watch. */
#include "device.h"

#include <gtest/gtest.h>
#include <random>

namespace {

class Malformed : public testing::Test {
protected:
  long dispatch(unsigned words, unsigned items = 0, long label = 0x77)
  {
    return server.dispatch(l4_msgtag(label, words, items, 0), 3, l4_utcb()).label();
  }

  Fake_kernel kernel;
  Device_svr server;
  l4_umword_t *mr = l4_utcb_mr()->mr;
};

TEST_F(Malformed, every_shorter_message_is_refused)
{
  mr[0] = 0; // values: needs 3 words
  EXPECT_EQ(-L4_EMSGTOOSHORT, dispatch(0));
  EXPECT_EQ(-L4_EMSGTOOSHORT, dispatch(1));
  EXPECT_EQ(-L4_EMSGTOOSHORT, dispatch(2));
  EXPECT_EQ(5, dispatch(3));
}

TEST_F(Malformed, array_longer_than_the_message)
{
  for (l4_umword_t length : {5UL, 1000UL, 0x8000000000000000UL, ~0UL, ~0UL / 2 + 1, 1UL << 32}) {
    mr[0] = 3; // reverse
    mr[1] = length;
    EXPECT_EQ(-L4_EMSGTOOSHORT, dispatch(3)) << length;
  }
  mr[0] = 3;
  mr[1] = 4;
  EXPECT_EQ(0, dispatch(3));
}

TEST_F(Malformed, string_without_an_end)
{
  mr[0] = 20; // greet
  mr[1] = 0;
  EXPECT_EQ(-L4_EMSGTOOSHORT, dispatch(3));
  mr[0] = 20;
  mr[1] = 8;
  std::memset(&mr[2], 'x', 8);
  EXPECT_EQ(0, dispatch(3));
  EXPECT_EQ(0, std::memcmp(&mr[1], "hello xxxxxxx", 14));
}

TEST_F(Malformed, missing_capability)
{
  mr[0] = 21; // caps
  EXPECT_EQ(-L4_EMSGMISSARG, dispatch(1, 0));
  mr[1] = mr[2] = 0; // a void item is no capability
  EXPECT_EQ(0, dispatch(1, 1));
  mr[0] = 21;
  mr[1] = 0x38;
  EXPECT_EQ(1, dispatch(1, 1));
}

TEST_F(Malformed, items_beyond_the_registers)
{
  mr[0] = 21;
  EXPECT_EQ(-L4_EMSGMISSARG, dispatch(63, 63));
  EXPECT_EQ(-L4_EMSGMISSARG, dispatch(62, 1));
}

TEST_F(Malformed, negative_opcode)
{
  mr[0] = 0xffffffff;
  EXPECT_EQ(-L4_ENOSYS, dispatch(1));
}

TEST_F(Malformed, kernel_style_opcode_is_a_full_word)
{
  mr[0] = (1UL << 32) | L4_ICU_OP_INFO;
  EXPECT_EQ(-L4_ENOSYS, dispatch(1, 0, L4_PROTO_IRQ));
  mr[0] = L4_ICU_OP_BIND;
  EXPECT_EQ(-L4_EMSGTOOSHORT, dispatch(1, 0, L4_PROTO_IRQ));
}

TEST_F(Malformed, varg_list_that_points_behind_the_message)
{
  l4_umword_t words[] = {L4_VARG_TYPE_STRING | (100UL << 16), 0x41414141};
  L4::Ipc::Varg_list_ref list(words, words + 2);
  EXPECT_TRUE(list[0].is_nil());
  l4_umword_t whole[] = {L4_VARG_TYPE_STRING | (8UL << 16), 0x4141414141414141};
  L4::Ipc::Varg arg = L4::Ipc::Varg_list_ref(whole, whole + 2)[0];
  EXPECT_FALSE(arg.is_of<char const *>()); // it does not end
  l4_umword_t short_int[] = {L4_VARG_TYPE_UMWORD};
  EXPECT_FALSE(L4::Ipc::Varg_list_ref(short_int, short_int + 1)[0].is_of_int());
  l4_umword_t huge[] = {L4_VARG_TYPE_STRING | (0xffffffffffffUL << 16), 0};
  EXPECT_TRUE(L4::Ipc::Varg_list_ref(huge, huge + 2)[0].is_nil());
}

TEST_F(Malformed, random_messages)
{
  std::mt19937_64 random(4711);
  for (unsigned n = 0; n < 200000; ++n) {
    for (unsigned i = 0; i < 63; ++i)
      mr[i] = random();
    mr[0] = random() % 26;
    if (random() % 2) mr[1] %= 64;
    long label = random() % 8 ? 0x77 : random() % 2 ? L4_PROTO_IRQ : L4_PROTO_META;
    l4_msgtag_t answer = server.dispatch(l4_msgtag(label, random() % 64, random() % 64, 0),
                                         static_cast<unsigned>(random()), l4_utcb());
    ASSERT_LE(answer.words() + 2 * answer.items(), 63U);
  }
}

} // namespace
