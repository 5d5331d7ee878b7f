// SPDX-License-Identifier: MIT
/** Access to I/O ports that the task owns. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/types.h>

L4_BEGIN_DECLS

L4_INLINE l4_uint8_t l4util_in8(l4_uint16_t port) L4_NOTHROW
{
  l4_uint8_t value;
  __asm__ __volatile__("inb %w1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

L4_INLINE l4_uint16_t l4util_in16(l4_uint16_t port) L4_NOTHROW
{
  l4_uint16_t value;
  __asm__ __volatile__("inw %w1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

L4_INLINE l4_uint32_t l4util_in32(l4_uint16_t port) L4_NOTHROW
{
  l4_uint32_t value;
  __asm__ __volatile__("inl %w1, %0" : "=a"(value) : "Nd"(port));
  return value;
}

L4_INLINE void l4util_out8(l4_uint8_t value, l4_uint16_t port) L4_NOTHROW
{
  __asm__ __volatile__("outb %0, %w1" : : "a"(value), "Nd"(port));
}

L4_INLINE void l4util_out16(l4_uint16_t value, l4_uint16_t port) L4_NOTHROW
{
  __asm__ __volatile__("outw %0, %w1" : : "a"(value), "Nd"(port));
}

L4_INLINE void l4util_out32(l4_uint32_t value, l4_uint16_t port) L4_NOTHROW
{
  __asm__ __volatile__("outl %0, %w1" : : "a"(value), "Nd"(port));
}

/** Read `count` values from a port. */
L4_INLINE void l4util_ins8(l4_uint16_t port, l4_umword_t addr, l4_umword_t count) L4_NOTHROW
{
  __asm__ __volatile__("rep insb" : "+D"(addr), "+c"(count) : "d"(port) : "memory");
}

L4_INLINE void l4util_ins16(l4_uint16_t port, l4_umword_t addr, l4_umword_t count) L4_NOTHROW
{
  __asm__ __volatile__("rep insw" : "+D"(addr), "+c"(count) : "d"(port) : "memory");
}

L4_INLINE void l4util_ins32(l4_uint16_t port, l4_umword_t addr, l4_umword_t count) L4_NOTHROW
{
  __asm__ __volatile__("rep insl" : "+D"(addr), "+c"(count) : "d"(port) : "memory");
}

/** Write `count` values to a port. */
L4_INLINE void l4util_outs8(l4_uint16_t port, l4_umword_t addr, l4_umword_t count) L4_NOTHROW
{
  __asm__ __volatile__("rep outsb" : "+S"(addr), "+c"(count) : "d"(port) : "memory");
}

L4_INLINE void l4util_outs16(l4_uint16_t port, l4_umword_t addr, l4_umword_t count) L4_NOTHROW
{
  __asm__ __volatile__("rep outsw" : "+S"(addr), "+c"(count) : "d"(port) : "memory");
}

L4_INLINE void l4util_outs32(l4_uint16_t port, l4_umword_t addr, l4_umword_t count) L4_NOTHROW
{
  __asm__ __volatile__("rep outsl" : "+S"(addr), "+c"(count) : "d"(port) : "memory");
}

/** Delay of about a microsecond: a write to the port for POST codes. */
L4_INLINE void l4util_iodelay(void) L4_NOTHROW
{
  __asm__ __volatile__("outb %al, $0x80");
}

/**
 * Get the ports port_start .. port_start + 2^log2size - 1 from sigma0.
 * \return 0 or a negated error code.
 */
L4_CV long l4util_ioport_map(l4_cap_idx_t sigma0id, unsigned port_start,
                             unsigned log2size) L4_NOTHROW;

L4_END_DECLS
