// SPDX-License-Identifier: MIT
#include "libc_priv.h"

#include <l4/libc/tls.h>

#include <string.h>

namespace {

constexpr l4_uint32_t Pt_tls = 7;

/// What the FS base points to. The ABI demands the pointer to itself in the first word.
struct Thread_control {
  Thread_control *self;
  void *reserved[7]; ///< for the thread library: keeps the block a multiple of a cache line
};
static_assert(sizeof(Thread_control) == 64);

Phdr const *tls_segment;

l4_size_t align_up(l4_size_t n, l4_size_t alignment)
{
  return (n + alignment - 1) & ~(alignment - 1);
}

/// Distance from the thread control block down to the first variable, as the linker computed it.
l4_size_t variables_size()
{
  if (!tls_segment) return 0;
  return align_up(tls_segment->memsz, tls_segment->align ? tls_segment->align : 1);
}

} // namespace

void libc_tls_find(Phdr const *phdrs, l4_umword_t count)
{
  for (l4_umword_t i = 0; i < count; ++i)
    if (phdrs[i].type == Pt_tls && phdrs[i].memsz) tls_segment = phdrs + i;
}

l4_size_t libc_tls_size()
{
  return align_up(variables_size(), sizeof(Thread_control)) + sizeof(Thread_control);
}

l4_addr_t libc_tls_init(void *block)
{
  auto control = reinterpret_cast<Thread_control *>(static_cast<char *>(block) + libc_tls_size() -
                                                    sizeof(Thread_control));
  if (tls_segment) {
    char *variables = reinterpret_cast<char *>(control) - variables_size();
    memcpy(variables, reinterpret_cast<void *>(tls_segment->vaddr), tls_segment->filesz);
    memset(variables + tls_segment->filesz, 0, tls_segment->memsz - tls_segment->filesz);
  }
  *control = {control, {}};
  return reinterpret_cast<l4_addr_t>(control);
}

void libc_thread_done()
{
  libc_park_done();
}
