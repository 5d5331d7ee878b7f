// SPDX-License-Identifier: MIT
// Kernel option block, version 5, filled in by the loader (abi/boot.md section 2).
#pragma once

#include "types/types.h"

struct [[gnu::packed]] Kernel_options {
  enum Flag : u32 {
    Wait = 1u << 0,
    Serial_esc = 1u << 1,
    No_serial = 1u << 2,
    No_debugger = 1u << 5,
    No_hlt = 1u << 7,
    Never_stop = 1u << 16,
    Kmem_size = 1u << 17,
    Trace_entries = 1u << 18,
    Uart_baud = 1u << 20,
    Uart_base = 1u << 21,
    Uart_irq = 1u << 22,
    Debugger_commands = 1u << 23,
  };
  enum Access : u8 { Io_port = 1, Mmio = 2 };

  struct [[gnu::packed]] Uart {
    u32 base_baud; ///< input clock / 16 in Hz; 0: 115200
    u32 baud;
    u16 irq; ///< 0xffff: none
    u8 reg_shift;
    u8 access; ///< Access
    u64 base;
    char compatible_id[32];
  };

  u32 magic;
  u32 version;
  u32 flags;
  u32 kmem_kib; ///< 0: automatic
  Uart uart;
  u64 core_spin_addr;
  char jdb_cmd[128];
  u32 tbuf_entries;
  u32 out_buf;
  u32 node;

  bool has(Flag flag) const { return flags & flag; }
};
static_assert(offsetof(Kernel_options, uart.base) == 0x1c);
static_assert(offsetof(Kernel_options, core_spin_addr) == 0x44);
static_assert(sizeof(Kernel_options) == 0xd8);

/// The block in the image.
extern "C" Kernel_options kernel_options;
