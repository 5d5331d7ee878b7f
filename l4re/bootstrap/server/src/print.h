// SPDX-License-Identifier: MIT
#pragma once

#include "text.h"
#include "types.h"

namespace boot {

/// One character to the console. Supplied by the hardware side (console.cc) or by a host test.
void put_char(char c);

/// End of the road: nothing runs after it. On the target the CPU halts (see console.h), in a host
/// test it throws.
[[noreturn]] void stop();

/// Suppresses `log`, never `warn` and `panic`.
void set_quiet(bool quiet);
bool is_quiet();

/// "0x00400000"; addresses have at least eight digits so that columns line up.
struct Hex {
  uint64_t value;
  unsigned min_digits = 8;
};
/// Printed with a fitting unit, e.g. "510 MiB"; rounded down.
struct Size {
  uint64_t bytes;
};

void put(Text text);
inline void put(const char *text)
{
  put(Text(text));
}
void put(uint64_t decimal);
inline void put(uint32_t decimal)
{
  put(uint64_t{decimal});
}
inline void put(int decimal)
{
  put(static_cast<uint64_t>(decimal));
}
void put(Hex number);
void put(Size size);
/// First and last address: "0x00400000-0x0047ffff".
void put(Range range);

template <typename... Parts> void print(Parts const &...parts)
{
  (put(parts), ...);
}

template <typename... Parts> void log(Parts const &...parts)
{
  if (!is_quiet()) print(parts..., "\n");
}

template <typename... Parts> void warn(Parts const &...parts)
{
  print("bootstrap: warning: ", parts..., "\n");
}

/// The three parts of a failure message, for those that are composed of pieces: `begin_failure`,
/// `print` what failed, where, found and expected, then `end_failure` with what the user can do.
void begin_failure();

template <typename... Parts> [[noreturn]] void end_failure(Parts const &...remedy)
{
  print("\nbootstrap: what to do: ", remedy..., "\n");
  stop();
}

/// Refuse to boot. A loader has nothing to unwind and nobody to report to, hence no error values.
template <typename Remedy, typename... Parts>
[[noreturn]] void panic(Remedy const &remedy, Parts const &...parts)
{
  begin_failure();
  print(parts...);
  end_failure(remedy);
}

} // namespace boot
