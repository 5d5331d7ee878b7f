// SPDX-License-Identifier: MIT
#include "linked.h"

#include <cstdlib>

namespace {

thread_local int calls = 100;
thread_local std::string own_text = "fresh";

struct Life {
  Life() { events().push_back("plugin begins"); }
  ~Life() { events().push_back("plugin ends"); }
} life;

} // namespace

extern "C" {

int plugin_value = 5;

/// Counts the calls of each thread.
int plugin_call()
{
  return ++calls;
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

void plugin_throw()
{
  throw Refused{9};
}

} // extern "C"
