// SPDX-License-Identifier: MIT
#include "linked.h"

std::vector<std::string> &events()
{
  static std::vector<std::string> list;
  return list;
}

namespace {

struct Early {
  Early() { events().push_back("library begins"); }
} early;

} // namespace

void refuse(int code) { throw Refused{code}; }

int overridden() { return 1; }

int shared_counter = 41;

int library_counter() { return shared_counter; }

void marker() {}

Function *library_marker() { return marker; }

namespace {
char const *const names[] = {"one", "two"};
}

char const *const *library_names() { return names; }

thread_local int thread_value = 17;

int &library_thread_value() { return thread_value; }
