// SPDX-License-Identifier: MIT
/*
 * Searches through arrays and doubly linked lists (<search.h>).
 */
#include <search.h>
#include <string.h>

namespace {

/// How each element of such a list begins.
struct Element {
  Element *next, *previous;
};

} // namespace

extern "C" {

void *lfind(void const *key, void const *base, size_t *count, size_t size,
            int (*compare)(void const *, void const *))
{
  auto const *at = static_cast<char const *>(base);
  for (size_t i = 0; i < *count; ++i, at += size)
    if (compare(key, at) == 0) return const_cast<char *>(at);
  return nullptr;
}

void *lsearch(void const *key, void *base, size_t *count, size_t size,
              int (*compare)(void const *, void const *))
{
  if (void *found = lfind(key, base, count, size, compare)) return found;
  return memcpy(static_cast<char *>(base) + size * (*count)++, key, size);
}

void insque(void *element, void *before)
{
  auto *const e = static_cast<Element *>(element);
  auto *const b = static_cast<Element *>(before);
  *e = {b ? b->next : nullptr, b};
  if (e->next) e->next->previous = e;
  if (b) b->next = e;
}

void remque(void *element)
{
  auto *const e = static_cast<Element *>(element);
  if (e->next) e->next->previous = e->previous;
  if (e->previous) e->previous->next = e->next;
}

} // extern "C"
