// SPDX-License-Identifier: MIT
// Marker instructions and the numbers of the measured operations. tests/bench/operations.toml gives
// each number its name and goal; the plugin finds the markers by their bytes.
#pragma once

/// The number of an operation, in the marker's bits 15..4.
enum Operation : unsigned {
  Op_empty_marker = 1,
  Op_empty_cap = 2,
  Op_cap_valid = 3,
  Op_receive_zero = 4,
  Op_thread_control = 5,
  Op_call_same_0 = 10,
  Op_call_same_8 = 11,
  Op_call_same_63 = 12,
  Op_call_other_0 = 20,
  Op_call_other_1 = 21,
  Op_call_other_8 = 22,
  Op_call_other_32 = 23,
  Op_call_other_63 = 24,
  Op_call_gate = 25,
  Op_reply_wait = 26,
  Op_task_map_1 = 30,
  Op_task_unmap_1 = 31,
  Op_task_map_16 = 32,
  Op_task_unmap_16 = 33,
  Op_task_map_64 = 34,
  Op_task_unmap_64 = 35,
  Op_ipc_map = 36,
  Op_task_map_512 = 37,
  Op_task_unmap_512 = 38,
  Op_page_fault = 40,
  Op_irq_wake = 41,
  Op_quantum = 42,
  Op_gate_life = 50,
  Op_irq_life = 51,
  Op_task_create = 52,
  Op_task_delete = 53,
  Op_thread_life = 54,
  Op_moe_size = 60,
  Op_remote_call = 70,
  Op_remote_irq = 71,
  Op_parallel_1 = 72,
  Op_parallel_2 = 73,
  Op_parallel_4 = 74,
  Op_parallel_8 = 75,
  Op_mutex = 80,
  Op_mutex_contended = 81,
};

/// NOP `0f 1f 80 imm32`, imm = 0x5a5a0000 | id << 4 | kind; kind 1 begins, 2 ends a measurement, 3 begins one
/// of this CPU alone.
template <unsigned Id> [[gnu::always_inline]] inline void bench_begin()
{
  static_assert(Id < 4096);
  __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n .long %c0"
                   :
                   : "i"(0x5a5a0000 | Id << 4 | 1)
                   : "memory");
}

template <unsigned Id> [[gnu::always_inline]] inline void bench_end()
{
  __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n .long %c0"
                   :
                   : "i"(0x5a5a0000 | Id << 4 | 2)
                   : "memory");
}

template <unsigned Id> [[gnu::always_inline]] inline void bench_begin_own()
{
  __asm__ volatile(".byte 0x0f, 0x1f, 0x80\n .long %c0"
                   :
                   : "i"(0x5a5a0000 | Id << 4 | 3)
                   : "memory");
}
