// SPDX-License-Identifier: MIT
// The machine itself is out of memory: each operation runs with its first, second, third ...
// request for kernel memory refused, until it makes no further one. Afterwards all invariants hold,
// and all comes back.
#include "../../fuzz/host/check.h"
#include "allocations.h"
#include "mem/kmem.h"
#include "mem/slab.h"
#include "refused_memory.h"
#include "watched_slab.h"

#include <cstdarg>
#include <cstdio>
#include <gtest/gtest.h>

/// The checker's complaint.
void fuzz::fail(char const *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  std::fprintf(stderr, "invariant violated: ");
  std::vfprintf(stderr, format, arguments);
  std::fprintf(stderr, "\n");
  va_end(arguments);
  std::abort();
}

namespace {

constexpr Word Plenty = 1 << 20;
constexpr unsigned Most_requests = 1000;

struct Figures {
  Word quota, bytes;
  long objects;
  bool operator==(Figures const &) const = default;
};

void PrintTo(Figures const &f, std::ostream *out)
{
  *out << "quota " << f.quota << ", kernel memory " << f.bytes << ", objects " << f.objects;
}

Figures figures(Hands &h)
{
  while (release_oldest_freed())
    ;
  return {h.m.task().quota().used(), Kmem::used_bytes() - Slab::spare_bytes(), live_objects()};
}

class Refusal : public ::testing::TestWithParam<Allocation> {
protected:
  Hands h;

  /// The operation, with this refusal; then all is checked and taken away.
  bool attempt(unsigned nth, Refuse how)
  {
    EXPECT_TRUE(h.create(Hands::Factory_cap, Proto::Factory, Hands::Limited, {1, Plenty}));
    refuse_memory(nth, how);
    bool done = GetParam().run(h);
    _requests = memory_requests();
    refuse_memory(0);
    fuzz::check_scheduling(h.m.task());
    fuzz::check_spaces(h.m.task());
    h.clean();
    fuzz::check_spaces(h.m.task());
    return done;
  }
  unsigned _requests = 0;
};

TEST_P(Refusal, of_each_request_leaves_nothing_behind)
{
  ASSERT_TRUE(attempt(0, Refuse::One)) << "not possible at all";
  Figures before = figures(h);
  for (Refuse how : {Refuse::One, Refuse::All_from_there}) {
    unsigned refused = 0;
    for (unsigned nth = 1; nth < Most_requests; ++nth) {
      refused += !attempt(nth, how);
      ASSERT_EQ(figures(h), before) << "request " << nth;
      if (_requests < nth) break;
    }
    EXPECT_GT(refused, 0u) << "it does without memory";
    EXPECT_TRUE(attempt(0, how)) << "not possible any more";
    ASSERT_EQ(figures(h), before);
  }
}

INSTANTIATE_TEST_SUITE_P(each, Refusal, ::testing::ValuesIn(Allocations),
                         [](auto const &info) { return std::string(info.param.name); });

} // namespace
