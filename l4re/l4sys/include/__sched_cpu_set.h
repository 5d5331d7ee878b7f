/* SPDX-License-Identifier: MIT */
/** The type alone, for <pthread.h>, which must not bring other names of L4 along. */
#pragma once

/** Set of CPUs: bit i of `map` stands for 2^granularity CPUs from offset + i * 2^granularity. */
typedef struct l4_sched_cpu_set_t {
  /** Offset in bits 23..0, granularity (log2) in bits 31..24. */
  unsigned long gran_offset;
  unsigned long map;
#ifdef __cplusplus
  constexpr unsigned char granularity() const noexcept
  {
    return gran_offset >> 24;
  }
  constexpr unsigned offset() const noexcept
  {
    return gran_offset & 0x00ffffff;
  }
  constexpr void set(unsigned char granularity, unsigned offset) noexcept
  {
    gran_offset = (static_cast<unsigned long>(granularity) << 24) | (offset & 0x00ffffff);
  }
#endif
} l4_sched_cpu_set_t;
