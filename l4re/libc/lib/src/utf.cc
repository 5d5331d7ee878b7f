// SPDX-License-Identifier: MIT
/*
 * Characters of UTF-16 and UTF-32 (<uchar.h>). wchar_t is UTF-32 here, so that mbrtowc() and
 * wcrtomb() do the work; what is left are the two halves of a UTF-16 character above U+FFFF, which
 * are kept in the state between two calls.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <uchar.h>
#include <wchar.h>

namespace {

static_assert(sizeof(wchar_t) == sizeof(char32_t));

constexpr size_t Again = static_cast<size_t>(-3), Fault = static_cast<size_t>(-1),
                 More = static_cast<size_t>(-2);
constexpr char32_t High = 0xd800, Low = 0xdc00, Behind = 0xe000, First = 0x10000, Last = 0x10ffff,
                   Half_mask = 0x3ff;
constexpr unsigned Half_bits = 10;

/// Marks a state in which a half is kept: no state of mbrtowc() has this count of bytes.
constexpr int Kept = 0x16;

bool is_high(char32_t c) { return c >= High && c < Low; }

bool is_low(char32_t c) { return c >= Low && c < Behind; }

bool has_half(mbstate_t const &state) { return state.__count == Kept; }

void keep_half(mbstate_t *state, char16_t half)
{
  state->__count = Kept;
  state->__value.__wch = half;
}

char16_t take_half(mbstate_t *state)
{
  char16_t const half = static_cast<char16_t>(state->__value.__wch);
  memset(state, 0, sizeof(*state));
  return half;
}

size_t fault()
{
  errno = EILSEQ;
  return Fault;
}

} // namespace

extern "C" {

size_t mbrtoc32(char32_t *wide, char const *text, size_t size, mbstate_t *state)
{
  static mbstate_t hidden;
  if (!state) state = &hidden;
  wchar_t c = 0;
  size_t const n = text ? mbrtowc(&c, text, size, state) : mbrtowc(nullptr, "", 1, state);
  if (n != Fault && n != More && wide && text) *wide = static_cast<char32_t>(c);
  return n;
}

size_t c32rtomb(char *text, char32_t wide, mbstate_t *state)
{
  static mbstate_t hidden;
  if (!state) state = &hidden;
  if (wide > Last || (wide >= High && wide < Behind)) return fault();
  return wcrtomb(text, static_cast<wchar_t>(wide), state);
}

size_t mbrtoc16(char16_t *wide, char const *text, size_t size, mbstate_t *state)
{
  static mbstate_t hidden;
  if (!state) state = &hidden;
  if (has_half(*state)) {
    char16_t const half = take_half(state);
    if (wide && text) *wide = half;
    return Again;
  }
  char32_t c = 0;
  size_t const n = mbrtoc32(&c, text, size, state);
  if (n == Fault || n == More || !text) return n;
  char16_t first = static_cast<char16_t>(c);
  if (c >= First) {
    first = static_cast<char16_t>(High + ((c - First) >> Half_bits));
    keep_half(state, static_cast<char16_t>(Low + (c & Half_mask)));
  }
  if (wide) *wide = first;
  return n;
}

size_t c16rtomb(char *text, char16_t wide, mbstate_t *state)
{
  static mbstate_t hidden;
  if (!state) state = &hidden;
  if (!text) {
    memset(state, 0, sizeof(*state));
    return 1;
  }
  if (has_half(*state)) {
    char32_t const high = take_half(state);
    if (!is_low(wide)) return fault();
    return c32rtomb(text, First + ((high - High) << Half_bits) + (wide - Low), state);
  }
  if (is_high(wide)) {
    keep_half(state, wide);
    return 0;
  }
  return c32rtomb(text, wide, state);
}

} // extern "C"
