// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libtap/tap.h>
#include <l4/re/env>
#include <l4/re/rm>

/**
 * \file
 * Accesses that may fail: each function is -1 then, while a Rescue for it lives. The labels bound
 * the one instruction that may fault.
 */
extern "C" {
int probe_byte(char const *p);
extern char probe_begin[], probe_end[], probe_failed[];
/// 0 when it went well.
int probe_write(char *p, char value);
extern char probe_write_begin[], probe_write_end[];
}

/// Faults of the probes continue behind them.
class Rescue {
public:
  Rescue() : Rescue(probe_begin, probe_end) {}
  Rescue(char const *begin, char const *end) : _begin(reinterpret_cast<l4_addr_t>(begin))
  {
    CHECK_EQ(L4Re::Env::env()->rm()->add_rescue_jump(_begin, reinterpret_cast<l4_addr_t>(end),
                                                     reinterpret_cast<l4_addr_t>(probe_failed)),
             0);
  }
  Rescue(Rescue const &) = delete;
  Rescue &operator=(Rescue const &) = delete;
  ~Rescue() { CHECK_EQ(L4Re::Env::env()->rm()->remove_rescue_jump(_begin), 0); }

private:
  l4_addr_t _begin;
};

/// Both probes.
struct Rescues {
  Rescue reads, writes{probe_write_begin, probe_write_end};
};

inline bool readable(l4_addr_t a)
{
  return probe_byte(reinterpret_cast<char const *>(a)) >= 0;
}
inline bool writable(l4_addr_t a)
{
  return probe_write(reinterpret_cast<char *>(a), 1) == 0;
}
