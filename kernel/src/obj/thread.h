// SPDX-License-Identifier: MIT
// Threads: user execution, scheduling parameters and IPC state.
#pragma once

#include "arch/arch.h"
#include "ipc/invocation.h"
#include "ipc/item_transfer.h"
#include "mem/slab.h"
#include "obj/thread_extension.h"
#include "obj/thread_layout.h"
#include "sched/timeout_queue.h"

class Task;

/// Where an operation is that is done in steps (obj/task.cc).
struct Operation_progress {
  Fpage::Type space; ///< unmap of all spaces: the one being worked on
  u8 index;   ///< message register of the current argument
  u16 offset; ///< bytes done of a text; ticket of a walk over senders
};

/// A thread. Its state is touched only by its home CPU, on which it also runs, or by a CPU that has
/// stopped the home (sched/hold.h).
///
/// States and what moves a thread between them (docs/architecture.md has the picture):
///   Dormant       never started, or killed for want of a pager; ex_regs starts it
///   Ready         running or runnable; with a continuation: it has kernel work left to do
///   Sending       in the receiver's sender queue (or in none when it sends to itself)
///   Receiving     waits for a message: from anyone, or from one partner only
///   Transferring  its partner works on the typed items of the message between them
///   Waiting_gate  in the queue of a gate that has no thread yet; repeats the system call
///   Waiting_semaphore  in the queue of a semaphore
///   Halted        fault without handler: only ex_regs with cancel gets it out
///   Dead          deleted
class Thread final : public Execution_context, public Sender {
public:
  static constexpr unsigned Types = bit(Type::Thread);

  /// Created by a factory, dormant; the memory is charged to `quota`.
  static Thread *create(Quota &quota);
  /// The thread a CPU runs when it has nothing else to do. Not charged, never dies.
  static Thread *create_idle();

  /// How many there are, those of the kernel included.
  static Word count() { return slab().used_objects(); }

  State state() const { return _state; }
  bool is_ready() const { return _state == State::Ready; }
  Prio prio() const { return _prio; }
  /// To other threads, by what it waits for or does.
  bool is_linked() const { return _transfer_peer || _stored_in || is_queued(); }
  /// Can be the destination of a message at all (abi/ipc.md section 1 rule 10).
  bool is_alive() const { return _state != State::Dormant && _state != State::Dead; }
  Utcb &utcb() const { return *_utcb; }
  /// Behind the thread: arch::fpu_state_bytes().
  void *fpu_state() { return this + 1; }
  Task *task() const { return _task; }
  Message message() const { return _message; }
  Ipc_call const &call() const { return _call; }
  bool is_repeating() const { return _repeating; }
  Operation_progress &progress() { return _progress; }
  /// What a thread works on in steps, as the sender of items or in an operation. It has no deadline meanwhile.
  union Work {
    Map_item map;
    Unmap_item unmap;
  };
  Work &work() { return _timeout.spare<Work>(); }
  Reply_slot &implicit_reply() { return _implicit_reply; }
  /// What few threads need; null: never needed.
  Thread_extension *extension() const { return _extension; }
  /// Kernel alias of an object of `bytes` in kernel-user memory of the thread's task; null: none, misaligned.
  void *ku_object(Word address, Word bytes) const;
  bool is_parked() const { return _parked; }
  /// CPU time used so far in ticks; exact while it runs too. Any CPU may ask.
  u64 cpu_ticks() const
  {
    i64 ticks = __atomic_load_n(&_cpu_ticks, __ATOMIC_RELAXED);
    if (ticks < 0) ticks += i64(arch::ticks());
    return ticks < 0 ? 0 : u64(ticks); // clocks of two CPUs may differ a little
  }
  /// Home: where it runs, and who may touch it (sched/hold.h). Changes only while all CPUs are
  /// stopped.
  Cpu_id cpu() const { return _cpu; }

  /// Triggered when a gate bound to this thread is deleted; null: none registered.
  Irq_base *deletion_irq() const { return _extension ? _extension->deletion_irq : nullptr; }
  void forget_deletion_irq() { _extension->deletion_irq = nullptr; }

  /// What is bound to it keeps its memory, and nothing else, beyond its death.
  void keep() { __atomic_fetch_add(&_keepers, 1, __ATOMIC_RELAXED); }
  /// The last one gives it back: when no CPU has a pointer from a look-up, if it has died.
  void let_go()
  {
    // acq_rel: other CPUs have bound to it, and others let go
    if (__atomic_sub_fetch(&_keepers, 1, __ATOMIC_ACQ_REL) == 0) give_back();
  }

  /// Bind to a task with a UTCB (kernel alias and user address). Once only.
  void set_pager(u16 cap_index) { _pager = cap_index; }
  void bind(Task &task, Utcb *utcb, Word user_address);

  /// ex_regs of a dormant thread.
  void start() { _started = true, start_if_complete(); }
  static Thread &of_timeout(Timeout_node &node) { return owner_of(node, &Thread::_timeout); }
  static Thread &of_task_link(Link &link) { return owner_of(link, &Thread::_in_task); }
  /// The thread that a queue of message senders belongs to, or an implicit reply slot.
  static Thread &of_senders(Sender_queue &queue)
  {
    return static_cast<Thread &>(
        owner_of(static_cast<Walked_sender_queue &>(queue), &Thread::_senders));
  }
  static Thread &of_reply_slot(Reply_slot &slot)
  {
    return static_cast<Thread &>(owner_of(slot, &Thread::_implicit_reply));
  }

  // Kobject
  Outcome invoke(Invocation &) override;

private:
  friend class Cpu;
  friend class Ready_queue;
  friend class Ipc;
  friend class System_call;
  friend class Fault;
  friend class Semaphore;
  friend class Ipc_gate;
  friend class Reply_slot;
  friend class Vcpu;
  friend class Page_fault_trampoline;
  friend struct Invocation;
  friend struct Layout_check; // arch/amd64/layout_check.cc
  friend struct Inspect; // jdb/inspect.h

  static Slab &slab();
  explicit Thread(Quota &quota);
  void start_if_complete();
  // Operations (thread_ops.cc).
  Outcome op_control(Invocation &call);
  Outcome op_ex_regs(Invocation &call);
  Outcome op_switch_to(Invocation &call);
  Outcome op_stats_time(Invocation &call);
  Outcome op_register_deletion_irq(Invocation &call);
  Outcome op_modify_senders(Invocation &call);
  Outcome op_set_segment_base(Invocation &call);
  Outcome op_segment_info(Invocation &call);
  Outcome op_gdt_x86(Invocation &call);
  void trigger_exception();
  static u16 handler_index(Word selector);
  /// Make the extension; false: out of quota.
  bool extend();
  /// Route system calls as the thread's mode wants it.
  void update_interception();
  bool stop() override;
  bool dismantle() override;
  void free() override;
  void give_back();

  /// Work that must be done before the next user instruction (Fault::run_pending).
  enum Pending : u8 {
    Triggered = 1,     ///< ex_regs asked for trap 0xff
    After_syscall = 2, ///< alien: report the system call that was allowed
    Vcpu_message = 4,  ///< a vCPU entry has received its message
    Vcpu_senders = 8,  ///< senders queued up while the vCPU could not be interrupted
  };
  Ipc_error _fault_error = Ipc_error::None; ///< end of a kernel-made message; its answer is in _call.tag
  u16 _pager = 0, _exc_handler = 0;         ///< capability indices in the own task; 0: none
  Timeout_node _timeout;
  Thread *_transfer_peer = nullptr; ///< the other side of an unfinished transfer
  Thread_extension *_extension = nullptr;
  Link _in_task; ///< in the list of its task
  union { // who works on an operation of its own sends nothing
    Operation_progress _progress;
    Item_transfer _items; ///< as sender: typed items under way
  };
};

inline bool Invocation::continues(Steps operation) const
{
  bool same = repeated && caller._steps == operation;
  caller._steps = operation;
  return same;
}

inline Thread *Reply_slot::take()
{
  Thread *caller = _caller;
  if (caller) caller->_stored_in = nullptr;
  _caller = nullptr;
  return caller;
}

inline void Reply_slot::put(Thread &caller, u8 rights)
{
  _caller = &caller;
  _rights = rights;
  caller._stored_in = this;
}
