// SPDX-License-Identifier: MIT
#include "boot/root_tasks.h"

#include "diag/print.h"
#include "obj/debugger.h"
#include "obj/factory.h"
#include "obj/icu.h"
#include "obj/ipc_gate.h"
#include "obj/log.h"
#include "obj/scheduler.h"
#include "obj/task.h"
#include "obj/thread.h"
#include "sched/cpu.h"

#include <new>

namespace {

/// Capability indices in both programs.
enum Base_cap : Word {
  Task_cap = 1,
  Factory_cap = 2,
  Thread_cap = 3,
  Pager_cap = 4,
  Log_cap = 5,
  Icu_cap = 6,
  Scheduler_cap = 7,
  Debugger_cap = 10,
};

constexpr Word Utcb_address = 0x7fff000000;
constexpr Word Sigma0_label = 0x40;
constexpr Prio Base_prio = 1;
constexpr u32 Base_quantum_us = 10000;
constexpr u8 Full_rights = Cap_slot::W | Cap_slot::S | Cap_slot::D;

/// Storage for an object that exists once and never dies.
template <class T> struct alignas(alignof(T)) Storage {
  char bytes[sizeof(T)];
};

template <class T> T &eternal(T *object)
{
  if (!object) panic("no memory for the kernel's first objects: give the machine more RAM");
  object->make_immortal();
  return *object;
}

/// One of the kernel's own objects, in static storage.
template <class T> T &create_once(Quota &quota)
{
  static Storage<T> storage;
  return eternal(T::instance = new (&storage) T(quota));
}

void give(Task &task, Word index, Kobject &object, u8 rights)
{
  if (!task.obj().reserve(Cap_index(index), task.quota()))
    panic("no memory for the first capabilities: give the machine more RAM");
  task.obj().put(Cap_index(index), &object, rights);
}

} // namespace

bool Root_tasks::is_sigma0(Thread const &thread)
{
  return thread.task() == _sigma0;
}

void Root_tasks::give_base_caps(Thread &thread, Factory &factory)
{
  Task &task = *thread.task();
  give(task, Task_cap, task, Full_rights);
  give(task, Factory_cap, factory, Full_rights);
  give(task, Thread_cap, thread, Full_rights);
  give(task, Log_cap, *Log::instance, Full_rights);
  give(task, Icu_cap, *Icu::instance, Full_rights);
  give(task, Scheduler_cap, *Scheduler::instance, Full_rights);
  give(task, Debugger_cap, *Debugger::instance, Full_rights);
}

Thread &Root_tasks::create(Factory &factory, Map_space::Identity identity, Word ip, Word argument)
{
  Task &task = eternal(Task::create(factory, identity));
  Thread &thread = eternal(Thread::create(factory));
  Fpage area(Fpage::Type::Memory, Utcb_address, Page_shift, 0);
  Result<Step> added = Step::More;
  while (added && *added == Step::More)
    added = task.mem().add_ku_mem(area);
  if (!added)
    panic("no memory for the first UTCB: give the machine more RAM");
  Virt_addr utcb(Utcb_address);
  thread.bind(task, static_cast<Utcb *>(task.mem().ku_alias(utcb, sizeof(Utcb))), Utcb_address);
  thread.frame().rdi = argument;
  give_base_caps(thread, factory);
  Cpu::self().set_parameters(thread, false, Base_prio, Base_quantum_us);
  thread.frame().rip = ip;
  thread.start();
  return thread;
}

void Root_tasks::start(Boot_info const &info)
{
  static Storage<Factory> root_storage;
  Factory &factory = eternal(Factory::create_root(&root_storage));
  create_once<Log>(factory);
  create_once<Icu>(factory);
  create_once<Scheduler>(factory);
  create_once<Debugger>(factory);
  if (!info.kip->sigma0_ip) return kprintf("no sigma0: nothing to do\n");

  Thread &sigma0 =
      create(factory, Map_space::Identity::Yes, info.kip->sigma0_ip, info.kip_address.value());
  _sigma0 = sigma0.task();
  if (!info.kip->root_ip) return kprintf("no root task: only sigma0 runs\n");

  Thread &root = create(factory, Map_space::Identity::No, info.kip->root_ip, 0);
  Ipc_gate &gate = eternal(Slab_of<Ipc_gate>::create(factory));
  gate.bind(sigma0, Sigma0_label);
  give(*root.task(), Pager_cap, gate, Full_rights);
  root.set_pager(Pager_cap);
}
