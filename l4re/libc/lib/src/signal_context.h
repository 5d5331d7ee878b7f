// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/utcb.h>

#include <cpuid.h>
#include <errno.h>

/**
 * \file
 * What belongs to interrupted code besides the registers in the frame of a signal.
 */
extern "C" {
extern l4_umword_t libc_signal_fpu_size; ///< bytes that signal_entry.S saves; 512 for FXSAVE
extern int libc_signal_use_xsave;
}

namespace Libc {

inline void find_fpu_size()
{
  unsigned a, b, c, d;
  constexpr unsigned Osxsave = 1U << 27; // of CPUID 1, ECX
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & Osxsave)) return;
  __cpuid_count(0xd, 0, a, b, c, d);
  libc_signal_fpu_size = b;
  libc_signal_use_xsave = 1;
}

/// A message under construction and the last error belong to what was interrupted.
class Interrupted {
public:
  Interrupted()
      : _errno(errno), _error(l4_utcb_tcr()->error), _mr(*l4_utcb_mr()), _br(*l4_utcb_br())
  {
  }
  ~Interrupted()
  {
    *l4_utcb_mr() = _mr;
    *l4_utcb_br() = _br;
    l4_utcb_tcr()->error = _error;
    errno = _errno;
  }
  Interrupted(Interrupted const &) = delete;

private:
  int _errno;
  l4_umword_t _error;
  l4_msg_regs_t _mr;
  l4_buf_regs_t _br;
};

} // namespace Libc
