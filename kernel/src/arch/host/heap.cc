// SPDX-License-Identifier: MIT
// The kernel heap of the host architecture: a reservation of address space, filled page by page by
// Linux.
#include "arch/arch.h"
#include "arch/host/host.h"
#include "mem/kmem.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

namespace {

Word reserve()
{
  Word align = Page_size << Kmem::Max_order;
  void *area = mmap(nullptr, host::Heap_bytes + align, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (area == MAP_FAILED) abort();
  return round_to(reinterpret_cast<Word>(area), Page_shift + Kmem::Max_order);
}

} // namespace

Word const arch::Kmem_base = reserve() - host::Heap_phys;

void host::reset()
{
  static bool heap_is_ready = false;
  if (!heap_is_ready) Kmem::init(Phys_addr(Heap_phys), Heap_bytes);
  heap_is_ready = true;
  machine = Machine{};
  set_cpu(0, nullptr);
}

Word arch::init_root_table(void *root_table)
{
  static_cast<Word *>(root_table)[511] = 1; // stands for the kernel's half
  return reinterpret_cast<Word>(root_table) - Kmem_base;
}

void arch::strip_root_table(void *root_table, Word)
{
  static_cast<Word *>(root_table)[511] = 0;
}
