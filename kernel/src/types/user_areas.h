// SPDX-License-Identifier: MIT
// State areas that user and kernel share, in kernel-user memory. Everything in them may change at
// any time: words are read once, and what is loaded from them is made harmless first.
#pragma once

#include "types/types.h"

/// vCPU state (abi/kernel-entry.md section 10).
struct Vcpu_area {
  static constexpr Word Version = 0x26;
  enum State : u16 {
    Irq = 1,
    Page_faults = 2,
    Exceptions = 4,
    User_mode = 0x20,
    Fpu_enabled = 0x80
  };
  static constexpr u16 All_entries = Irq | Page_faults | Exceptions;
  static constexpr u16 Irq_pending = 1; ///< sticky flag
  static constexpr unsigned Register_words = 26, Host_words = 3;

  Word version, user_data[7];
  Word registers[Register_words]; ///< as in an exception message
  Word reserved0, label, reserved1[5], tag;
  u16 state, saved_state, sticky_flags, reserved2;
  Word user_task, entry_sp, entry_ip, reserved_sp;
  Word host_segments[Host_words]; ///< as User_segments
  u16 user_ds32, user_cs64, user_cs32, reserved3;
};
static_assert(offsetof(Vcpu_area, registers) == 0x40);
static_assert(offsetof(Vcpu_area, label) == 0x118);
static_assert(offsetof(Vcpu_area, tag) == 0x148);
static_assert(offsetof(Vcpu_area, state) == 0x150);
static_assert(offsetof(Vcpu_area, user_task) == 0x158);
static_assert(offsetof(Vcpu_area, host_segments) == 0x178);
static_assert(offsetof(Vcpu_area, user_ds32) == 0x190);
static_assert(sizeof(Vcpu_area) == 0x198);

/// Page-fault trampoline (abi/kernel-objects.md section 3, pf_tramp_control).
struct Trampoline_area {
  enum Flag : Word { In_progress = 1, Trigger_exception = 2 };
  static constexpr unsigned Frame_words = 23;

  Word ip, user_data[2], saved_mr0, flags;
  Word frame[Frame_words]; ///< as the first words of an exception message
};
static_assert(offsetof(Trampoline_area, flags) == 0x20);
static_assert(sizeof(Trampoline_area) == 0xe0);
