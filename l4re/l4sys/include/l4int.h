// SPDX-License-Identifier: MIT
/** Integer types of fixed width and of machine-word width. */
#pragma once

typedef signed char l4_int8_t;
typedef unsigned char l4_uint8_t;
typedef signed short int l4_int16_t;
typedef unsigned short int l4_uint16_t;
typedef signed int l4_int32_t;
typedef unsigned int l4_uint32_t;
typedef signed long long l4_int64_t;
typedef unsigned long long l4_uint64_t;

typedef unsigned long l4_addr_t;
typedef signed long l4_mword_t;
typedef unsigned long l4_umword_t;
typedef unsigned long l4_size_t;
typedef signed long l4_ssize_t;

/** CPU time, microseconds. */
typedef l4_uint64_t l4_cpu_time_t;
/** Kernel clock, microseconds since boot. */
typedef l4_uint64_t l4_kernel_clock_t;

#define L4_MWORD_BITS 64
