// SPDX-License-Identifier: MIT
/**
 * Test cases and checks for programs that run on Furore; the report is TAP on the log.
 *
 *     #include <l4/libtap/tap.h>
 *
 *     CASE("ipc.md 1.9", "a receive from oneself with timeout zero fails at once")
 *     {
 *       CHECK_EQ(ipc(L4_INVALID_CAP, L4_SYSF_RECV, Zero).error, L4_IPC_RETIMEOUT);
 *     }
 *
 * The first argument cites the rule: file in the ABI documents, section, number or row. TEST("what
 * holds") is a case without a rule. TEST_F(Fixture, "what holds") runs as a member of a class made
 * from Fixture: its constructor sets up, its destructor cleans up, and the case sees its protected
 * members. A check that fails in the constructor ends the case before it begins. Cases run
 * in the order of the source, files in link order. A failed CHECK is reported with its values and
 * the case goes on; a failed REQUIRE ends the case. Checks belong to the main thread: other threads
 * leave their results in memory. Works without exceptions, RTTI, libstdc++ and libc.
 */
#pragma once

#include <l4/sys/l4int.h>

namespace Tap {

/// One test case; made by CASE, found by the linker through its section.
/// The alignment keeps the entries of the section at equal distances.
struct alignas(64) Case {
  char const *rule;  ///< "FILE.md SECTION..."
  char const *title; ///< what holds, one line
  char const *file;
  int line;
  void (*run)();
};

/// Run all cases, print the report. Returns the number of failed cases.
int run_all();

/// Count a check; a failed one is written down with the values. Returns `ok`.
bool check(bool ok, char const *file, int line, char const *text);
bool check_two(bool ok, char const *file, int line, char const *text, l4_uint64_t left,
               l4_uint64_t right);

/// Compare labels of answers: errors are shown by name. Returns whether they are equal.
bool check_label(char const *file, int line, char const *text, l4_int64_t left, l4_int64_t right);

/// Compare texts; a null pointer is unequal to every text.
bool check_text(char const *file, int line, char const *text, char const *left, char const *right);

/// Whether a check of the running case has failed.
bool failed();

/// Mark the running case as skipped.
void skip(char const *reason);

/// Write a remark into the report of the running case (shown if it fails).
void note(char const *text, l4_uint64_t value);

/// Checks made since the program started.
unsigned long checks();

} // namespace Tap

#define TAP_JOIN_(a, b) a##b
#define TAP_JOIN(a, b) TAP_JOIN_(a, b)

#define CASE(rule, title) TAP_CASE_(rule, title, TAP_JOIN(tap_case_, __LINE__))
#define TAP_CASE_(rule, title, name)                                                               \
  static void name();                                                                              \
  [[gnu::section("tap_cases"), gnu::used]] static Tap::Case const TAP_JOIN(name, _entry) = {       \
      rule, title, __FILE__, __LINE__, name};                                                      \
  static void name()

#define TEST(title) CASE("", title)

#define TEST_F(fixture, title) TAP_TEST_F_(fixture, title, TAP_JOIN(Tap_case_, __LINE__))
#define TAP_TEST_F_(fixture, title, name)                                                          \
  namespace {                                                                                      \
  struct name : fixture {                                                                          \
    void run_case();                                                                               \
  };                                                                                               \
  }                                                                                                \
  TEST(title)                                                                                      \
  {                                                                                                \
    name tap_fixture;                                                                              \
    if (!Tap::failed()) tap_fixture.run_case();                                                    \
  }                                                                                                \
  void name::run_case()

#define CHECK(condition) Tap::check(bool(condition), __FILE__, __LINE__, #condition)

#define TAP_COMPARE_(type, left, op, right, text)                                                  \
  [](type tap_left, type tap_right) {                                                              \
    return Tap::check_two(tap_left op tap_right, __FILE__, __LINE__, text, l4_uint64_t(tap_left),  \
                          l4_uint64_t(tap_right));                                                 \
  }(type(left), type(right))

/// Compare as 64-bit words: enums, signed and unsigned may be mixed without a warning.
#define CHECK_EQ(left, right) TAP_COMPARE_(l4_uint64_t, left, ==, right, #left " == " #right)
#define CHECK_NE(left, right) TAP_COMPARE_(l4_uint64_t, left, !=, right, #left " != " #right)
#define CHECK_GE(left, right) TAP_COMPARE_(l4_uint64_t, left, >=, right, #left " >= " #right)
#define CHECK_LE(left, right) TAP_COMPARE_(l4_uint64_t, left, <=, right, #left " <= " #right)
/// Compare texts that end with a zero byte.
#define CHECK_STREQ(left, right)                                                                   \
  Tap::check_text(__FILE__, __LINE__, #left " is the text " #right, left, right)
/// Check the label of a result; an IPC error counts as the label -(2000 + code).
#define CHECK_LABEL(result, expected)                                                              \
  Tap::check_label(__FILE__, __LINE__, "label of " #result " == " #expected,                       \
                   (result).checked_label(), expected)

#define REQUIRE(condition)                                                                         \
  do {                                                                                             \
    if (!CHECK(condition)) return;                                                                 \
  } while (0)

/// An operation that this kernel does not have yet: -ENOSYS is an honest answer, not a failure.
#define SKIP_IF_ABSENT(result, what)                                                               \
  do {                                                                                             \
    if ((result).checked_label() == -L4_ENOSYS) {                                                  \
      Tap::skip(what " is not in this kernel");                                                    \
      return;                                                                                      \
    }                                                                                              \
  } while (0)

#define SKIP(reason)                                                                               \
  do {                                                                                             \
    Tap::skip(reason);                                                                             \
    return;                                                                                        \
  } while (0)
