// SPDX-License-Identifier: MIT
/** Kind and size of the program's allocator of capability slots. */
#pragma once

#include <l4/re/cap_alloc>
#include <l4/re/util/counting_cap_alloc>

namespace L4Re::Util {

typedef L4Re::Cap_alloc_t<Counting_cap_alloc<Counter<unsigned char>>> _Cap_alloc;

/** Slots that the program's allocator takes from the environment. */
enum { Cap_alloc_slots = 4096 };

} // namespace L4Re::Util
