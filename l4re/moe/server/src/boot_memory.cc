// SPDX-License-Identifier: MIT
#include "boot_memory.h"
#include "debug.h"
#include "memory.h"

#include <l4/libc_minimal/heap>
#include <l4/sigma0/sigma0.h>
#include <l4/sys/kip.h>
#include <l4/sys/task.h>

#include <stdlib.h>
#include <string.h>

namespace Moe {

namespace {

constexpr unsigned Largest_order = 30;

struct Block {
  l4_addr_t start;
  unsigned order;
};

// Used once, before there is other memory.
Block blocks[1024];
constexpr unsigned Max_blocks = sizeof(blocks) / sizeof(blocks[0]);

/// Chunk table for machines with up to 4 GiB of addresses; zero by definition.
l4_umword_t small_table[4096 / 2];

/// Pages of the heap come from `ram`.
class Heap_pages final : public Libc_minimal::Page_source {
public:
  void *alloc_pages(unsigned order) override { return reinterpret_cast<void *>(ram.alloc(order)); }
  void free_pages(void *pages, unsigned order) override
  {
    ram.free(reinterpret_cast<l4_addr_t>(pages), order);
  }
};

Heap_pages heap_pages;
Libc_minimal::Heap heap(&heap_pages);

/// Table of `ram`: one word per 2 MiB of addresses. Takes memory from `block` if it must.
void *chunk_table(l4_size_t size, Block *block)
{
  if (size <= sizeof(small_table)) return small_table;
  l4_size_t const bytes = l4_round_page(size);
  if (bytes >= 1UL << block->order)
    panic("not enough contiguous RAM for the page tables of moe: give the machine more memory");
  auto *const table = reinterpret_cast<void *>(block->start);
  memset(table, 0, bytes);
  return table;
}

} // namespace

void map_kip()
{
  l4_global_kip = l4sigma0_map_kip(L4_BASE_PAGER_CAP, nullptr, L4_WHOLE_ADDRESS_SPACE);
  if (!l4_global_kip) panic("sigma0 does not answer the request for the kernel information page");
  can_withdraw = l4_kip_kernel_has_feature(l4_global_kip, "mapdb");
}

void collect_memory()
{
  unsigned count = 0, largest = 0;
  l4_addr_t first = ~0UL, end = 0;
  // Largest blocks first: the fewest requests, and what the allocator likes best.
  for (unsigned order = Largest_order; order >= L4_PAGESHIFT; --order) {
    while (count < Max_blocks) {
      Block &b = blocks[count];
      if (l4sigma0_map_anypage(L4_BASE_PAGER_CAP, 0, L4_WHOLE_ADDRESS_SPACE, &b.start, order) < 0)
        break;
      b.order = order;
      first = b.start < first ? b.start : first;
      end = b.start + (1UL << order) > end ? b.start + (1UL << order) : end;
      if (b.start && (!blocks[largest].start || order > blocks[largest].order)) largest = count;
      ++count;
    }
  }
  if (!count) panic("sigma0 has no free RAM: give the machine more memory (QEMU: -m)");

  l4_size_t const table_size = Page_alloc::table_size(first, end);
  ram.init(chunk_table(table_size, &blocks[largest]), first, end);
  for (unsigned i = 0; i < count; ++i) {
    l4_addr_t start = blocks[i].start;
    l4_size_t size = 1UL << blocks[i].order;
    if (start == 0) { // a null pointer must not be a page
      start += L4_PAGESIZE;
      size -= L4_PAGESIZE;
    } else if (i == largest && table_size > sizeof(small_table)) {
      l4_size_t const bytes = l4_round_page(table_size);
      start += bytes;
      size -= bytes;
    }
    ram.add_range(start, size);
  }
}

} // namespace Moe

extern "C" void *malloc(l4_size_t size)
{
  return Moe::heap.alloc(size);
}

extern "C" void free(void *p)
{
  Moe::heap.free(p);
}
