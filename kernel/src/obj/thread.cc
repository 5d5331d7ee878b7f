// SPDX-License-Identifier: MIT
#include "obj/thread.h"

#include "arch/arch.h"
#include "ipc/fault.h"
#include "ipc/ipc.h"
#include "mem/slab.h"
#include "obj/irq.h"
#include "obj/task.h"
#include "sched/cpu.h"

static_assert(sizeof(Thread) <= 512);

Thread::Thread(Quota &quota)
    : Execution_context(Type::Thread, quota), Sender(Sender::Kind::Thread)
{
  _cpu = u8(arch::cpu_id());
  arch::init_thread_state(*this);
}

/// A thread with its FPU state behind it, whose size depends on the CPU.
Slab &Thread::slab()
{
  static Slab slab(unsigned(sizeof(Thread) + arch::fpu_state_bytes()), alignof(Thread));
  return slab;
}

Thread *Thread::create(Quota &quota)
{
  void *memory = slab().alloc(quota);
  return memory ? new (memory) Thread(quota) : nullptr;
}

Thread *Thread::create_idle()
{
  static constinit Quota kernel{Quota::Unlimited};
  auto *thread = create(kernel);
  thread->_prio = 0;
  thread->_state = State::Ready;
  return thread;
}

void Thread::bind(Task &task, Utcb *utcb, Word user_address)
{
  _task = &task;
  task.thread_bound();
  task.enlist(_in_task);
  _space = &task.mem();
  _utcb = utcb;
  utcb->self = user_address;
  // user code finds its UTCB through gs:0 (abi/kernel-entry.md section 5)
  _segments.gs_base = user_address + offsetof(Utcb, self);
  start_if_complete();
}

/// A thread runs once it has a task and registers; a CPU it may get later.
void Thread::start_if_complete()
{
  if (_state == State::Dormant && _started && _task) {
    set_continuation(Fault::pending(*this));
    Cpu::home_of(*this).make_ready(*this);
  }
}

// ---- rare state -------------------------------------------------------------------------------

bool Thread::extend()
{
  if (_extension) return true;
  void *memory = Slab_of<Thread_extension>::alloc(quota());
  if (memory) _extension = new (memory) Thread_extension;
  return memory;
}

void *Thread::ku_object(Word address, Word bytes) const
{
  bool possible = _task && address % sizeof(Word) == 0;
  return possible ? _task->mem().ku_alias(Virt_addr(address), bytes) : nullptr;
}

void Thread::update_interception()
{
  bool wanted = _alien || (_extension && _extension->user_mode);
  if (wanted == bool(exit_flags() & Intercepted)) return;
  arch::sync_segments(*this);
  wanted ? set_exit_flag(Intercepted) : clear_exit_flag(Intercepted);
  set_exit_flag(Reload_segments);
}

// ---- death ------------------------------------------------------------------------------------

bool Thread::stop()
{
  if (!Ipc::reaches_links(*this) || !Ipc::reaches_slot(_implicit_reply)) return false;
  Irq_base *irq = deletion_irq();
  if (irq && !Hold::is_exclusive()) return false;
  Ipc::detach(*this);
  Cpu::home_of(*this).make_unready(*this);
  _state = State::Dead;
  set_continuation(nullptr);
  arch::forget_live_fpu(*this);
  if (irq) irq->set_deletion_thread(nullptr), forget_deletion_irq();
  return true;
}

bool Thread::dismantle() { return Ipc::drain_senders(*this); }

void Thread::free()
{
  if (_task) {
    _utcb->free_marker = 0;
    _task->delist(_in_task);
    _task->thread_gone();
  }
  if (_extension) {
    if (_extension->user_task) _extension->user_task->thread_gone();
    Slab_of<Thread_extension>::free(_extension, quota());
    _extension = nullptr; // who keeps the memory may ask for the deletion IRQ
  }
  let_go();
}

void Thread::give_back()
{
  Quota &quota = this->quota();
  this->~Thread();
  slab().free(this, quota);
}
