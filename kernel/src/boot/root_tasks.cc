// SPDX-License-Identifier: MIT
#include "boot/root_tasks.h"

#include "boot/kip.h"
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
template <class T> T &eternal(T *object)
{
  if (!object) panic("no memory for the kernel's first objects: give the machine more RAM");
  object->make_immortal();
  return *object;
}

/// One of the kernel's own objects, in static storage.
template <class T> T &create_once(Quota &quota)
{
  alignas(T) static char storage[sizeof(T)];
  return eternal(T::instance = new (storage) T(quota));
}

void give(Task &task, Word index, Kobject &object)
{
  constexpr u8 Full_rights = Cap_slot::W | Cap_slot::S | Cap_slot::D;
  if (!task.obj().put(Cap_index(index), task.quota(), object, Full_rights))
    panic("no memory for the first capabilities: give the machine more RAM");
}

} // namespace

bool Root_tasks::is_sigma0(Thread const &thread) { return thread.task() == _sigma0; }

Thread &Root_tasks::create(Factory &factory, Map_space::Identity identity, Word ip, Word argument)
{
  Task &task = eternal(Task::create(factory, identity));
  Thread &thread = eternal(Thread::create(factory));
  Fpage area(Fpage::Type::Memory, Utcb_address, Page_shift, 0);
  Result<Step> added = Step::More;
  while (added && *added == Step::More)
    added = task.mem().add_ku_mem(area);
  if (!added) panic("no memory for the first UTCB: give the machine more RAM");
  void *utcb = task.mem().ku_alias(Virt_addr(Utcb_address), sizeof(Utcb));
  thread.bind(task, static_cast<Utcb *>(utcb), Utcb_address);
  thread.frame().rdi = argument;
  struct {
    Base_cap index;
    Kobject &object;
  } const caps[] = {{Task_cap, task},
                    {Factory_cap, factory},
                    {Thread_cap, thread},
                    {Log_cap, *Log::instance},
                    {Icu_cap, *Icu::instance},
                    {Scheduler_cap, *Scheduler::instance},
                    {Debugger_cap, *Debugger::instance}};
  for (auto const &cap : caps)
    give(task, cap.index, cap.object);
  Cpu::self().set_parameters(thread, false, Base_prio, Base_quantum_us);
  thread.frame().rip = ip;
  thread.start();
  return thread;
}

void Root_tasks::start(Phys_addr kip)
{
  alignas(Factory) static char root_storage[sizeof(Factory)];
  Factory &factory = eternal(Factory::create_root(root_storage));
  create_once<Log>(factory);
  create_once<Icu>(factory);
  create_once<Scheduler>(factory);
  create_once<Debugger>(factory);
  if (!kip_page.sigma0_ip) return kprintf("no sigma0: nothing to do\n");

  Thread &sigma0 = create(factory, Map_space::Identity::Yes, kip_page.sigma0_ip, kip.value());
  _sigma0 = sigma0.task();
  if (!kip_page.root_ip) return kprintf("no root task: only sigma0 runs\n");

  Thread &root = create(factory, Map_space::Identity::No, kip_page.root_ip, 0);
  Ipc_gate &gate = eternal(Slab_of<Ipc_gate>::create(factory));
  gate.bind(sigma0, Sigma0_label);
  give(*root.task(), Pager_cap, gate);
  root.set_pager(Pager_cap);
}
