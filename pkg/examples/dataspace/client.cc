// SPDX-License-Identifier: MIT
// Uses a dataspace without knowing who provides its pages.
#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/re/rm>
#include <l4/sys/err.h>

#include <stdio.h>

int main()
{
  auto const *const env = L4Re::Env::env();
  auto const squares = env->get_cap<L4Re::Dataspace>("squares");

  // Detaches by itself at the end of main.
  L4Re::Rm::Unique_region<l4_uint64_t const *> table;
  int const error = env->rm()->attach(&table, squares->size(),
                                      L4Re::Rm::F::Search_addr | L4Re::Rm::F::R, squares);
  if (error < 0) {
    printf("cannot attach 'squares': %s; see dataspace.cfg\n", l4sys_errtostr(error));
    return 1;
  }
  // Each first touch of a page is a page fault. The region map asks the server for the page.
  for (unsigned number : {12U, 20U, 1000U, 8000U, 1001U})
    printf("%u * %u = %lu\n", number, number, static_cast<unsigned long>(table.get()[number]));
  return 0;
}
