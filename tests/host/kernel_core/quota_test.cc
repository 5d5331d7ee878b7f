// SPDX-License-Identifier: MIT
// Exhaustion: each operation that takes kernel memory runs under every limit from nothing up to the one
// that suffices. Whatever happens in between, deleting what was made returns every byte.
#include "allocations.h"

#include <gtest/gtest.h>

namespace {

constexpr Word Step_bytes = 64, Most = 128 << 10;

class Quota_exhaustion : public ::testing::TestWithParam<Allocation> {};

/// The operation must fail without quota, and succeed with enough of it.
TEST_P(Quota_exhaustion, gives_every_byte_back)
{
  Hands h;
  Word used = h.m.task().quota().used();
  unsigned failed = 0;
  for (Word limit = 1; limit < Most; limit += Step_bytes) {
    ASSERT_TRUE(h.create(Hands::Factory_cap, Proto::Factory, Hands::Limited, {1, limit}));
    bool done = GetParam().run(h);
    h.clean();
    ASSERT_EQ(h.m.task().quota().used(), used) << "limit " << limit << (done ? ", done" : ", refused");
    if (done) {
      EXPECT_GT(failed, 0u) << "it takes no memory at all";
      return;
    }
    ++failed;
  }
  FAIL() << "not possible with " << Most << " bytes";
}

INSTANTIATE_TEST_SUITE_P(each, Quota_exhaustion, ::testing::ValuesIn(Allocations),
                         [](auto const &info) { return std::string(info.param.name); });

} // namespace
