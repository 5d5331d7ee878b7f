// SPDX-License-Identifier: MIT
// The part of a Thread that the entry code knows. Order and offsets are fixed by
// arch/amd64/offsets.h; the register frame is the exception message (abi/kernel-entry.md section 6).
#pragma once

#include "ipc/reply_slot.h"
#include "ipc/sender_queue.h"
#include "ipc/invocation.h"
#include "obj/kobject.h"
#include "types/msg_tag.h"
#include "types/timeout.h"

class Mem_space;
class Task;
class Thread;
struct Utcb;

/// User registers, in the order in which hardware and entry code push them. 23 words; together
/// with User_segments behind it the layout of l4_exc_regs_t.
struct Frame {
  Word r15, r14, r13, r12, r11, r10, r9, r8, rdi, rsi, rbp;
  Word pfa; ///< fault address (CR2), or the I/O flexpage
  Word rbx, rdx, rcx, rax;
  Word trapno, error;
  Word rip, cs, rflags, rsp, ss;
};
static_assert(sizeof(Frame) == 23 * 8);

/// What follows the frame in an exception message.
struct User_segments {
  Word fs_base, gs_base;
  u16 ds, es, fs, gs;
};
static_assert(sizeof(User_segments) == 24);

/// Selectors of user mode (abi/kernel-entry.md section 1).
namespace User_selector {
constexpr Word Data = 0x23, Code64 = 0x2b, Code32 = 0x1b;
}

/// First part of every thread: what is saved when it leaves the CPU and how it goes on.
class Execution_context : public Kobject {
public:
  /// What to do when the thread is chosen next, instead of returning to user mode. Runs on the
  /// CPU's stack as a transaction of its own and returns the thread to run next.
  using Continuation = Thread *(*)(Thread &);

  enum Exit_flag : u8 {
    Complete = 1,         ///< all registers are in the frame: leave with iretq
    Fpu_live = 2,         ///< its FPU registers are loaded with it: it used them lately
    Reload_segments = 4,  ///< _segments was changed by the kernel: load it even without a switch
    Own_selectors = 8,    ///< arch: data selectors differ from a new thread's
    Fpu_off = 16,         ///< user mode must not use the FPU (vCPU user mode without FPU_ENABLED)
    Intercepted = 32,     ///< system calls come as traps: alien, vCPU user mode
    Own_descriptors = 64, ///< arch: has segment descriptors of its own
    Continues = 128,      ///< has a continuation
  };

  enum class State : u8 {
    Dormant, Ready, Sending, Receiving, Transferring, Waiting_gate, Waiting_semaphore, Halted, Dead
  };

  /// The system call as far as later phases need it.
  struct Ipc_call {
    Msg_tag tag;
    Timeout_pair timeouts{0};
    u8 op = 0;
    u8 rights = 0; ///< Cap_slot flags of the capability used for the send
    bool open() const { return op & Op::Open_wait; }
    bool receives() const { return op & Op::Receive; }
    /// A call: the partner that was reached is the one to answer.
    bool is_call() const { return (op & (Op::Send | Op::Receive | Op::Open_wait)) == 3; }
  };

  /// Who composed the message under way: the user, or the kernel on behalf of a faulting thread.
  enum class Message : u8 { User, Page_fault, Io_fault, Exception };

  Frame &frame() { return _frame; }
  Frame const &frame() const { return _frame; }
  User_segments &segments() { return _segments; }
  /// The 26 words of an exception message.
  Word *exception_state() { return &_frame.r15; }
  bool has_continuation() const { return _resume != nullptr; }
  void set_continuation(Continuation f)
  {
    _resume = f;
    _needs_hold = false;
    f ? set_exit_flag(Continues) : clear_exit_flag(Continues);
  }
  Continuation continuation() const { return _resume; }
  /// The continuation is to run as the holder: it reaches threads of other CPUs (sched/hold.h).
  bool needs_hold() const { return _needs_hold; }
  Mem_space *space() const { return _space; }
  /// Whether fpu_state() (or the CPU, if live) has values; if not, the initial ones hold.
  bool has_fpu_values() const { return _has_fpu_values; }
  void set_fpu_values(bool has) { _has_fpu_values = has; }
  /// FPU registers are loaded eagerly the next `n` times the thread runs; then it must show again
  /// that it uses them.
  void set_fpu_credit(u8 n) { _fpu_credit = n; }
  bool spend_fpu_credit() { return _fpu_credit && --_fpu_credit; }
  u8 exit_flags() const { return _exit_flags; }
  void set_exit_flag(u8 flags) { _exit_flags |= flags; }
  void clear_exit_flag(Exit_flag flag) { _exit_flags &= u8(~flag); }
  /// After a system call the frame lacks what its entry does not store; make it that of a trap.
  void complete_frame()
  {
    if (_exit_flags & Complete) return;
    _frame.cs = User_selector::Code64;
    _frame.ss = User_selector::Data;
    _frame.rcx = _frame.rip;
    _frame.r11 = _frame.rflags;
    set_exit_flag(Complete);
  }

protected:
  /// How it waits, as far as the fast path can end it.
  enum class Wait : u8 {
    Other,  ///< with a deadline, or for an explicit reply slot
    Open,   ///< for ever, for anyone, the implicit reply slot takes the caller
    Closed, ///< for ever, for _partner_id
  };
  /// State, home, message (User), pending and wait in one word: a thread of CPU `cpu` that waits just so.
  static constexpr u64 waiting(Wait wait, Cpu_id cpu)
  {
    return u64(State::Receiving) | u64{cpu} << 8 | u64(wait) << 32;
  }
  static constexpr u64 status_with(u64 waiting, Message what) { return waiting | u64(what) << 16; }
  /// The word of this thread.
  u64 receive_status() const
  {
    u64 status;
    __builtin_memcpy(&status, &_state, sizeof status);
    return status;
  }

  using Kobject::Kobject;
  ~Execution_context() = default;
  friend struct Layout_check; // arch/amd64/layout_check.cc

  Frame _frame; ///< first: its end must be 16-aligned, the CPU pushes the user state there
  User_segments _segments;
  Continuation _resume = nullptr;
  Mem_space *_space = nullptr; ///< address space user code runs in; null for idle threads
  u8 _exit_flags = 0;
  bool _needs_hold = false; ///< says how to run _resume, and changes only with it
  bool _has_fpu_values = false;
  u8 _fpu_credit = 0;
  Prio _prio = 1;
  bool _parked = true;     ///< no CPU assigned: not runnable whatever the state says
  bool _repeating = false; ///< a kernel operation goes on after Outcome::again()
  bool _started : 1 = false;         ///< ex_regs was called
  bool _alien : 1 = false;
  bool _allow_syscall : 1 = false;   ///< alien: the next system call passes
  bool _transfer_sender : 1 = false; ///< of the two sides of a transfer, this one sends
  /// Open wait: the next caller is stored in the explicit slot that the selector of the system call names.
  bool _explicit_wait : 1 = false;
  Steps _steps : 3 = Steps::None; ///< what kind of progress there is
  Utcb *_utcb = nullptr;    ///< kernel alias
  // what one look tells the fast path: receive_status()
  alignas(8) State _state = State::Dormant;
  u8 _cpu = 0;
  Message _message = Message::User;
  u8 _pending = 0; ///< Thread::Pending bits
  Wait _wait = Wait::Other;
  u8 _status_end[3] = {};

  i64 _cpu_ticks = 0;      ///< used so far; while it runs: less the time at which it was switched to
  Task *_task = nullptr;
  u64 _partner_id = 0;     ///< Receiving: id of the only sender accepted; 0: anyone

  // What else every message needs. Behind some members there is room, which others use.
  [[no_unique_address]] Reply_slot _implicit_reply{Reply_slot::Owner::Thread};
  u32 _slice_left_us = 0;           ///< owner: Cpu
  Reply_slot *_stored_in = nullptr; ///< the slot that holds this thread as a caller
  Ipc_call _call;
  Walked_sender_queue _senders; ///< who wants to send to this thread
  u32 _quantum_us = 10000;      ///< owner: Cpu
  i32 _keepers = 1;             ///< its own life, and the gates and IRQ objects bound to it
};
