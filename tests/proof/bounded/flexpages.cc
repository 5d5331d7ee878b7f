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

void check(Map_item const &item, unsigned shift, Expected const &expected)
{
  Placement real = Placement::of(item, shift);
  expect(real.from == expected.from && real.to == expected.to && real.size == expected.size,
         "placement", item.send.raw(), item.window.raw(), item.control.raw(), real.from, real.to,
         real.size);
}

void check_memory(Word send, unsigned send_order, Word hot_spot)
{
  Map_item item{.send = Fpage(Fpage::Type::Memory, send, send_order, 7),
                .window = Fpage(Fpage::All_spaces),
                .control = Send_item(hot_spot | 8)};
  check(item, 0, {block_with(send, send_order), block_with(hot_spot, send_order),
                  Word{1} << send_order});
  for (unsigned order = Min_order; order <= Max_order; ++order)
    for (Word window = 0; window < Pages * Page_size; window += Page_size) {
      item.window = Fpage(Fpage::Type::Memory, window, order, 0);
      check(item, 0, place(send, send_order, window, order, hot_spot));
    }
  item.window = Fpage(Fpage::Type::Memory, 0x5000, Fpage::Whole_space, 0);
  check(item, 0, {block_with(send, send_order), block_with(hot_spot, send_order),
                  Word{1} << send_order});
}

/// Slots and ports: addresses count units, so sizes start at one.
void check_slots(Word send, unsigned send_order, Word hot_spot)
{
  for (unsigned order = 0; order <= Max_order - Min_order; ++order)
    for (Word window = 0; window < Pages; ++window) {
      Map_item item{.send = Fpage(Fpage::Type::Obj, send << 12, send_order, 7),
                    .window = Fpage(Fpage::Type::Obj, window << 12, order, 0),
                    .control = Send_item(hot_spot << 12 | 8)};
      check(item, 12, place(send, send_order, window, order, hot_spot));
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
