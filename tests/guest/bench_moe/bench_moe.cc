// SPDX-License-Identifier: MIT
// Round trips to moe between marker instructions, through the ordinary client classes.
#include <l4/libtap/tap.h>

#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/util/unique_cap>

#include "markers.h"

using namespace Tap;

CASE("issue 6", "remote procedure calls to moe")
{
  constexpr unsigned Warm_up = 16, Samples = 1000;
  auto const ds = L4Re::Util::make_unique_cap<L4Re::Dataspace>();
  auto const mem = L4Re::Env::env()->mem_alloc();
  CHECK_EQ(mem->alloc(4096, ds.get()), 0);

  unsigned wrong = 0;
  for (unsigned i = 0; i < Warm_up + Samples; ++i) {
    if (i >= Warm_up) bench_begin<Op_moe_size>();
    unsigned long const size = ds->size();
    if (i >= Warm_up) bench_end<Op_moe_size>();
    wrong += size != 4096;
  }
  CHECK_EQ(wrong, 0);
}
