// SPDX-License-Identifier: MIT
#include "page_alloc.h"

#include <string.h>

namespace Moe {

namespace {

constexpr l4_size_t Chunk_size = 1UL << Page_alloc::Chunk_order;

unsigned log2_floor(l4_size_t n)
{
  return 63U - static_cast<unsigned>(__builtin_clzl(n));
}

/// Order of the largest naturally aligned block that starts at `a` and fits in `size`.
unsigned block_order(l4_addr_t a, l4_size_t size)
{
  unsigned const by_size = log2_floor(size);
  unsigned const by_addr = a ? static_cast<unsigned>(__builtin_ctzl(a)) : 63;
  unsigned const order = by_size < by_addr ? by_size : by_addr;
  return order < Page_alloc::Max_order ? order : Page_alloc::Max_order;
}

} // namespace

l4_size_t Page_alloc::table_size(l4_addr_t start, l4_addr_t end)
{
  return (((end + Chunk_size - 1) >> Chunk_order) - (start >> Chunk_order)) * sizeof(Chunk);
}

void Page_alloc::init(void *table, l4_addr_t start, l4_addr_t end)
{
  _chunks = static_cast<Chunk *>(table);
  _first_chunk = start >> Chunk_order;
  _num_chunks = table_size(start, end) / sizeof(Chunk);
  for (Page_states &s : _first_states) {
    auto spare = reinterpret_cast<Free_block *>(&s);
    spare->next = _spare_states;
    _spare_states = spare;
    ++_num_spare;
  }
}

// --- states
// ---------------------------------------------------------------------------------------

unsigned Page_alloc::free_order(l4_addr_t block, unsigned order) const
{
  if ((block >> Chunk_order) - _first_chunk >= _num_chunks) // also when below the first one
    return 0;
  if (order >= Chunk_order) return chunk(block).order();
  return chunk(block).states() ? state(block) & Page_states::Order_mask : 0;
}

void Page_alloc::set_free_order(l4_addr_t block, unsigned order, unsigned value)
{
  if (order >= Chunk_order)
    chunk(block).order(value);
  else
    state(block) = (state(block) & ~Page_states::Order_mask) | value;
}

void Page_alloc::refill_states()
{
  // Dividing a chunk for this page may take the last spare states; two come back.
  _refilling = true;
  if (l4_addr_t const page = alloc(Page_order)) {
    static_assert(2 * sizeof(Page_states) == Page_size);
    for (unsigned i = 0; i < 2; ++i) {
      auto spare = reinterpret_cast<Free_block *>(page + i * sizeof(Page_states));
      spare->next = _spare_states;
      _spare_states = spare;
      ++_num_spare;
    }
  }
  _refilling = false;
}

bool Page_alloc::need_states(Chunk &c)
{
  if (c.states()) return true;
  if (_num_spare < 2 && !_refilling) refill_states();
  if (c.states()) // the refill may have divided this very chunk
    return true;
  if (!_spare_states) return false;
  auto s = reinterpret_cast<Page_states *>(_spare_states);
  _spare_states = _spare_states->next;
  --_num_spare;
  memset(s, 0, sizeof(*s));
  c.states(s);
  return true;
}

void Page_alloc::drop_states(Chunk &c)
{
  auto spare = reinterpret_cast<Free_block *>(c.states());
  c.states(nullptr);
  spare->next = _spare_states;
  _spare_states = spare;
  ++_num_spare;
}

// --- lists
// ----------------------------------------------------------------------------------------

void Page_alloc::push(l4_addr_t block, unsigned order)
{
  auto b = reinterpret_cast<Free_block *>(block);
  b->prev = nullptr;
  b->next = _lists[order];
  if (b->next) b->next->prev = b;
  _lists[order] = b;
  _nonempty |= 1UL << order;
  set_free_order(block, order, order);
}

void Page_alloc::remove(l4_addr_t block, unsigned order)
{
  auto b = reinterpret_cast<Free_block *>(block);
  (b->prev ? b->prev->next : _lists[order]) = b->next;
  if (b->next) b->next->prev = b->prev;
  if (!_lists[order]) _nonempty &= ~(1UL << order);
  set_free_order(block, order, 0);
}

// --- blocks
// ---------------------------------------------------------------------------------------

bool Page_alloc::add(l4_addr_t block, unsigned order)
{
  if (order < Chunk_order && !need_states(chunk(block))) return false;
  _total += 1UL << order;
  free(block, order);
  return true;
}

void Page_alloc::add_range(l4_addr_t start, l4_size_t size)
{
  while (size) {
    unsigned const order = block_order(start, size);
    add(start, order);
    start += 1UL << order;
    size -= 1UL << order;
  }
}

l4_addr_t Page_alloc::alloc(unsigned order)
{
  if (order > Max_order || !(_nonempty >> order)) return 0;
  unsigned have = order + static_cast<unsigned>(__builtin_ctzl(_nonempty >> order));
  l4_addr_t const block = reinterpret_cast<l4_addr_t>(_lists[have]);
  remove(block, have);

  if (have >= Chunk_order && order < Chunk_order) {
    // Divide down to one chunk first: a refill of the states must find this memory on a list.
    for (; have > Chunk_order; --have)
      push(block + (1UL << (have - 1)), have - 1);
    if (!need_states(chunk(block))) {
      _free -= 1UL << have;
      free(block, have);
      return 0;
    }
  }
  for (; have > order; --have)
    push(block + (1UL << (have - 1)), have - 1);
  _free -= 1UL << order;
  return block;
}

void Page_alloc::free(l4_addr_t block, unsigned order)
{
  _free += 1UL << order;
  for (; order < Max_order; ++order) {
    l4_addr_t const buddy = block ^ (1UL << order);
    if (free_order(buddy, order) != order) break;
    remove(buddy, order);
    block &= ~(1UL << order);
    if (order + 1 == Chunk_order) drop_states(chunk(block));
  }
  push(block, order);
}

// --- ranges
// ---------------------------------------------------------------------------------------

void Page_alloc::free_range(l4_addr_t start, l4_size_t size)
{
  while (size) {
    unsigned const order = block_order(start, size);
    free(start, order);
    start += 1UL << order;
    size -= 1UL << order;
  }
}

l4_addr_t Page_alloc::alloc_range(l4_size_t size, unsigned align)
{
  unsigned order = log2_floor(size);
  if (size & (size - 1)) ++order;
  if (order < align) order = align;
  if (l4_addr_t const block = alloc(order)) {
    if (order >= Chunk_order && size % Chunk_size && !need_states(chunk(block + size))) {
      free(block, order);
      return 0;
    }
    if (l4_size_t const rest = (1UL << order) - size) free_range(block + size, rest);
    return block;
  }

  // No single block is large enough, but neighbouring ones may be. The last chunk may get divided.
  if (_num_spare < 2) refill_states();
  if (size < Chunk_size || !_num_spare) return 0;
  l4_addr_t const run = find_run(size, align);
  if (run) take_run(run, size);
  return run;
}

l4_addr_t Page_alloc::find_run(l4_size_t size, unsigned align) const
{
  l4_size_t const alignment = 1UL << (align < Chunk_order ? +Chunk_order : align);
  l4_addr_t start = 0, end = 0; // run of free chunks ending at `end`
  for (l4_size_t i = 0; i < _num_chunks;) {
    l4_addr_t const here = (_first_chunk + i) << Chunk_order;
    unsigned const order = _chunks[i].order();
    if (!order) {
      ++i;
      continue;
    }
    if (here != end) start = here;
    end = here + (1UL << order);
    l4_addr_t const aligned = (start + alignment - 1) & ~(alignment - 1);
    if (aligned < end && end - aligned >= size) return aligned;
    i += 1UL << (order - Chunk_order);
  }
  return 0;
}

void Page_alloc::take_run(l4_addr_t start, l4_size_t size)
{
  l4_addr_t const end = start + size;
  // The first block may begin before the run: look for it among the possible bases.
  l4_addr_t block = start & ~(Chunk_size - 1);
  for (unsigned o = Chunk_order; free_order(block, o) == 0; ++o)
    block &= ~(1UL << o);
  while (block < end) {
    unsigned const order = chunk(block).order();
    l4_addr_t const block_end = block + (1UL << order);
    remove(block, order);
    _free -= 1UL << order;
    if (block < start) free_range(block, start - block);
    if (block_end > end) {
      if (end % Chunk_size)
        need_states(chunk(end)); // succeeds: the caller made sure of spare states
      free_range(end, block_end - end);
    }
    block = block_end;
  }
}

// --- shared pages
// ---------------------------------------------------------------------------------

void Page_alloc::share(l4_addr_t page)
{
  state(page) += Page_states::One_owner;
}

bool Page_alloc::unshare(l4_addr_t page)
{
  if (state(page) < Page_states::One_owner) return true;
  state(page) -= Page_states::One_owner;
  return false;
}

bool Page_alloc::shared(l4_addr_t page) const
{
  return state(page) >= Page_states::One_owner;
}

} // namespace Moe
