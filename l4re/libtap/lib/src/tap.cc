// SPDX-License-Identifier: MIT
#include <l4/libtap/objects.h>
#include <l4/libtap/probe.h>
#include <l4/libtap/tap.h>

#include <l4/sys/err.h>
#include <l4/sys/vcon.h>

#include "text.h"

// The linker gathers the section that CASE fills.
extern "C" Tap::Case const __start_tap_cases[], __stop_tap_cases[];

namespace Tap {

namespace {

struct State {
  unsigned long checks;
  unsigned case_checks;
  bool failed;
  char const *skipped;
  Text notes; ///< written out behind the case's line: a check must not disturb message registers
} state;

constexpr unsigned Max_notes = 12; ///< failed checks shown per case
unsigned shown;

char const *base_name(char const *path)
{
  char const *name = path;
  for (; *path; ++path)
    if (*path == '/') name = path + 1;
  return name;
}

bool record(bool ok)
{
  ++state.checks;
  ++state.case_checks;
  if (!ok) state.failed = true;
  return !ok && shown++ < Max_notes;
}

void place(char const *file, int line, char const *text)
{
  state.notes << "#   " << base_name(file) << ':';
  state.notes.decimal(l4_uint64_t(line)) << ": " << text;
}

/// A label is a result, an error or a protocol: small negative numbers may be either of the last
/// two.
void write_label(l4_int64_t label)
{
  if (label >= 0) {
    state.notes.value(l4_uint64_t(label));
    return;
  }
  state.notes << '-';
  state.notes.decimal(-l4_uint64_t(label))
      << (label > -L4_EIPC_LO ? " (as an error: " : " (") << l4sys_errtostr(label) << ')';
}

void begin_case()
{
  state.case_checks = 0;
  state.failed = false;
  state.skipped = nullptr;
  state.notes.clear();
  shown = 0;
}

/// Runs a case. Returns whether it failed.
bool run_case(Case const &test)
{
  begin_case();
  test.run();
  // A case that checks nothing cannot fail: that is a bug of the test.
  if (!state.case_checks && !state.skipped) {
    state.failed = true;
    state.notes << "#   this case made no check\n";
  }
  return state.failed;
}

/// What a report calls a case: its rule, if it cites one, and its title.
void name_case(Text &line, char const *rule, char const *title)
{
  if (*rule) line << rule << ": ";
  line << title;
}

/// Prints the point of the case that just ended.
void report_case(unsigned number, char const *rule, char const *title)
{
  Text line;
  line << (state.failed ? "not ok " : "ok ");
  line.decimal(number) << " - ";
  name_case(line, rule, title);
  if (state.skipped && !state.failed) line << " # SKIP " << state.skipped;
  line << '\n';
  write_log(line.data(), line.length());
  if (state.failed) write_log(state.notes.data(), state.notes.length());
}

/// The case that stands first in the source of the file whose entries begin at `begin`.
Case const *first_of(Case const *begin)
{
  Case const *best = begin;
  for (Case const *i = begin; i != __stop_tap_cases && i->file == begin->file; ++i)
    if (i->line < best->line) best = i;
  return best;
}

/// The case behind `last` in source order, or null. Compilers put the entries of a file in any
/// order.
Case const *next_case(Case const *last)
{
  if (!last) return first_of(__start_tap_cases);
  Case const *file = last;
  while (file != __start_tap_cases && file[-1].file == file->file)
    --file;
  Case const *best = nullptr, *i = file;
  for (; i != __stop_tap_cases && i->file == file->file; ++i)
    if (i->line > last->line && (!best || i->line < best->line)) best = i;
  if (best || i == __stop_tap_cases) return best;
  return first_of(i);
}

/// A case that passed at first and fails when it is repeated: its checks, as diagnostics.
void report_repetition(Case const &test)
{
  Text line;
  line << "# repeated: ";
  name_case(line, test.rule, test.title);
  line << '\n';
  write_log(line.data(), line.length());
  write_log(state.notes.data(), state.notes.length());
}

/// The leak check. Kernels keep tables and slabs that were used once, so kernel memory is compared
/// between the end of the first pass and the end of a second, silent one.
bool leak_case(unsigned number, Holdings const &before, int failed_before)
{
  Holdings const middle = holdings();
  int failed_again = 0;
  for (Case const *test = next_case(nullptr); test; test = next_case(test))
    if (run_case(*test)) {
      ++failed_again;
      if (!failed_before) report_repetition(*test);
    }
  begin_case();
  // A case must come out the same when it is repeated.
  CHECK_EQ(failed_again, failed_before);
  check_leaks(before, middle);
  report_case(number, "style.md 14", "leak check: all is as at the start");
  return state.failed;
}

void print(char const *text)
{
  Text line;
  line << text << '\n';
  write_log(line.data(), line.length());
}

} // namespace

bool check(bool ok, char const *file, int line, char const *text)
{
  if (record(ok)) {
    place(file, line, text);
    state.notes << " is false\n";
  }
  return ok;
}

bool check_two(bool ok, char const *file, int line, char const *text, l4_uint64_t left,
               l4_uint64_t right)
{
  if (record(ok)) {
    place(file, line, text);
    state.notes << ": left is ";
    state.notes.value(left) << ", right is ";
    state.notes.value(right) << '\n';
  }
  return ok;
}

bool check_label(char const *file, int line, char const *text, l4_int64_t left, l4_int64_t right)
{
  if (record(left == right)) {
    place(file, line, text);
    state.notes << ": left is ";
    write_label(left);
    state.notes << ", right is ";
    write_label(right);
    state.notes << '\n';
  }
  return left == right;
}

bool check_text(char const *file, int line, char const *text, char const *left, char const *right)
{
  bool const ok = left && right && !__builtin_strcmp(left, right);
  if (record(ok)) {
    place(file, line, text);
    state.notes << ": left is '" << (left ? left : "(null)") << "', right is '"
                << (right ? right : "(null)") << "'\n";
  }
  return ok;
}

bool failed() { return state.failed; }

void skip(char const *reason) { state.skipped = reason; }

void note(char const *text, l4_uint64_t value)
{
  state.notes << "#   " << text << ' ';
  state.notes.value(value) << '\n';
}

unsigned long checks() { return state.checks; }

int run_all()
{
  unsigned const count = unsigned(__stop_tap_cases - __start_tap_cases);
  print("TAP TEST START");
  Text plan;
  plan << "1..";
  plan.decimal(count + 1) << '\n';
  write_log(plan.data(), plan.length());

  int failed = 0;
  begin_case();
  prepare_workers();
  Holdings const before = holdings();
  if (state.failed) {
    write_log(state.notes.data(), state.notes.length());
    print("Bail out! the test's own factory or UTCB area cannot be made");
    return 1;
  }
  unsigned number = 0;
  for (Case const *test = next_case(nullptr); test; test = next_case(test)) {
    failed += run_case(*test);
    report_case(++number, test->rule, test->title);
  }
  unsigned long const checks_made = state.checks;
  failed += leak_case(++number, before, failed);

  Text total;
  total << "# ";
  total.decimal(checks_made) << " assertions in ";
  total.decimal(count + 1) << " cases\n";
  write_log(total.data(), total.length());
  print("TAP TEST FINISHED");
  return failed;
}

void write_log(char const *data, unsigned length)
{
  while (length) {
    // Whole lines per message where possible: other writers may come in between.
    unsigned const most = L4_VCON_WRITE_SIZE;
    unsigned size = length < most ? length : most;
    if (size < length)
      for (unsigned end = size; end; --end)
        if (data[end - 1] == '\n') {
          size = end;
          break;
        }
    l4_vcon_send(env.log, data, size);
    data += size;
    length -= size;
  }
}

} // namespace Tap
