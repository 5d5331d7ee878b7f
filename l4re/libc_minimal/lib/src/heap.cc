// SPDX-License-Identifier: MIT
#include <l4/libc_minimal/heap>

namespace Libc_minimal {

namespace {

constexpr unsigned Page_shift = 12;
constexpr size_t Page_size = size_t(1) << Page_shift;
constexpr unsigned char Large = 0xff;

/// Object sizes; all multiples of 16, chosen so that a page behind its header is well used.
constexpr uint16_t Class_size[] = {16,  32,  48,  64,  96,   128,  192,
                                   256, 384, 512, 672, 1008, 1344, 2032};

} // namespace

/// Header at the start of a page (small objects) or of a block of pages (large object).
struct alignas(16) Heap::Page {
  Page *next, *prev;
  void *free;         ///< objects that were freed, linked through their first word
  uint16_t used;      ///< objects in use
  uint16_t fresh;     ///< offset of the first object that was never in use
  unsigned char size; ///< index of the class, or `Large`
  unsigned char order;

  bool full() const { return !free && fresh + Class_size[size] > Page_size; }
};

unsigned Heap::size_class(size_t size)
{
  unsigned c = 0;
  while (c < Num_classes && Class_size[c] < size)
    ++c;
  return c;
}

unsigned Heap::large_order(size_t size)
{
  unsigned order = Page_shift;
  while (order < 63 && (size_t(1) << order) - sizeof(Page) < size)
    ++order;
  return order;
}

size_t Heap::cost(size_t size)
{
  unsigned const c = size_class(size);
  return c < Num_classes ? Class_size[c] : size_t(1) << large_order(size);
}

void Heap::link(Page *page)
{
  Page *&head = _partial[page->size];
  page->prev = nullptr;
  page->next = head;
  if (head) head->prev = page;
  head = page;
}

void Heap::unlink(Page *page)
{
  (page->prev ? page->prev->next : _partial[page->size]) = page->next;
  if (page->next) page->next->prev = page->prev;
}

void *Heap::alloc(size_t size)
{
  static_assert(sizeof(Class_size) / sizeof(Class_size[0]) == Num_classes);
  static_assert(sizeof(Page) == 32 && sizeof(Page) + 2 * 2032 <= Page_size);
  unsigned const c = size_class(size);
  if (c == Num_classes) {
    unsigned const order = large_order(size);
    auto page = static_cast<Page *>(_source->alloc_pages(order));
    if (!page) return nullptr;
    page->size = Large;
    page->order = static_cast<unsigned char>(order);
    return page + 1;
  }

  Page *page = _partial[c];
  if (!page) {
    page = static_cast<Page *>(_source->alloc_pages(Page_shift));
    if (!page) return nullptr;
    *page = {nullptr, nullptr, nullptr, 0, sizeof(Page), static_cast<unsigned char>(c), Page_shift};
    link(page);
  }

  void *object = page->free;
  if (object)
    page->free = *static_cast<void **>(object);
  else {
    object = reinterpret_cast<char *>(page) + page->fresh;
    page->fresh = static_cast<uint16_t>(page->fresh + Class_size[c]);
  }
  ++page->used;
  if (page->full()) unlink(page);
  return object;
}

void Heap::free(void *p)
{
  if (!p) return;
  auto page = reinterpret_cast<Page *>(reinterpret_cast<uintptr_t>(p) & ~(Page_size - 1));
  if (page->size == Large) {
    _source->free_pages(page, page->order);
    return;
  }
  bool const was_full = page->full();
  if (--page->used == 0) {
    if (!was_full) unlink(page);
    _source->free_pages(page, Page_shift);
    return;
  }
  *static_cast<void **>(p) = page->free;
  page->free = p;
  if (was_full) link(page);
}

} // namespace Libc_minimal
