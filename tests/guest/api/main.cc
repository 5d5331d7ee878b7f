// SPDX-License-Identifier: MIT
// That the rows compile and link is the test; here they are counted where they run.
#include "rows.h"

#include <l4/libtap/tap.h>
#include <l4/umalloc/umalloc.h>

extern api_row const *const __start_api_tables[], *const __stop_api_tables[];

void api_use(void const *object)
{
  asm volatile("" ::"r"(object) : "memory");
}

/// Programs that use libumalloc write this function.
void *umalloc_area_create(l4_size_t)
{
  return nullptr;
}

namespace {

CASE("c-api.md, c-api-l4re.md", "each row of the interface is part of this program")
{
  unsigned rows = 0, tables = 0;
  for (auto table = __start_api_tables; table != __stop_api_tables; ++table, ++tables)
    for (api_row const *row = *table; row->name; ++row, ++rows)
      if (!row->code) CHECK(row->code);
  Tap::note("rows used, in both languages", rows);
  CHECK_GE(tables, 14);
  CHECK_GE(rows, 1500);
}

} // namespace
