// SPDX-License-Identifier: MIT
// Refused operations, for the debug kernel to explain; and what programs ask of its debugger object.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/debugger.h>
#include <l4/sys/factory.h>
#include <l4/sys/kip.h>
#include <l4/sys/ktrace.h>
#include <l4/sys/obj_info.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/task.h>

using namespace Tap;

namespace {

void name(l4_cap_idx_t object, char const *text)
{
  CHECK_EQ(l4_error(l4_debugger_set_object_name(object, text)), 0);
}

void say(char const *text) { l4_kd_outstring(text); }

bool same(char const *a, char const *b)
{
  while (*a && *a == *b)
    ++a, ++b;
  return *a == *b;
}

} // namespace

CASE("docs/debugging.md", "a refused operation is explained once, repetitions are counted")
{
  name(env.task, "target");
  name(env.thread, "main");
  Factory poor(1);
  name(poor, "poor");
  say("target: no memory\n");
  Slot none;
  for (unsigned i = 0; i < 37; ++i)
    CHECK_LABEL(create(none, L4_PROTO_SEMAPHORE, {}, {}, poor), -L4_ENOMEM);
  say("target: no such priority\n");
  Result const parked = call(env.scheduler, L4_PROTO_SCHEDULER,
                             {L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 0, 0}, {object(env.thread)});
  CHECK_LABEL(parked, -L4_EINVAL);
  say("target: empty slot\n");
  Slot empty;
  CHECK_EQ(call(empty, 0, {}).error(), L4_IPC_ENOT_EXISTENT);
  say("target: timeouts are nobody's fault\n");
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
}

CASE("docs/debugging.md", "a message whose items find no place is explained")
{
  Gate gate(env.thread, 0x100);
  name(gate, "gate");
  Worker sender([](Worker &me) { me.result = send(me.data<Gate>(), 0, {}, {object(env.task)}); }, &gate);
  sender.start();
  CHECK_EQ(wait(Zero).error(), L4_IPC_REMSGCUT);
  CHECK(sender.finished());
}

CASE("docs/debugging.md", "a thread that stops for want of a pager is explained")
{
  Worker stray([](Worker &) { __builtin_trap(); });
  name(stray.cap(), "stray");
  stray.start();
  CHECK(!stray.finished(1000));
}

CASE("kernel-objects.md 11 switch log", "explanations are switched for one task")
{
  CHECK_EQ(l4_error(l4_debugger_switch_log(env.task, "explain", 0)), 0);
  say("target: silence\n");
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {0x77}), -L4_ENOSYS);
  say("target: end of silence\n");
  CHECK_EQ(l4_error(l4_debugger_switch_log(env.task, "explain", 1)), 0);
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {0x77}), -L4_ENOSYS);
  CHECK_EQ(l4_error(l4_debugger_switch_log(env.task, "nonsense", 1)), -L4_ENOENT);
}

CASE("kernel-objects.md 11 global id", "objects have numbers, and numbers have names")
{
  unsigned long const id = l4_debugger_global_id(env.task);
  CHECK(id != ~0UL);
  CHECK(l4_debugger_global_id(env.thread) != id);
  char text[32];
  CHECK_EQ(l4_debugger_query_object_name(env.task, unsigned(id), text, sizeof text), 0);
  CHECK(same(text, "target"));
  CHECK(l4_debugger_query_object_name(env.task, 0xfffffff, text, sizeof text) < 0);
  Slot empty;
  CHECK_EQ(l4_debugger_global_id(empty), ~0UL);
}

CASE("kernel-objects.md 11 query log", "kinds of log have numbers and names")
{
  char text[32], brief[32];
  l4_ret_t const type = l4_debugger_query_log_typeid(env.task, "fault", 0);
  CHECK(type >= 0);
  CHECK_EQ(l4_debugger_query_log_name(env.task, unsigned(type), text, sizeof text, brief, sizeof brief), 0);
  CHECK(same(text, "fault"));
  CHECK(same(brief, "fault"));
  CHECK_EQ(l4_debugger_query_log_typeid(env.task, "nonsense", 0), -L4_ENOENT);
  CHECK_EQ(l4_debugger_query_log_name(env.task, 1000, text, sizeof text, brief, sizeof brief), -L4_ENOENT);
}

CASE("kernel-entry.md 8 features", "a kernel with a debugger says so")
{
  CHECK(l4_kip_kernel_has_feature(l4_kip(), "jdb"));
}

CASE("kernel-objects.md 11 object info", "the list of all objects has this task")
{
  l4_umword_t count = 0, all = 0;
  l4_addr_t const buffer = spare_utcb();
  CHECK_EQ(l4_error(l4_debugger_query_obj_infos(env.task, buffer, 512, 0, &count, &all)), 0);
  CHECK_EQ(count, 8);
  CHECK(all > 8);
  auto *records = reinterpret_cast<L4_kobj_info const *>(buffer);
  unsigned long const id = l4_debugger_global_id(env.factory);
  bool found = false;
  for (unsigned i = 0; i < count; ++i)
    found |= records[i].words[1] == id;
  CHECK(found);
  CHECK_EQ(l4_error(l4_debugger_query_obj_infos(env.task, Free_range, 512, 0, &count, &all)), -L4_EINVAL);
}

CASE("kernel-objects.md 11 trace", "programs write into the trace, which keeps what happened")
{
  if (l4_error(fiasco_tbuf_validate()) < 0) SKIP("no trace");
  fiasco_tbuf_clear();
  CHECK_EQ(fiasco_tbuf_log("target was here"), 0);
  CHECK_EQ(fiasco_tbuf_log_3val("three", 0xa1, 0xb2, 0xc3), 0);
  Semaphore made;
  fiasco_tbuf_dump();
  say("target: irqs only\n");
  CHECK_EQ(l4_error(l4_debugger_switch_log(env.task, "ipc", 0)), 0);
  fiasco_tbuf_clear();
  CHECK_EQ(fiasco_tbuf_log("quiet"), 0);
  fiasco_tbuf_dump();
  say("target: all again\n");
  CHECK_EQ(l4_error(l4_debugger_switch_log(env.task, "ipc", 1)), 0);
}
