// SPDX-License-Identifier: MIT
/** Kernel info page (kernel-entry.md section 8). */
#pragma once

#include <l4/sys/types.h>

enum l4_kernel_info_version_consts_t {
  L4_KIP_VERSION_FIASCO = 0x87004444U,
  /** Leaves out the sub version. */
  L4_KIP_VERSION_FIASCO_MASK = 0xff00ffffU,
  /* Byte offsets of callable code. */
  L4_KIP_OFFS_READ_US = 0x900,
  L4_KIP_OFFS_READ_NS = 0x980,
};

/** "L4µK" */
#define L4_KERNEL_INFO_MAGIC 0x4be6344cL

struct l4_kip_platform_info {
  char name[16];
  l4_uint32_t is_mp;
  l4_uint32_t _pad;
};

typedef struct l4_kernel_info_t {
  l4_uint32_t magic;
  l4_uint32_t version;
  /** Place of the version string, in 16-byte units from the start of the page. */
  l4_uint8_t offset_version_strings;
  l4_uint8_t fill0[3];
  l4_uint8_t kip_sys_calls;
  l4_uint8_t node;
  l4_uint8_t fill1[2];
  l4_uint64_t sigma0_ip;
  l4_uint64_t root_ip;
  /** Microseconds since boot as of the last update; read the clock with l4_kip_clock(). */
  volatile l4_uint64_t _clock_val;
  /** kHz */
  l4_uint64_t frequency_cpu;
  /** Physical address or 0. */
  l4_uint64_t acpi_rsdp_addr;
  l4_uint64_t dt_addr;
  /** Physical address of the module list of the boot loader. */
  l4_uint64_t user_ptr;
  l4_uint64_t _res0;
  /** Microseconds. */
  l4_uint32_t scheduler_granularity;
  /** Byte offset of the memory descriptors. */
  l4_uint32_t mem_descs;
  l4_uint32_t mem_descs_num;
  l4_uint32_t _res1;
  l4_uint64_t _res2[2];
  struct l4_kip_platform_info platform_info;
} l4_kernel_info_t;

L4_BEGIN_DECLS

/** Set by the start-up code of every program that uses l4_kip(). */
extern l4_kernel_info_t const *l4_global_kip;

/** The mapped kernel info page. */
L4_INLINE l4_kernel_info_t const *l4_kip(void) L4_NOTHROW
{
  return l4_global_kip;
}

/** Version without the sub version; compare with L4_KIP_VERSION_FIASCO. */
L4_INLINE l4_umword_t l4_kip_version(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return kip->version & L4_KIP_VERSION_FIASCO_MASK;
}

/** Byte offset of the version string; the feature strings follow it. */
L4_INLINE int l4_kernel_info_version_offset(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return kip->offset_version_strings << 4;
}

L4_INLINE char const *l4_kip_version_string(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return (char const *)kip + l4_kernel_info_version_offset(kip);
}

/** The string behind `s`. */
L4_INLINE char const *__l4_kip_next_string(char const *s) L4_NOTHROW
{
  while (*s++)
    ;
  return s;
}

/** Iterate over the features; `s` starts as l4_kip_version_string(). */
#define l4_kip_for_each_feature(s)                                                                 \
  for (s = __l4_kip_next_string(s); *s; s = __l4_kip_next_string(s))

/** 1 if the kernel offers exactly the feature `str`. */
L4_INLINE int l4_kip_kernel_has_feature(l4_kernel_info_t const *kip, char const *str) L4_NOTHROW
{
  char const *s = l4_kip_version_string(kip);

  l4_kip_for_each_feature(s)
  {
    unsigned i = 0;
    while (s[i] == str[i] && s[i])
      ++i;
    if (s[i] == str[i]) return 1;
  }
  return 0;
}

/** Kernel clock, microseconds since boot. */
L4_INLINE l4_uint64_t l4_kip_clock(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return ((l4_uint64_t(*)(void))((l4_addr_t)kip + L4_KIP_OFFS_READ_US))();
}

/** Kernel clock, nanoseconds since boot. */
L4_INLINE l4_uint64_t l4_kip_clock_ns(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return ((l4_uint64_t(*)(void))((l4_addr_t)kip + L4_KIP_OFFS_READ_NS))();
}

/** Word-sized kernel clock; old name, use l4_kip_clock(). */
L4_DEPRECATED("use l4_kip_clock()")
L4_INLINE l4_umword_t l4_kip_clock_lw(l4_kernel_info_t const *kip) L4_NOTHROW
{
  return l4_kip_clock(kip);
}

L4_END_DECLS
