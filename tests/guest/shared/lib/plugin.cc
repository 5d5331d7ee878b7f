// SPDX-License-Identifier: MIT
#include "linked.h"

#include <cstdlib>

namespace {

thread_local int calls = 100;
thread_local std::string own_text = "fresh";
thread_local int table[200];

struct Life {
  Life() { events().push_back("plugin begins"); }
  ~Life() { events().push_back("plugin ends"); }
} life;

} // namespace

extern "C" {

int plugin_value = 5;

/// Counts the calls of each thread.
int plugin_call() { return ++calls; }

/// Whether the calling thread's table is all zero; then it is not any more.
bool plugin_is_zero()
{
  bool zero = true;
  for (int &entry : table) {
    zero = zero && !entry;
    entry = 0x77;
  }
  return zero;
}

char const *plugin_text()
{
  if (own_text == "fresh") own_text = "used";
  return own_text.c_str();
}

int plugin_catch()
{
  try {
    refuse(7);
  } catch (Refused const &r) {
    return r.code;
  }
}

void plugin_throw() { throw Refused{9}; }

} // extern "C"
