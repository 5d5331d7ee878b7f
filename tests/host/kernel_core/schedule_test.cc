// SPDX-License-Identifier: MIT
// What takes too long for a real clock (abi/kernel-objects.md section 9).
#include "allocations.h"

#include <gtest/gtest.h>

namespace {

constexpr Word Prio = 200, Longest = 0xffffffff, Second = 1000000;
constexpr Word Root_thread = 3;

class Schedule : public ::testing::Test {
protected:
  Hands h;

  void parameters(Word thread, Word prio, Word quantum)
  {
    ASSERT_TRUE(h.call(Hands::Scheduler_cap, Proto::Scheduler, {1, 0, 1, prio, quantum}, {8, Hands::item(thread)}));
  }
  /// The root task sleeps for a microsecond, while the runner computes. Returns the microseconds until it
  /// comes to run again.
  Word sleep_beside_the_runner()
  {
    Word const start = host::machine.clock_us;
    h.m.invoke(Self | Receive, Msg_tag(), 1);
    EXPECT_NE(&h.m.current(), h.m.root);
    while (&h.m.current() != h.m.root && host::machine.clock_us < start + 3 * Longest) {
      host::machine.clock_us += Second;
      handle_timer();
      host::leave_kernel(nullptr);
    }
    EXPECT_EQ(&h.m.current(), h.m.root);
    return host::machine.clock_us - start;
  }
  void make_runner(Word prio, Word quantum)
  {
    ASSERT_TRUE(h.create(Hands::Factory_cap, Proto::Factory, Hands::Limited, {1, 1 << 20}));
    ASSERT_TRUE(h.make_runner());
    parameters(Hands::Runner, prio, quantum);
  }
  void SetUp() override
  {
    _prio = h.m.root->prio();
    parameters(Root_thread, Prio, 0);
  }
  void TearDown() override
  {
    h.clean();
    parameters(Root_thread, _prio, 0);
  }

private:
  Word _prio = 0;
};

TEST_F(Schedule, objects_9_the_longest_quantum_ends)
{
  make_runner(Prio, Longest);
  Word waited = sleep_beside_the_runner();
  EXPECT_GE(waited, Longest - Second);
  EXPECT_LE(waited, Longest + Second);
}

TEST_F(Schedule, objects_9_no_quantum_keeps_a_better_thread_waiting)
{
  make_runner(Prio - 1, Longest);
  EXPECT_LE(sleep_beside_the_runner(), Second);
}

TEST_F(Schedule, objects_9_a_quantum_above_32_bits_counts_as_the_longest)
{
  make_runner(Prio, Longest + 2);
  Word waited = sleep_beside_the_runner();
  EXPECT_GE(waited, Longest - Second);
  EXPECT_LE(waited, Longest + Second);
}

} // namespace
