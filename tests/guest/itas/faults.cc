// SPDX-License-Identifier: MIT
// Faults that a program expects, and mapping ahead of them.
#include "probe.h"

namespace {

using F = L4Re::Rm::F;

L4::Cap<L4Re::Rm> rm()
{
  return L4Re::Env::env()->rm();
}

asm(".pushsection .text\n"
    ".globl probe_byte, probe_begin, probe_end, probe_failed\n"
    ".globl probe_write, probe_write_begin, probe_write_end\n"
    "probe_byte:\n"
    "probe_begin: movzbl (%rdi), %eax\n"
    "probe_end: ret\n"
    "probe_write: xor %eax, %eax\n"
    "probe_write_begin: movb %sil, (%rdi)\n"
    "probe_write_end: ret\n"
    "probe_failed: mov $-1, %eax\n"
    "ret\n"
    ".popsection\n");

CASE("process-environment.md 9", "a rescue jump takes the place of a signal")
{
  auto const begin = reinterpret_cast<l4_addr_t>(probe_begin);
  auto const end = reinterpret_cast<l4_addr_t>(probe_end);
  auto const failed = reinterpret_cast<l4_addr_t>(probe_failed);
  REQUIRE(rm()->add_rescue_jump(begin, end, failed) == 0);
  CHECK_EQ(rm()->add_rescue_jump(begin, end, failed), -L4_EINVAL);
  char const here = 'z';
  CHECK_EQ(probe_byte(&here), 'z');
  CHECK_EQ(probe_byte(nullptr), -1);
  CHECK_EQ(probe_byte(reinterpret_cast<char const *>(0x610000000000)), -1);
  CHECK_EQ(rm()->remove_rescue_jump(begin), 0);
  CHECK_EQ(rm()->remove_rescue_jump(begin), -L4_ENOENT);
}

CASE("l4re-protocols.md 3.3", "eager mapping and page_in change nothing that a program sees")
{
  l4_addr_t a = 0x620000000000;
  REQUIRE(rm()->attach(&a, 8 * 4096, F::Anonymous | F::RW | F::Eager_map,
                       L4::Ipc::Cap<L4Re::Dataspace>()) == 0);
  CHECK_EQ(rm()->page_in(a, 8 * 4096, F::RW), 0);
  auto p = reinterpret_cast<unsigned char volatile *>(a);
  unsigned sum = 0;
  for (unsigned i = 0; i < 8; ++i) {
    sum += p[i * 4096];
    p[i * 4096] = 1;
  }
  CHECK_EQ(sum, 0);
  CHECK_EQ(p[4096], 1);
  CHECK_EQ(rm()->detach(a, nullptr), 0);
}

} // namespace
