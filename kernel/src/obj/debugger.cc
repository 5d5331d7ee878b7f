// SPDX-License-Identifier: MIT
#include "obj/debugger.h"

#include "arch/arch.h"
#include "diag/print.h"
#include "jdb/hooks.h"
#include "mem/kmem.h"
#include "mem/slab.h"
#include "obj/item_object.h"
#include "obj/object_names.h"
#include "obj/operation.h"
#include "obj/task.h"
#include "obj/thread.h"
#include "sched/cpu.h"

#include <string.h>

namespace {

constexpr Word Max_text = 61 * 8;

Outcome put_text(Kobject &, Invocation &call)
{
  char const *text = reinterpret_cast<char const *>(&call.utcb.mr[2]);
  for (Word i = 0, length = call.mr(1); i < length && i < Max_text; ++i)
    platform::console_put(text[i]);
  return Outcome::ok();
}

Outcome enter(Kobject &object, Invocation &call)
{
  if constexpr (Debug_kernel)
    if (jdb::enter_by_user(reinterpret_cast<char const *>(&call.utcb.mr[2]), call.mr(1)))
      return Outcome::ok();
  return put_text(object, call);
}

Outcome put_character(Kobject &, Invocation &call)
{
  platform::console_put(char(call.mr(1)));
  return Outcome::ok();
}

/// With as many hexadecimal digits as the opcode says, or decimal.
Outcome put_number(Invocation &call)
{
  constexpr u8 Digits[] = {0, 0, 0, 8, 5, 4, 3, 2};
  unsigned digits = Digits[call.mr(0) & 7];
  if (!digits) kprintf("%lu", call.mr(1));
  while (digits--)
    platform::console_put("0123456789abcdef"[call.mr(1) >> 4 * digits & 15]);
  return Outcome::ok();
}

Word used_bytes() { return Kmem::used_bytes() - Slab::spare_bytes(); }

Outcome print_memory(Kobject &, Invocation &)
{
  kprintf("kernel memory: %lu of %lu bytes in use, %lu threads\n", used_bytes(),
          Kmem::total_bytes(), Thread::count());
  return Outcome::ok();
}

/// Ours, for leak checks.
Outcome memory_figures(Kobject &, Invocation &call)
{
  call.utcb.mr[0] = used_bytes();
  call.utcb.mr[1] = Thread::count();
  return reply_tag(0, 2);
}

/// Ours: the thread with index MR1 of the task in the item. Figures of running threads are a
/// snapshot.
Outcome thread_figures(Kobject &, Invocation &call)
{
  constexpr Word Most = 64; // with the list locked
  Item<Task> task(call);
  if (!task) return task.error();
  if (call.tag.words() < 2) return Errno::Msg_too_short;
  Word index = call.mr(1);
  if (index >= Most) return Errno::Range;
  Word *out = call.utcb.mr;
  bool found = false;
  task->for_each_thread([&](Link &link) {
    if (index--) return true;
    Thread &t = Thread::of_task_link(link);
    out[2] = Word(t.state()) | Word{t.prio()} << 8 | Word{t.cpu()} << 16;
    out[3] = arch::ticks_to_us(t.cpu_ticks()).value();
    memcpy(&out[4], Object_names::get(t), Object_names::Length);
    found = true;
    return false;
  });
  if (!found) return Errno::No_ent;
  out[0] = task->quota().used();
  out[1] = task->quota().limit();
  return reply_tag(0, 6);
}

/// Names are for people: an object that finds no place in the table simply stays without one.
template <bool Set> Outcome name(Kobject &, Invocation &call)
{
  unsigned items = call.tag.items();
  Item<Kobject> object(call, 0, items ? items - 1 : 0); // the object is the last item
  if (!object) return Errno::Inval;
  if (!Set) {
    memcpy(call.utcb.mr, Object_names::get(*object), Object_names::Length);
    return reply_tag(0, Object_names::Length / sizeof(Word));
  }
  unsigned words = call.tag.words() > 1 ? call.tag.words() - 1 : 0;
  char const *text = reinterpret_cast<char const *>(&call.utcb.mr[1]);
  Object_names::set(*object, text, words * sizeof(Word));
  return Outcome::ok();
}

} // namespace

/// Bits 15..8 of the opcode are its group; those that nobody has stand for group 0.
Outcome Debugger::invoke(Invocation &call)
{
  static constexpr Operation Operations[] = {
      {0x000, 0, any_words, enter},          {0x001, 0, any_words, put_character},
      {0x002, 0, any_words, put_text},       {0x100, 0, any_words, name<true>},
      {0x108, 0, any_words, name<false>},    {0x500, 0, any_words, print_memory},
      {0x501, 0, any_words, memory_figures}, {0x502, 0, any_words, thread_figures},
  };
  if (call.tag.label() != Proto::Debugger) return Errno::Bad_proto;
  if (!call.tag.words()) {
    if constexpr (Debug_kernel) jdb::enter_by_user("", 0);
    return Outcome::ok();
  }
  Word op = call.mr(0);
  if constexpr (Debug_kernel) {
    if (op >> 8 == 1 && op != 0x100 && op != 0x108) return jdb::object_operation(call);
    if (op >> 8 == 2) return jdb::trace_operation(call);
  }
  u8 group = u8(op >> 8);
  bool has_group = group == 1 || group == 2 || group == 4 || group == 5;
  if (!has_group) op = u8(op);
  if (op >= 3 && op <= 8) return put_number(call);
  return serve(Operations, {.bits = has_group ? ~Word{0} : 0xff}, *this, call);
}
