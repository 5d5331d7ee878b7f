// SPDX-License-Identifier: MIT
#include <l4/libtap/message.h>
#include <l4/libtap/objects.h>

#include <l4/sys/kip.h>

namespace Tap {

l4_umword_t compose(long label, std::initializer_list<l4_umword_t> words,
                    std::initializer_list<Item> items, unsigned flags)
{
  unsigned index = 0;
  for (l4_umword_t word : words)
    mr(index++) = word;
  for (Item const &item : items) {
    mr(index++) = item.control;
    mr(index++) = item.fpage;
  }
  return raw_tag(label, unsigned(words.size()), unsigned(items.size()), flags);
}

Result call(l4_cap_idx_t cap, long label, std::initializer_list<l4_umword_t> words,
            std::initializer_list<Item> items, l4_umword_t timeouts)
{
  return invoke(cap | L4_SYSF_CALL, compose(label, words, items), timeouts);
}

Result send(l4_cap_idx_t cap, long label, std::initializer_list<l4_umword_t> words,
            std::initializer_list<Item> items, l4_umword_t timeouts)
{
  return invoke(cap | L4_SYSF_SEND, compose(label, words, items), timeouts);
}

Result reply(long label, std::initializer_list<l4_umword_t> words,
             std::initializer_list<Item> items)
{
  return invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, compose(label, words, items), Zero);
}

void sleep_us(l4_umword_t us)
{
  invoke(Self | L4_SYSF_RECV, 0, pair(0, half(us)));
}

void set_buffers(std::initializer_list<l4_umword_t> words)
{
  unsigned index = 0;
  bdr() = 0;
  for (l4_umword_t word : words)
    br(index++) = word;
  br(index) = 0;
}

void no_buffers()
{
  set_buffers({});
}

void buffer_for(l4_cap_idx_t slot, unsigned flags)
{
  set_buffers({(slot & L4_FPAGE_ADDR_MASK) | L4_RCV_ITEM_SINGLE_CAP | flags});
}

l4_umword_t poison(unsigned index)
{
  return 0xdead000000000000 | index * 0x101;
}

void poison_mrs()
{
  for (unsigned i = 0; i < L4_UTCB_GENERIC_DATA_SIZE; ++i)
    mr(i) = poison(i);
}

unsigned poisoned_from(unsigned first)
{
  unsigned count = 0;
  for (unsigned i = first; i < L4_UTCB_GENERIC_DATA_SIZE; ++i)
    count += mr(i) == poison(i);
  return count;
}

l4_uint64_t now()
{
  return l4_kip_clock(l4_kip());
}

} // namespace Tap
