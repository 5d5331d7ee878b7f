// SPDX-License-Identifier: MIT
// Ends with the number of pages that its memory allocator spent until main() began; flags of the
// loader change it. The segments are large beside everything else.
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/sys/consts.h>

namespace {

constexpr unsigned long Size = 64 * L4_PAGESIZE;
char zero[Size];
[[gnu::section(".rodata.large")]] char const constant[Size] = {1};

} // namespace

int main(int argc, char **)
{
  L4Re::Mem_alloc::Stats stats{};
  if (L4Re::Env::env()->mem_alloc()->info(&stats) < 0) return 0;
  // Both are referred to, and neither is touched in any run.
  if (argc > 1000) return static_cast<char volatile *>(zero)[argc] + constant[argc];
  return static_cast<int>(stats.quota_used / L4_PAGESIZE);
}
