// SPDX-License-Identifier: MIT
#include "obj/debugger.h"

#include "arch/arch.h"
#include "diag/print.h"
#include "jdb/hooks.h"
#include "mem/kmem.h"
#include "mem/slab.h"
#include "obj/item_object.h"
#include "obj/object_names.h"
#include "obj/thread.h"
#include "sched/cpu.h"

#include <string.h>

constinit Debugger *Debugger::instance = nullptr;

namespace {

/// Operations: group in bits 15..8, number in bits 7..0.
enum Op : Word {
  Op_enter = 0x000,
  Op_outchar = 0x001,
  Op_outnstring = 0x002,
  Op_hex32 = 0x003,
  Op_hex20 = 0x004,
  Op_hex16 = 0x005,
  Op_hex12 = 0x006,
  Op_hex8 = 0x007,
  Op_decimal = 0x008,
  Op_set_name = 0x100,
  Op_get_name = 0x108,
  Op_memory_print = 0x500,
  Op_memory_figures = 0x501, ///< ours: heap bytes in use, threads
  Op_thread_figures = 0x502, ///< ours: a thread of a task
};

constexpr Word Max_text = 61 * 8;

} // namespace

Outcome Debugger::output(Invocation &call)
{
  Word value = call.mr(1);
  switch (call.mr(0)) {
  case Op_outchar: platform::console_put(char(value)); break;
  case Op_enter:
  case Op_outnstring: {
    char const *text = reinterpret_cast<char const *>(&call.utcb.mr[2]);
    if constexpr (Debug_kernel)
      if (call.mr(0) == Op_enter && jdb::enter_by_user(text, value)) break;
    for (Word i = 0; i < value && i < Max_text; ++i)
      platform::console_put(text[i]);
    break;
  }
  case Op_hex32: kprintf("%08lx", value & 0xffffffff); break;
  case Op_hex20: kprintf("%05lx", value & 0xfffff); break;
  case Op_hex16: kprintf("%04lx", value & 0xffff); break;
  case Op_hex12: kprintf("%03lx", value & 0xfff); break;
  case Op_hex8: kprintf("%02lx", value & 0xff); break;
  case Op_decimal: kprintf("%lu", value); break;
  default: return Errno::No_sys;
  }
  return Outcome::ok();
}

Outcome Debugger::memory_figures(Invocation &call)
{
  Word bytes = Kmem::used_bytes() - Slab::spare_bytes(), threads = Slab_of<Thread>::used();
  if (call.mr(0) == Op_memory_print) {
    kprintf("kernel memory: %lu of %lu bytes in use, %lu threads\n", bytes, Kmem::total_bytes(),
            threads);
    return Outcome::ok();
  }
  call.utcb.mr[0] = bytes;
  call.utcb.mr[1] = threads;
  return reply_tag(0, 2);
}

/// The thread with index MR1 of the task in the item. Figures of running threads are a snapshot.
Outcome Debugger::thread_figures(Invocation &call)
{
  constexpr Word Most = 64; // with the list locked
  auto item = item_object<Task>(call, Kobject::Type::Task);
  if (!item) return item.outcome();
  if (call.tag.words() < 2) return Errno::Msg_too_short;
  Word index = call.mr(1);
  if (index >= Most) return Errno::Range;
  Word *out = call.utcb.mr;
  bool found = false;
  item.object().for_each_thread([&](Link &link) {
    if (index--) return true;
    Thread &t = Thread::of_task_link(link);
    out[2] = Word(t.state()) | Word{t.prio()} << 8 | Word{t.cpu()} << 16;
    out[3] = arch::ticks_to_us(t.cpu_ticks()).value();
    memcpy(&out[4], Object_names::get(t), Object_names::Length);
    found = true;
    return false;
  });
  if (!found) return Errno::No_ent;
  out[0] = item.object().quota().used();
  out[1] = item.object().quota().limit();
  return reply_tag(0, 6);
}

/// Names are for people: an object that finds no place in the table simply stays without one.
Outcome Debugger::name(Invocation &call, bool set)
{
  unsigned items = call.tag.items();
  auto item = item_object(call, items ? items - 1 : 0); // the object is the last item
  if (!item) return Errno::Inval;
  char *text = reinterpret_cast<char *>(&call.utcb.mr[set ? 1 : 0]);
  if (!set) {
    memset(text, 0, Object_names::Length);
    memcpy(text, Object_names::get(item.object()), Object_names::Length);
    return reply_tag(0, Object_names::Length / sizeof(Word));
  }
  unsigned words = call.tag.words() > 1 ? call.tag.words() - 1 : 0;
  Object_names::set(item.object(), text, words * sizeof(Word));
  return Outcome::ok();
}

Outcome Debugger::invoke(Invocation &call)
{
  if (call.tag.label() != Proto::Debugger) return Errno::Bad_proto;
  if (!call.tag.words()) {
    if constexpr (Debug_kernel) jdb::enter_by_user("", 0);
    return Outcome::ok();
  }
  Word op = call.mr(0);
  if (op == Op_set_name || op == Op_get_name) return name(call, op == Op_set_name);
  if constexpr (Debug_kernel) {
    if (op >> 8 == 1) return jdb::object_operation(call);
    if (op >> 8 == 2) return jdb::trace_operation(call);
  }
  if (op >> 8 == 1) return Errno::No_sys;
  if (op == Op_memory_print || op == Op_memory_figures) return memory_figures(call);
  if (op == Op_thread_figures) return thread_figures(call);
  return output(call);
}
