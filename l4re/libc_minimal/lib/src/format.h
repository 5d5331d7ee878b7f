// SPDX-License-Identifier: MIT
#pragma once

#include <stdarg.h>
#include <stddef.h>

namespace Libc_minimal {

/// Where formatted characters go.
class Sink {
public:
  virtual void put(char const *text, size_t length) = 0;

protected:
  ~Sink() = default;
};

/// Format into a sink; see `printf` for what is understood.
/// \return number of characters produced
int format(Sink &sink, char const *fmt, va_list args);

} // namespace Libc_minimal
