// SPDX-License-Identifier: MIT
// abi/ipc.md section 4, placement: every pair of flexpages and every hot spot within 64 pages.
#include "check.h"
#include "space/map_item.h"

#include <optional>

namespace {

constexpr unsigned Pages = 64, Min_order = 12, Max_order = 18;

/// The block of 2^order bytes, among those that are aligned, in which an address lies: looked for,
/// not computed.
Word block_with(Word address, unsigned order)
{
  for (Word base = 0;; base += Word{1} << order)
    if (address - base < Word{1} << order) return base;
}

struct Expected {
  Word from, to, size;
};

/// The rule, word by word: the smaller of both sizes is mapped; the hot spot names a block of that
/// size in the larger one.
Expected place(Word send, unsigned send_order, Word window, unsigned window_order, Word hot_spot)
{
  Word send_base = block_with(send, send_order), window_base = block_with(window, window_order);
  Word send_size = Word{1} << send_order, window_size = Word{1} << window_order;
  if (send_size <= window_size)
    return {send_base, window_base + block_with(hot_spot % window_size, send_order), send_size};
  return {send_base + block_with(hot_spot % send_size, window_order), window_base, window_size};
}

void check(Fpage window, Fpage send, Send_item item, unsigned shift, Expected const &expected)
{
  Placement real = Placement::of(Map_item::into(window, send, item), shift);
  expect(real.from == expected.from && real.to == expected.to && real.size == expected.size,
         "placement", send.raw(), window.raw(), item.raw(), real.from, real.to, real.size);
}

void check_memory(Word send, unsigned send_order, Word hot_spot)
{
  Fpage const pages(Fpage::Type::Memory, send, send_order, 7);
  Send_item const item(hot_spot | 8);
  Expected const anywhere{block_with(send, send_order), block_with(hot_spot, send_order),
                          Word{1} << send_order};
  check(Fpage(Fpage::All_spaces), pages, item, 0, anywhere);
  for (unsigned order = Min_order; order <= Max_order; ++order)
    for (Word window = 0; window < Pages * Page_size; window += Page_size)
      check(Fpage(Fpage::Type::Memory, window, order, 0), pages, item, 0,
            place(send, send_order, window, order, hot_spot));
  check(Fpage(Fpage::Type::Memory, 0x5000, Fpage::Whole_space, 0), pages, item, 0, anywhere);
}

/// Of two aligned regions the smaller one is what they have in common, if anything.
void check_ports(Word send, unsigned send_order, Word window, unsigned window_order, Word hot_spot)
{
  Map_item item = Map_item::into(Fpage(Fpage::Type::Io, window << 12, window_order, 0),
                                 Fpage(Fpage::Type::Io, send << 12, send_order, 7),
                                 Send_item(hot_spot << 12 | 8));
  unsigned order = send_order < window_order ? send_order : window_order;
  Word send_base = block_with(send, send_order), window_base = block_with(window, window_order);
  Word base = send_order < window_order ? send_base : window_base;
  bool common = block_with(base, send_order) == send_base && block_with(base, window_order) == window_base;
  bool right = !common || (item.send.order() == order && item.send.index() == base &&
                           item.control.hot_spot() == base << 12);
  expect(right && item.send.rights() == (common ? 7 : 0), "ports", send, send_order, window, window_order, item.send.raw(), item.control.raw());
}

/// Slots and ports: addresses count units, so sizes start at one. Ports keep their places.
void check_slots(Word send, unsigned send_order, Word hot_spot)
{
  for (unsigned order = 0; order <= Max_order - Min_order; ++order)
    for (Word window = 0; window < Pages; ++window) {
      check(Fpage(Fpage::Type::Obj, window << 12, order, 0),
            Fpage(Fpage::Type::Obj, send << 12, send_order, 7), Send_item(hot_spot << 12 | 8), 12,
            place(send, send_order, window, order, hot_spot));
      check_ports(send, send_order, window, order, hot_spot);
    }
}

} // namespace

int main()
{
  for (unsigned order = 0; order <= Max_order - Min_order; ++order)
    for (Word send = 0; send < Pages; ++send)
      for (Word hot_spot = 0; hot_spot < Pages; ++hot_spot) {
        check_memory(send << 12, order + Min_order, hot_spot << 12);
        check_slots(send, order, hot_spot);
      }
  return done();
}
