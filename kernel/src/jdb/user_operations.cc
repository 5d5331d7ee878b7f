// SPDX-License-Identifier: MIT
// What programs can ask of the debugger (abi/kernel-objects.md section 11, groups 1 and 2).
#include "diag/print.h"
#include "jdb/console.h"
#include "jdb/explain.h"
#include "jdb/hooks.h"
#include "jdb/names.h"
#include "jdb/object_registry.h"
#include "jdb/trace.h"
#include "obj/item_object.h"
#include "obj/object_names.h"
#include "obj/task.h"

#include <string.h>

namespace jdb {
namespace {

enum Op : Word {
  Op_global_id = 0x101,
  Op_pointer_to_id = 0x102,
  Op_log_type = 0x103,
  Op_switch_log = 0x104,
  Op_name_of_id = 0x105,
  Op_log_name = 0x106,
  Op_object_info = 0x110,
  Op_trace_check = 0x200, ///< ours: is there a trace?
  Op_trace_log = 0x201,
  Op_trace_clear = 0x202,
  Op_trace_dump = 0x203,
  Op_trace_log_words = 0x204,
  Op_trace_log_binary = 0x205,
};

/// A kind of log beside those of the trace: explanations of refused operations, per task.
constexpr char const Explain_log[] = "explain";
constexpr Word Dumped_events = 100;
constexpr Word Explain_type = Trace::Kinds, Log_types = Explain_type + 1;

char const *log_name(Word type)
{
  return type == Explain_type ? Explain_log : Trace::name_of(Trace::Kind(type));
}

/// A text from message register `first` on, up to the end of the words; always ended by 0.
struct Text {
  static constexpr unsigned Length = 64;
  char text[Length] = {};

  Text(Invocation &call, unsigned first)
  {
    unsigned words = call.tag.words() > first ? call.tag.words() - first : 0;
    unsigned bytes = words * unsigned(sizeof(Word));
    // bounded and ended here, whatever the user changes meanwhile
    memcpy(text, &call.utcb.mr[first], bytes < Length ? bytes : Length - 1);
  }
};

Outcome answer(Invocation &call, Word value)
{
  call.utcb.mr[0] = value;
  return reply_tag(0, 1);
}

Outcome answer_id(Invocation &call, u32 id)
{
  return id == Object_registry::No_id ? Outcome(Errno::No_ent) : answer(call, id);
}

Outcome log_type(Invocation &call)
{
  Text name(call, 2);
  for (Word type = 0; type < Log_types && call.mr(1) == 0; ++type) // each name stands for one type
    if (equal(log_name(type), name.text)) return answer(call, type);
  return Errno::No_ent;
}

/// A kind of trace event for all, or explanations for the task (all tasks, if another object is
/// named).
Outcome switch_log(Invocation &call, Kobject const &object)
{
  Text name(call, 2);
  bool on = call.mr(1);
  if (equal(name.text, Explain_log)) {
    if (object.type() == Kobject::Type::Task)
      Explanations::switch_task(static_cast<Task const &>(object), on);
    else
      Explanations::switch_all(on);
    return Outcome::ok();
  }
  Trace::Kind kind = Trace::kind_of(name.text);
  if (kind == Trace::Kinds) return Errno::No_ent;
  Trace::switch_kind(kind, on);
  return Outcome::ok();
}

Outcome name_of_id(Invocation &call)
{
  char *text = reinterpret_cast<char *>(&call.utcb.mr[0]);
  Kobject const *object = Object_registry::by_id(u32(call.mr(1)));
  if (!object) return Errno::No_ent;
  memcpy(text, Object_names::get(*object), Object_names::Length);
  return reply_tag(0, Object_names::Length / sizeof(Word));
}

/// Two texts, name and short name, one behind the other.
Outcome log_name_of(Invocation &call)
{
  constexpr unsigned Room = 32;
  Word type = call.mr(1);
  if (type >= Log_types) return Errno::No_ent;
  char *text = reinterpret_cast<char *>(&call.utcb.mr[0]);
  memset(text, 0, Room);
  unsigned length = unsigned(__builtin_strlen(log_name(type))) + 1;
  memcpy(text, log_name(type), length);
  memcpy(text + length, log_name(type), length);
  return reply_tag(0, Room / sizeof(Word));
}

/// Records of 64 bytes: address, number, type, references, name (2 words), task of a thread, label
/// of a gate.
Outcome object_info(Invocation &call)
{
  struct Record {
    Word address, id, type, refs;
    char name[Object_names::Length];
    Word unused[2];
  };
  static_assert(sizeof(Record) == 64);
  Word count = 0, total = 0, skip = call.mr(3), room = call.mr(2) / sizeof(Record);
  constexpr Word Most_per_call = 64;
  if (room > Most_per_call) room = Most_per_call;
  auto *records = static_cast<Record *>(call.caller.ku_object(call.mr(1), room * sizeof(Record)));
  if (!records) return Errno::Inval; // the buffer is not in kernel-user memory
  Object_registry::for_each([&](Kobject const &object, u32 id) {
    if (total++ < skip || count == room) return true;
    Record record{reinterpret_cast<Word>(&object), id, Word(object.type()),
                  Word(object.cap_refs()),         {}, {}};
    memcpy(record.name, Object_names::get(object), sizeof record.name);
    records[count++] = record;
    return true;
  });
  call.utcb.mr[0] = count;
  call.utcb.mr[1] = total;
  return reply_tag(0, 2);
}

} // namespace

Outcome object_operation(Invocation &call)
{
  unsigned items = call.tag.items();
  Item<Kobject> object(call, 0, items ? items - 1 : 0); // the object is the last item
  if (!object) return object.error();
  switch (call.mr(0)) {
  case Op_global_id:
    return answer_id(call, Object_registry::id_of(&*object));
  case Op_pointer_to_id:
    return answer_id(call, Object_registry::id_of(reinterpret_cast<Kobject const *>(call.mr(1))));
  case Op_log_type:
    return log_type(call);
  case Op_switch_log:
    return switch_log(call, *object);
  case Op_name_of_id:
    return name_of_id(call);
  case Op_log_name:
    return log_name_of(call);
  case Op_object_info:
    return object_info(call);
  default:
    return Errno::No_sys;
  }
}

/// `length` bytes from message register `from` on, cut to the size of `to`.
void copy_text(Invocation &call, unsigned from, Word length, char *to, Word size)
{
  memset(to, 0, size);
  memcpy(to, &call.utcb.mr[from], length < size ? length : size);
}

Outcome trace_operation(Invocation &call)
{
  Word w[5];
  char *text = reinterpret_cast<char *>(w);
  switch (call.mr(0)) {
  case Op_trace_check:
    return Outcome::ok();
  case Op_trace_log:
    copy_text(call, 2, call.mr(1), text, sizeof w);
    trace(Trace::User, &call.caller, w[0], w[1], w[2], w[3], w[4]);
    return Outcome::ok();
  case Op_trace_log_words:
    copy_text(call, 5, call.mr(4), text, 2 * sizeof(Word));
    trace(Trace::Values, &call.caller, w[0], w[1], call.mr(1), call.mr(2), call.mr(3));
    return Outcome::ok();
  case Op_trace_log_binary:
    trace(Trace::Values, &call.caller, 0, 0, call.mr(2), call.mr(3), call.mr(4));
    return Outcome::ok();
  case Op_trace_clear:
    Trace::clear();
    return Outcome::ok();
  case Op_trace_dump:
    Console::begin_output(false);
    Trace::show(Dumped_events);
    return Outcome::ok();
  default:
    return Errno::No_sys;
  }
}

} // namespace jdb
