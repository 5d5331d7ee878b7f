// SPDX-License-Identifier: MIT
#include "check.h"

#include <stdio.h>

namespace {
Case *first, **last = &first;
bool failed;
} // namespace

Case::Case(char const *n, void (*r)()) : name(n), run(r), next(nullptr)
{
  *last = this;
  last = &next;
}

void check(bool good, char const *file, int line, char const *text)
{
  if (good) return;
  failed = true;
  printf("# %s:%d: %s\n", file, line, text);
}

int main()
{
  int count = 0, number = 0;
  for (Case *c = first; c; c = c->next)
    ++count;
  printf("TAP TEST START\n1..%d\n", count);
  for (Case *c = first; c; c = c->next) {
    failed = false;
    c->run();
    printf("%sok %d - %s\n", failed ? "not " : "", ++number, c->name);
  }
  printf("TAP TEST FINISHED\n");
}
