// SPDX-License-Identifier: MIT
// A system for the kernel debugger to look at.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/debugger.h>
#include <l4/sys/kdebug.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/vcon.h>

using namespace Tap;

namespace {

/// Cases run twice; a visitor comes only once. `was_here` is the case's own memory.
bool first_time(bool &was_here)
{
  bool first = !was_here;
  was_here = true;
  CHECK(was_here);
  return first;
}

/// The next character of the console, within some seconds; -1: none came.
int typed()
{
  constexpr l4_umword_t One = l4_umword_t{1} << 16, Exhausted = 0x80000000;
  for (l4_uint64_t end = now() + 30000000; now() < end;) {
    Result const read = call(env.log, L4_PROTO_LOG, {L4_VCON_READ_OP | One});
    if (read.ok() && (mr(0) & ~Exhausted)) return mr(1) & 0xff;
  }
  return -1;
}

void spin(Worker &me)
{
  me.value[1] = 1;
  while (!__atomic_load_n(&me.value[0], __ATOMIC_RELAXED))
    __builtin_ia32_pause();
}

void knock(Worker &me) { me.result = send(me.data<Gate>(), 0, {7}); }

constexpr l4_umword_t Long_us = 900000000;
void sleep_long(Worker &) { wait(pair(0, half(Long_us))); }

void name(l4_cap_idx_t object, char const *text)
{
  CHECK_EQ(l4_error(l4_debugger_set_object_name(object, text)), 0);
}

void place_on_cpu1(Worker &worker)
{
  CHECK_LABEL(call(env.scheduler, L4_PROTO_SCHEDULER,
                   {L4_SCHEDULER_RUN_THREAD_OP, 1, 1, Prio_main, 0}, {object(worker.cap())}),
              0);
}

l4_msgtag_t enter(char const *text)
{
  return __l4_kdebug_text(L4_KDEBUG_ENTER, text, unsigned(__builtin_strlen(text)));
}

} // namespace

CASE("docs/debugging.md", "the debugger shows threads, objects and memory; then the program goes on")
{
  static bool was_here;
  if (!first_time(was_here)) return;
  Gate door(env.thread, 0xd00);
  Worker guest(knock, &door), sleeper(sleep_long), spinner(spin);
  Irq bell;
  CHECK_LABEL(bell.bind(env.thread, 0xbe0), 0);
  Gate lost;
  {
    Worker mortal([](Worker &) {});
    CHECK_LABEL(lost.bind(mortal.cap(), 0x10), 0);
  }
  name(env.task, "target");
  name(env.thread, "main");
  name(door, "door");
  name(bell, "bell");
  name(lost, "lost");
  name(guest.cap(), "guest");
  name(sleeper.cap(), "sleeper");
  name(spinner.cap(), "spinner");
  guest.start();
  sleeper.start();
  place_on_cpu1(spinner);
  spinner.start();
  for (l4_uint64_t end = now() + 10000000; !spinner.value[1] && now() < end;)
    sleep_us(1000); // an open wait would take the message of the guest
  CHECK(spinner.value[1]); // visitors find it running
  l4_kd_outstring("target: ready\n");
  CHECK_EQ(typed(), 'x');
  spinner.value[0] = 1;
  CHECK(spinner.finished());
}

CASE("kernel-objects.md 11 enter", "a program runs commands of the debugger without stopping")
{
  static bool was_here;
  if (!first_time(was_here)) return;
  CHECK_EQ(l4_error(enter("*#tasks;help cpus")), 0);
  l4_kd_outstring("target: commands are done\n");
}

CASE("kernel-objects.md 11 enter", "a program enters the debugger and goes on")
{
  static bool was_here;
  if (!first_time(was_here)) return;
  CHECK_EQ(l4_error(enter("the target asks")), 0);
  l4_kd_outstring("target: goes on\n");
}

CASE("docs/debugging.md provoke", "a CPU that hangs with interrupts off is stopped, and goes on")
{
  static bool was_here;
  if (!first_time(was_here)) return;
  Worker hanging([](Worker &) { enter("*#provoke hang"); });
  place_on_cpu1(hanging);
  hanging.start();
  CHECK_EQ(wait(pair(0, half(200000))).error(), L4_IPC_RETIMEOUT); // time to come there
  l4_kd_outstring("target: hangs\n");
  CHECK(hanging.finished(30000000));
  l4_kd_outstring("target: runs again\n");
}
