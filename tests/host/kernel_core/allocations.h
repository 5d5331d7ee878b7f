// SPDX-License-Identifier: MIT
// Every operation that takes kernel memory, for the tests that refuse it: by a quota
// (quota_test.cc), or by letting the allocators fail (refusal_test.cc).
#pragma once

#include "machine.h"

#include <ostream>
#include <string>
#include <vector>

/// Does the root task's part. All objects of an operation lie in the slots from Limited on.
class Hands {
public:
  static constexpr Word Task_cap = 1, Factory_cap = 2, Scheduler_cap = 7;
  static constexpr Word Limited = 0x200, Child = 0x201, Other = 0x202, Product = 0x203,
                        Runner = 0x204, Gate = 0x205;
  static constexpr Word Ku_area = 0x7000000000, Pages = 0x20000000, Large = 0x40000000;

  Hands();
  Machine &m = Machine::get();

  static Word item(Word object) { return Fpage(Fpage::Type::Obj, object << 12, 0, 15).raw(); }
  /// Words, then pairs of item words; true if the operation succeeded.
  bool call(Word cap, i64 label, std::vector<Word> words, std::vector<Word> items = {});
  bool create(Word factory, i64 type, Word slot, std::vector<Word> arguments = {});
  bool map(Word from, Word to, Word control, Fpage page);
  /// A task of the limited factory.
  bool make_child() { return create(Limited, Proto::Task, Child, {1, 0}); }
  /// The same with kernel-user memory, and a thread in it that has a CPU and runs when the root
  /// task waits.
  bool make_runner();
  /// The runner does this system call while the root task sleeps; returns the runner's IPC error.
  Ipc_error run(Word selector, Msg_tag tag, Word timeout);
  /// Delete all objects, and wait until they are gone.
  void clean();

private:
  void get_page(Word address, Fpage page);
};

/// An operation, from nothing to an object or a mapping. True if it was done; must not leave
/// anything that Hands::clean() does not take away.
struct Allocation {
  char const *name;
  bool (*run)(Hands &);
};
extern std::vector<Allocation> const Allocations;

inline void PrintTo(Allocation const &a, std::ostream *out)
{
  *out << a.name;
}
