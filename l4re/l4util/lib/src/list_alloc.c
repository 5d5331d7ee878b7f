// SPDX-License-Identifier: MIT
#include <l4/util/kprintf.h>
#include <l4/util/list_alloc.h>

static l4_size_t round_up(l4_size_t value, l4_size_t unit)
{
  return (value + unit - 1) & ~(unit - 1);
}

/** Join a block with the next one if they touch. */
static void merge(l4la_free_t *b)
{
  if (!b->next || (char *)b + b->size != (char *)b->next) return;
  b->size += b->next->size;
  b->next = b->next->next;
}

void l4la_free(l4la_free_t **first, void *block, l4_size_t size) L4_NOTHROW
{
  l4la_free_t *const b = (l4la_free_t *)block;
  l4la_free_t *before = 0, *behind = *first;
  size = round_up(size, sizeof(*b));
  if (!size) return;
  while (behind && behind < b) {
    before = behind;
    behind = behind->next;
  }
  b->size = size;
  b->next = behind;
  *(before ? &before->next : first) = b;
  merge(b);
  if (before) merge(before);
}

void *l4la_alloc(l4la_free_t **first, l4_size_t size, unsigned align) L4_NOTHROW
{
  l4_size_t const unit = sizeof(l4la_free_t);
  l4_size_t const boundary = align > 63 ? 0 : (l4_size_t)1 << align;
  if (!boundary || size + unit < size) return 0;
  size = round_up(size ? size : 1, unit);
  for (l4la_free_t **place = first; *place; place = &(*place)->next) {
    l4la_free_t *const b = *place;
    l4_addr_t const start = (l4_addr_t)b, end = start + b->size;
    l4_addr_t const at = round_up(start, boundary < unit ? unit : boundary);
    if (at < start || at > end || end - at < size) continue;

    l4la_free_t *rest = b->next;
    if (at + size < end) {
      rest = (l4la_free_t *)(at + size);
      rest->size = end - (at + size);
      rest->next = b->next;
    }
    if (at > start) {
      b->size = at - start;
      b->next = rest;
    } else
      *place = rest;
    return (void *)at;
  }
  return 0;
}

l4_size_t l4la_avail(l4la_free_t **first) L4_NOTHROW
{
  l4_size_t sum = 0;
  for (l4la_free_t const *b = *first; b; b = b->next)
    sum += b->size;
  return sum;
}

void l4la_dump(l4la_free_t **first) L4_NOTHROW
{
  for (l4la_free_t const *b = *first; b; b = b->next)
    l4_kprintf("free: %p, %lu bytes\n", (void const *)b, b->size);
}
