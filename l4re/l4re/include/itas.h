/* SPDX-License-Identifier: MIT */
/**
 * Signals: what the C library and the `l4re` of its task agree on (protocol L4RE_PROTO_ITAS).
 *
 * l4re-protocols.md section 16 leaves this to implementations. Here signals are the C library's: it
 * keeps handlers and masks in the program's memory, where no call is needed to change them. The
 * `l4re` does what only an exception handler can: it turns a fault of a thread into a call of the
 * library's entry, and triggers one when a time has come.
 */
#pragma once

#include <l4/sys/types.h>
#include <l4/sys/utcb.h>

enum l4re_itas_ops {
  /** u64 entry @8, u64 return_ip @16, u64 address of an l4re_itas_signals_t @24. */
  L4RE_ITAS_OP_SIGNALS = 9,
  /** u64 time @8, microseconds of the kernel's clock; ~0: never. One at a time. */
  L4RE_ITAS_OP_TIMER = 10,
};

/** What a thread is to the `l4re`; user word 2 of its UTCB is the address of this, or 0. */
typedef struct l4re_itas_thread_t {
  /** Set before somebody triggers an exception to have the entry called; cleared by the `l4re`. */
  l4_umword_t raised;
  /** Of the `l4re`: the entry was called for `raised` before the exception came. */
  l4_umword_t early;
  /** Stack for signals that want one; size 0: none. */
  l4_addr_t stack;
  l4_size_t stack_size;
} l4re_itas_thread_t;

/** Of the process. */
typedef struct l4re_itas_signals_t {
  /** Bit n: signal n has a handler, a fault that means it is no crash. */
  l4_umword_t handled;
  /** Bit n: the handler runs on the thread's own signal stack. */
  l4_umword_t on_stack;
  /** Set by the `l4re` when the time has come; then `timer_thread` gets an exception. */
  l4_umword_t timer_expired;
  l4_cap_idx_t timer_thread;
  l4re_itas_thread_t *timer_state;
  /** Semaphore on which that thread sleeps, or invalid. */
  l4_cap_idx_t timer_park;
} l4re_itas_signals_t;

/**
 * What the entry finds: rdi and rsp point to it (rsp 16-byte aligned). To go on with `regs`, the
 * thread executes the instruction at `return_ip`, which must be ud2, with rdi as it was.
 */
typedef struct l4re_itas_frame_t {
  l4_exc_regs_t regs;
  /** Signal number of a fault; 0: something was raised. */
  l4_umword_t signal;
  /** si_code and si_addr. */
  l4_umword_t code;
  l4_addr_t address;
} l4re_itas_frame_t;

enum {
  /** Index of the user word of a UTCB. */
  L4RE_ITAS_USER_WORD = 2,
};
