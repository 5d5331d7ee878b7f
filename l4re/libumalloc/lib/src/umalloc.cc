// SPDX-License-Identifier: MIT
#include <l4/cxx/list_alloc>
#include <l4/sys/consts.h>
#include <l4/umalloc/umalloc.h>

namespace {

/// In front of each block: its size with this header. Keeps what follows aligned to 16 bytes.
struct alignas(16) Header {
  l4_size_t size;
};

constexpr l4_size_t Alignment = alignof(Header);
/// The program is asked for at least this much at once.
constexpr l4_size_t Least_area = 64 << 10;

cxx::List_alloc &free_blocks()
{
  static constinit cxx::List_alloc list;
  return list;
}

Header *header(void *block)
{
  return static_cast<Header *>(block) - 1;
}

/// Get more memory, for a block of `size` bytes. \return false if there is none
bool grow(l4_size_t size)
{
  l4_size_t const area = l4_round_page(size < Least_area ? Least_area : size);
  if (area < size) return false;
  void *const memory = umalloc_area_create(area);
  if (memory) free_blocks().free(memory, area, true);
  return memory;
}

} // namespace

extern "C" void *malloc(l4_size_t size)
{
  l4_size_t const all = (size + sizeof(Header) + Alignment - 1) & ~(Alignment - 1);
  if (all < size) return nullptr;
  void *block = free_blocks().alloc(all, Alignment);
  if (!block && grow(all)) block = free_blocks().alloc(all, Alignment);
  if (!block) return nullptr;
  auto *const h = static_cast<Header *>(block);
  h->size = all;
  return h + 1;
}

extern "C" void free(void *block)
{
  if (block) free_blocks().free(header(block), header(block)->size);
}

extern "C" void *calloc(l4_size_t number, l4_size_t size)
{
  l4_size_t all;
  if (__builtin_mul_overflow(number, size, &all)) return nullptr;
  void *const block = malloc(all);
  if (block) __builtin_memset(block, 0, all);
  return block;
}

extern "C" void *realloc(void *block, l4_size_t size)
{
  if (!block) return malloc(size);
  l4_size_t const room = header(block)->size - sizeof(Header);
  if (size <= room) return block;
  void *const larger = malloc(size);
  if (!larger) return nullptr; // the old block stays
  __builtin_memcpy(larger, block, room);
  free(block);
  return larger;
}
