// SPDX-License-Identifier: MIT
// Timeouts, selectors and page-table entries: every value, or every value about each limit.
#include "arch/host/host.h"
#include "check.h"
#include "fake_object.h"
#include "ipc/system_call.h"
#include "space/map_item.h"
#include "space/obj_space.h"
#include "types/timeout.h"

#include <initializer_list>

namespace {

/// abi/kernel-entry.md section 4, with the duration by repeated doubling.
void check_timeout(unsigned raw)
{
  Timeout t{u16(raw)};
  bool absolute = raw >= 0x8000;
  expect(t.is_never() == (raw == 0), "never", raw);
  expect(t.is_absolute() == absolute, "absolute", raw);
  expect(t.is_zero() == (raw != 0 && !absolute && raw % 0x400 == 0), "zero", raw);
  if (absolute) {
    unsigned index = raw % 64;
    expect(t.buffer_index() == (index < 58 ? index : 57), "buffer register", raw);
  } else {
    Word duration = raw % 0x400;
    for (unsigned e = raw / 0x400; e; --e)
      duration += duration;
    expect(t.microseconds() == duration, "duration", raw, t.microseconds(), duration);
  }
  Timeout_pair pair(Word{raw} << 16 | (raw ^ 0xffff) | ~Word{0} << 32);
  expect(pair.send().is_never() == t.is_never() && pair.raw() >> 16 == raw, "send half", raw);
  expect(pair.receive().is_absolute() != absolute, "receive half", raw);
}

/// abi/kernel-entry.md section 2: what an object space finds for a selector, whose slots are empty but
/// for one; indices that are too large are empty.
void check_selector(Obj_space const &space, Word index, Word used, Word entry)
{
  Word selector = index << 12;
  expect(space.entry_of(selector) == (index == used ? entry : 0), "slot of selector", selector);
}

void check_operation_bits(Word low)
{
  bool special = low / 0x800 % 2, reply = low / 0x400 % 2;
  for (Word index : {Word{0}, Word{1}, Word{65535}, Word{1} << 51})
    expect(Selector::is_explicit_reply(index << 12 | low) == (reply && !special),
           "explicit reply capability", low);
  Thread::Ipc_call call;
  call.op = u8(low % 16);
  bool send = low % 2, receive = low / 2 % 2, open = low / 4 % 2;
  expect(call.receives() == receive && call.open() == open, "operation", low);
  expect(call.is_call() == (send && receive && !open), "call", low);
}

/// A mapping never has more rights than its source, or than the item passes on (abi/ipc.md section 4).
void check_entry(u8 has, u8 sent, unsigned attributes, Word source_cache, Word access)
{
  constexpr Word Frame = 0x12345000, Other_bits = Page_entry::Large | Page_entry::Claimed;
  Pass_on how{Send_item(attributes << 4 | 8), sent};
  Word source = Frame | Page_entry::rights_bits(has) | source_cache | access;
  Page_entry made(how.entry(source, Frame));
  expect(made.present() && made.frame().value() == Frame, "frame", source);
  expect(made.rights() == ((has & sent) | Fpage::R), "rights", has, sent, made.rights());
  expect(made.access_flags() == access >> 5, "access flags", source);
  expect(!(made.value() & (Other_bits | Page_entry::Pinned)), "other bits", made.value());
  Word cache = source_cache;
  if (attributes == 1) cache = Page_entry::No_cache | Page_entry::Write_through;
  if (attributes == 3) cache = 0;
  if (attributes == 5) cache = Page_entry::Write_through;
  expect((made.value() & Page_entry::Cache_mask) == cache, "cache", attributes, made.value());
}

void check_entries()
{
  for (u8 has = 4; has < 8; ++has)
    for (u8 sent = 4; sent < 8; ++sent)
      for (unsigned attributes = 0; attributes < 16; ++attributes)
        for (Word cache : {Word{0}, Word{8}, Word{16}, Word{24}})
          for (Word access = 0; access < 4; ++access)
            check_entry(has, sent, attributes, cache, access << 5);
}

void check_selectors(Word used)
{
  host::reset();
  Quota quota(Quota::Unlimited);
  Fake_object object(quota);
  Obj_space space;
  constexpr u8 Flags = Cap_slot::W | Cap_slot::S;
  expect(space.put(Cap_index(used), quota, object, Flags), "memory", used);
  Word entry = reinterpret_cast<Word>(&object) | Flags;
  for (Word index = 0; index < 4 * Obj_space::Slot_count; ++index)
    check_selector(space, index, used, entry);
  for (unsigned bit = 18; bit < 52; ++bit)
    for (Word index : {Word{1} << bit, Word{1} << bit | used, (Word{2} << bit) - 1})
      check_selector(space, index, used, entry);
  Budget budget;
  while (space.clear(quota, budget) == Step::More)
    budget = Budget();
  expect(quota.used() == 0, "quota", used);
}

} // namespace

int main()
{
  for (unsigned raw = 0; raw <= 0xffff; ++raw)
    check_timeout(raw);
  for (Word low = 0; low < 4096; ++low)
    check_operation_bits(low);
  check_entries();
  for (Word used : {Word{0}, Word{127}, Word{128}, Word{5000}, Obj_space::Slot_count - 1})
    check_selectors(used);
  return done();
}
