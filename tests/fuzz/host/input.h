// SPDX-License-Identifier: MIT
// The fuzzer's bytes as numbers. An exhausted input reads as zeroes, and ends the run.
#pragma once

#include "types/types.h"

namespace fuzz {

class Input {
public:
  Input(u8 const *data, size_t size) : _at(data), _end(data + size) {}

  bool is_empty() const { return _at == _end; }
  u8 byte() { return is_empty() ? 0 : *_at++; }
  /// 0 .. limit - 1.
  unsigned below(unsigned limit) { return byte() % limit; }
  /// Little-endian, `bytes` long.
  Word word(unsigned bytes)
  {
    Word value = 0;
    for (unsigned i = 0; i < bytes; ++i)
      value |= Word{byte()} << 8 * i;
    return value;
  }

private:
  u8 const *_at, *_end;
};

} // namespace fuzz
