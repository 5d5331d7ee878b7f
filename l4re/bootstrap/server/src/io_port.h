// SPDX-License-Identifier: MIT
#pragma once

#include <stdint.h>

namespace boot {

inline uint8_t in_byte(uint16_t port)
{
  uint8_t value;
  asm volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

inline void out_byte(uint16_t port, uint8_t value)
{
  asm volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

} // namespace boot
