// SPDX-License-Identifier: MIT
#pragma once

#include "fake_kernel.h"

#include <cstring>
#include <gtest/gtest.h>
#include <l4/sys/capability>

typedef std::vector<l4_umword_t> Words;

constexpr l4_cap_idx_t Object = 0x42000;
constexpr l4_cap_idx_t Ds = 0x43000;
constexpr l4_cap_idx_t Slot = 0x44000;

template <typename T> L4::Cap<T> object()
{
  return L4::Cap<T>(Object);
}

/** Eight characters as they stand in a message register. */
inline l4_umword_t bytes(char const (&s)[9])
{
  l4_umword_t w;
  std::memcpy(&w, s, 8);
  return w;
}

/** Every test has a kernel that answers with label 0 until told otherwise. */
class Wire : public testing::Test {
protected:
  Fake_kernel kernel;

  void expect_request(long label, Words words, unsigned items = 0)
  {
    auto const &call = kernel.last();
    EXPECT_EQ(call.cap(), Object);
    EXPECT_EQ(call.flags(), L4_SYSF_CALL);
    EXPECT_EQ(call.tag.label(), label);
    EXPECT_EQ(call.tag.items(), items);
    EXPECT_EQ(call.tag.flags(), 0U);
    EXPECT_EQ(call.words, words);
    EXPECT_EQ(call.bdr, 0U);
  }
};
