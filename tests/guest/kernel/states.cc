// SPDX-License-Identifier: MIT
// Every state of a message, and everything that can happen to either side of it: its time is over,
// ex_regs with and without cancel, deletion of one side or of both, on one CPU and on several
// (ipc.md sections 1, 5, 6, 7; kernel-objects.md 3 and 6). partner.cc does it, here are the states
// and the codes.
#include "partner.h"
#include "patient.h"

#include <l4/sys/task.h>
#include <l4/sys/thread.h>
#include <l4/sys/vcpu.h>

using namespace Tap;

namespace {

Result operate(Scene &s, l4_umword_t selector)
{
  mr(0) = 0;
  return invoke(selector, s.state.tag, s.timeouts);
}

/// The partner's open wait finds no message.
bool no_message(Scene &s)
{
  s.tell(Scene::Poll);
  return s.partner.done() && s.poll.error() == L4_IPC_RETIMEOUT;
}
bool no_caller(Scene &s)
{
  s.tell(Scene::Reply);
  return s.partner.done() && s.poll.error() == L4_IPC_ENOT_EXISTENT;
}
bool no_caller_in_slot(Scene &s)
{
  s.tell(Scene::Reply_explicit);
  return s.partner.done() && s.poll.error() == L4_IPC_ENOT_EXISTENT;
}
/// One up, one down, no more.
bool no_count_lost(Scene &s)
{
  semaphore_up(s.sem);
  bool const one = !semaphore_down(s.sem, Zero).failed();
  return one && semaphore_down(s.sem, Zero).error() == L4_IPC_RETIMEOUT;
}
/// Who binds the gate gets no message.
bool nobody_at_gate(Scene &s)
{
  return s.gate.bind(env.thread, 0x10).ok() && wait(Zero).error() == L4_IPC_RETIMEOUT;
}

/// In vCPU mode, with messages let through (they would interrupt, but not a system call).
void become_vcpu(Scene &s)
{
  auto *area = reinterpret_cast<l4_vcpu_state_t *>(spare_utcb());
  __builtin_memset(area, 0, L4_VCPU_STATE_SIZE);
  call(s.victim.cap(), L4_PROTO_THREAD, {L4_THREAD_VCPU_CONTROL_OP, spare_utcb()});
  area->state = L4_VCPU_F_IRQ;
}

void take_call(Scene &)
{
  wait(Never);
}
void take_call_in_slot(Scene &)
{
  invoke(Scene::Reply_slot | L4_SYSF_WAIT, 0, Never);
}
void take_from_victim(Scene &s)
{
  receive(s.victim.cap(), Never);
}

} // namespace

CASE("ipc.md 5 code 0x06", "a sender in the queue of a thread")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.partner.cap() | L4_SYSF_SEND); },
                .cancel = Canceled_send,
                .partner_dies = Canceled_send,
                .timeout = Timeout_send,
                .nothing_left = no_message});
}

CASE("ipc.md 5 code 0x06", "a sender in the queue of a thread, through a gate")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.to_partner | L4_SYSF_SEND); },
                .cancel = Canceled_send,
                .partner_dies = Canceled_send,
                .timeout = Timeout_send,
                .nothing_left = no_message});
}

CASE("ipc.md 1.1", "a caller in the queue of a thread: its receive phase never begins")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.partner.cap() | L4_SYSF_CALL); },
                .cancel = Canceled_send,
                .partner_dies = Canceled_send,
                .timeout = Timeout_send,
                .nothing_left = no_message});
}

CASE("ipc.md 1.1", "send_and_wait in the queue of a thread: the same")
{
  in_every_way(
      {.enter = [](Scene &s) { return operate(s, s.partner.cap() | L4_SYSF_SEND_AND_WAIT); },
       .cancel = Canceled_send,
       .partner_dies = Canceled_send,
       .timeout = Timeout_send,
       .nothing_left = no_message});
}

CASE("ipc.md 6 unbound", "a sender at a gate that nobody has bound; the gate is the partner")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.gate | L4_SYSF_SEND); },
                .object = [](Scene &s) -> l4_cap_idx_t { return s.gate; },
                .cancel = Canceled_send,
                .partner_dies = Gone,
                .timeout = Timeout_send,
                .nothing_left = nobody_at_gate});
}

CASE("ipc.md 6 receive", "a receiver at a gate that nobody has bound waits like a sender")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.gate | L4_SYSF_RECV); },
                .object = [](Scene &s) -> l4_cap_idx_t { return s.gate; },
                .cancel = Canceled_send,
                .partner_dies = Gone,
                .timeout = Timeout_send,
                .nothing_left = nobody_at_gate});
}

CASE("ipc.md 1.9", "a sender to itself")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, Self | L4_SYSF_SEND); },
                .alone = true,
                .cancel = Canceled_send,
                .timeout = Timeout_send});
}

CASE("ipc.md 5 code 0x07", "a receiver in an open wait")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, Self | L4_SYSF_WAIT); },
                .alone = true,
                .cancel = Canceled_receive,
                .timeout = Timeout_receive});
}

CASE("ipc.md 5 code 0x07", "a receiver in an open wait with an explicit reply slot")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, Scene::Reply_slot | L4_SYSF_WAIT); },
                .alone = true,
                .cancel = Canceled_receive,
                .timeout = Timeout_receive});
}

CASE("ipc.md 1.9", "a sleeper: a receive from oneself")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, Self | L4_SYSF_RECV); },
                .alone = true,
                .cancel = Canceled_receive,
                .timeout = Timeout_receive});
}

CASE("ipc.md 1.11", "a receiver in a closed wait stays when its partner dies")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.partner.cap() | L4_SYSF_RECV); },
                .cancel = Canceled_receive,
                .timeout = Timeout_receive,
                .nothing_left = no_message});
}

CASE("ipc.md 1.11", "a receiver in a closed wait for an IRQ object: the same")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.irq | L4_SYSF_RECV); },
                .object = [](Scene &s) -> l4_cap_idx_t { return s.irq; },
                .cancel = Canceled_receive,
                .timeout = Timeout_receive});
}

CASE("ipc.md 7", "a caller that waits for its reply")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.partner.cap() | L4_SYSF_CALL); },
                .meet = take_call,
                .cancel = Canceled_receive,
                .partner_dies = Canceled_receive, // ours, docs/kernel.md 1
                .timeout = Timeout_receive,
                .nothing_left = no_caller});
}

CASE("ipc.md 7", "a caller that waits for its reply and came through a gate")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.to_partner | L4_SYSF_CALL); },
                .meet = take_call,
                .cancel = Canceled_receive,
                .partner_dies = Canceled_receive,
                .timeout = Timeout_receive,
                .nothing_left = no_caller});
}

CASE("ipc.md 7 explicit",
     "a caller in an explicit slot, which is its server's task's: it stays when its server dies")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.partner.cap() | L4_SYSF_CALL); },
                .meet = take_call_in_slot,
                .cancel = Canceled_receive,
                .timeout = Timeout_receive,
                .nothing_left = no_caller_in_slot});
}

CASE("ipc.md 1.11", "a caller that a closed wait took: it stays when its partner dies")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.partner.cap() | L4_SYSF_CALL); },
                .meet = take_from_victim,
                .cancel = Canceled_receive,
                .timeout = Timeout_receive,
                .nothing_left = no_caller});
}

CASE("kernel-objects.md 6", "a thread in a semaphore's down")
{
  in_every_way({.enter = [](Scene &s) { return operate(s, s.sem | L4_SYSF_CALL); },
                .object = [](Scene &s) -> l4_cap_idx_t { return s.sem; },
                .tag = raw_tag(L4_PROTO_SEMAPHORE, 1),
                .cancel = Canceled_receive,
                .partner_dies = Gone,
                .timeout = Timeout_receive,
                .nothing_left = no_count_lost});
}

CASE("kernel-entry.md 10 entry", "a vCPU in an open wait: the wait ends, no entry happens")
{
  in_every_way({.enter =
                    [](Scene &s) {
                      become_vcpu(s);
                      return operate(s, Self | L4_SYSF_WAIT);
                    },
                .alone = true,
                .cancel = Canceled_receive,
                .timeout = Timeout_receive});
}

CASE("kernel-entry.md 10 entry", "a vCPU that waits for a reply: the same")
{
  in_every_way({.enter =
                    [](Scene &s) {
                      become_vcpu(s);
                      return operate(s, s.partner.cap() | L4_SYSF_CALL);
                    },
                .meet = take_call,
                .cancel = Canceled_receive,
                .partner_dies = Canceled_receive,
                .timeout = Timeout_receive,
                .nothing_left = no_caller});
}

CASE("kernel-entry.md 10 entry", "a vCPU in the queue of a thread: the same")
{
  in_every_way({.enter =
                    [](Scene &s) {
                      become_vcpu(s);
                      return operate(s, s.partner.cap() | L4_SYSF_SEND);
                    },
                .cancel = Canceled_send,
                .partner_dies = Canceled_send,
                .timeout = Timeout_send,
                .nothing_left = no_message});
}

namespace {

/// A thread that takes one fault message and never answers.
struct Lazy_handler : Worker {
  explicit Lazy_handler(unsigned cpu) : Worker(take_one)
  {
    if (cpu) CHECK_LABEL(run_on(cap(), cpu), 0);
    start();
  }
  static void take_one(Worker &me)
  {
    me.result = wait(Never);
    me.value[0] = 1;
  }
};

/// Reads where nothing is, or executes what is undefined; then gets there after all.
void fault(Worker &me)
{
  me.value[0] = *reinterpret_cast<l4_umword_t volatile *>(Free_range);
}
void undefined(Worker &)
{
  asm volatile("ud2");
}
void arrive(Worker &me)
{
  me.value[1] = 7;
  for (;;)
    invoke(Self | L4_SYSF_RECV, 0, Never);
}

/// Move the thread to arrive(), out of whatever it waits for.
void rescue(Worker &w)
{
  static Worker *rescued;
  rescued = &w;
  auto const entry = +[] { arrive(*rescued); };
  CHECK_LABEL(ex_regs(w.cap(), l4_umword_t(entry), w.stack_top() - 8, L4_THREAD_EX_REGS_CANCEL), 0);
  sleep_us(300);
  CHECK_EQ(w.value[1], 7);
}

void set_handler(Worker &w, l4_umword_t flag, l4_cap_idx_t handler)
{
  CHECK_LABEL(call(w.cap(), L4_PROTO_THREAD, {flag, handler, handler, 0, 0, 0}), 0);
}

} // namespace

CASE("ipc.md 8", "the pager dies while it owes the answer: the thread faults again, and is killed "
                 "for want of one")
{
  for (unsigned cpu : {0u, 1u}) {
    Lazy_handler pager(cpu);
    Worker patient(fault);
    set_handler(patient, L4_THREAD_CONTROL_SET_PAGER, pager.cap());
    patient.start();
    sleep_us(300);
    CHECK_EQ(pager.value[0], 1);
    CHECK_LABEL(task_unmap(env.task, object_page(pager.cap()), L4_FP_DELETE_OBJ), 0);
    sleep_us(300);
    CHECK_EQ(send(patient.cap(), 0, {}).error(), L4_IPC_ENOT_EXISTENT);
    rescue(patient); // ex_regs starts it again
  }
}

CASE("ipc.md 8", "cancelled while it waits for its pager: it faults again")
{
  for (unsigned cpu : {0u, 1u}) {
    Lazy_handler pager(cpu), second(cpu);
    Worker patient(fault);
    set_handler(patient, L4_THREAD_CONTROL_SET_PAGER, pager.cap());
    patient.start();
    sleep_us(300);
    set_handler(patient, L4_THREAD_CONTROL_SET_PAGER, second.cap());
    CHECK_LABEL(ex_regs(patient.cap(), ~0ul, ~0ul, L4_THREAD_EX_REGS_CANCEL), 0);
    sleep_us(300);
    CHECK_EQ(second.value[0], 1);
    CHECK_LABEL(second.result, L4_PROTO_PAGE_FAULT);
    rescue(patient);
  }
}

CASE("ipc.md 9", "the handler dies owing the answer: the exception comes again")
{
  for (unsigned cpu : {0u, 1u}) {
    Lazy_handler handler(cpu);
    Worker patient(undefined);
    set_handler(patient, L4_THREAD_CONTROL_SET_EXC_HANDLER, handler.cap());
    patient.start();
    sleep_us(300);
    CHECK_EQ(handler.value[0], 1);
    CHECK_LABEL(task_unmap(env.task, object_page(handler.cap()), L4_FP_DELETE_OBJ), 0);
    sleep_us(300);
    CHECK_EQ(send(patient.cap(), 0, {}, {}, Zero).error(),
             L4_IPC_SETIMEOUT); // it lives, and takes nothing
    rescue(patient);
  }
}

CASE("ipc.md 1.10", "a thread dies in the queue of its pager, or while the pager works for it")
{
  for (unsigned cpu : {0u, 1u}) {
    Lazy_handler pager(cpu);
    Worker working(fault), queued(fault);
    for (Worker *w : {&working, &queued}) {
      set_handler(*w, L4_THREAD_CONTROL_SET_PAGER, pager.cap());
      w->start();
      sleep_us(300);
    }
    for (Worker *w : {&working, &queued})
      CHECK_LABEL(task_unmap(env.task, object_page(w->cap()), L4_FP_DELETE_OBJ), 0);
    Worker fresh(fault);
    set_handler(fresh, L4_THREAD_CONTROL_SET_PAGER, env.thread);
    fresh.start();
    CHECK_LABEL(wait(), L4_PROTO_PAGE_FAULT);
  }
}
