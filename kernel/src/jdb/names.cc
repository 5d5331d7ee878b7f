// SPDX-License-Identifier: MIT
#include "jdb/names.h"

#include "diag/print.h"
#include "jdb/object_registry.h"
#include "obj/debugger.h"
#include "obj/factory.h"
#include "obj/icu.h"
#include "obj/ipc_gate.h"
#include "obj/log.h"
#include "obj/object_names.h"
#include "obj/scheduler.h"
#include "obj/semaphore.h"
#include "obj/task.h"

#include <string.h>

namespace jdb {
namespace {

struct Type_row {
  char const *name;
  Word bytes;
};
/// In the order of Kobject::Type.
constexpr Type_row Types[] = {
    {"dead", sizeof(Kobject)},        {"thread", sizeof(Thread)},   {"gate", sizeof(Ipc_gate)},
    {"task", sizeof(Task)},           {"vm", sizeof(Task)},         {"irq", sizeof(Irq)},
    {"semaphore", sizeof(Semaphore)}, {"factory", sizeof(Factory)}, {"icu", sizeof(Icu)},
    {"scheduler", sizeof(Scheduler)}, {"log", sizeof(Log)},         {"debugger", sizeof(Debugger)},
    {"iommu", sizeof(Kobject)},
};
static_assert(unsigned(Kobject::Type::Iommu) + 1 == sizeof Types / sizeof Types[0]);

template <class Key> struct Named {
  Key key;
  char const *name;
};

constexpr Named<Errno> Errors[] = {
    {Errno::Perm, "L4_EPERM"},
    {Errno::No_ent, "L4_ENOENT"},
    {Errno::No_mem, "L4_ENOMEM"},
    {Errno::Fault, "L4_EFAULT"},
    {Errno::Busy, "L4_EBUSY"},
    {Errno::Exist, "L4_EEXIST"},
    {Errno::No_dev, "L4_ENODEV"},
    {Errno::Inval, "L4_EINVAL"},
    {Errno::Range, "L4_ERANGE"},
    {Errno::No_sys, "L4_ENOSYS"},
    {Errno::Bad_proto, "L4_EBADPROTO"},
    {Errno::Msg_too_short, "L4_EMSGTOOSHORT"},
    {Errno::Msg_too_long, "L4_EMSGTOOLONG"},
};

constexpr Named<Ipc_error> Ipc_errors[] = {
    {Ipc_error::Send_timeout, "send timeout"},
    {Ipc_error::Receive_timeout, "receive timeout"},
    {Ipc_error::Not_existent, "partner does not exist"},
    {Ipc_error::Send_canceled, "send cancelled"},
    {Ipc_error::Receive_canceled, "receive cancelled"},
    {Ipc_error::Send_cut, "message cut (send)"},
    {Ipc_error::Receive_cut, "message cut (receive)"},
    {Ipc_error::Send_map_failed, "map failed (send)"},
    {Ipc_error::Receive_map_failed, "map failed (receive)"},
    {Ipc_error::No_reply_cap, "no reply capability"},
};

constexpr Named<i64> Protocols[] = {
    {Proto::Irq, "irq"},
    {Proto::Page_fault, "page fault"},
    {Proto::Exception, "exception"},
    {Proto::Sigma0, "sigma0"},
    {Proto::Io_page_fault, "I/O page fault"},
    {Proto::Kobject, "kobject"},
    {Proto::Task, "task"},
    {Proto::Thread, "thread"},
    {Proto::Log, "log"},
    {Proto::Scheduler, "scheduler"},
    {Proto::Factory, "factory"},
    {Proto::Irq_sender, "irq"},
    {Proto::Semaphore, "semaphore"},
    {Proto::Meta, "meta"},
    {Proto::Debugger, "debugger"},
};

template <class Key, unsigned N>
char const *find(Named<Key> const (&table)[N], Key key, char const *otherwise)
{
  for (auto const &row : table)
    if (row.key == key) return row.name;
  return otherwise;
}

int digit_of(char c)
{
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return 99;
}

} // namespace

bool equal(char const *a, char const *b)
{
  while (*a && *a == *b)
    ++a, ++b;
  return *a == *b;
}

char const *type_name(Kobject::Type type)
{
  return Types[unsigned(type)].name;
}
Word bytes_of(Kobject const &object)
{
  return Types[unsigned(object.type())].bytes;
}

bool type_of_name(char const *name, Kobject::Type &type)
{
  for (unsigned i = 0; i < sizeof Types / sizeof Types[0]; ++i)
    if (equal(Types[i].name, name)) {
      type = Kobject::Type(i);
      return true;
    }
  return false;
}

char const *state_name(Thread::State state)
{
  constexpr char const *Names[] = {"dormant",      "ready",        "sending",
                                   "receiving",    "transferring", "at gate",
                                   "at semaphore", "halted",       "dead"};
  return Names[unsigned(state)];
}

char const *error_name(Errno error)
{
  return find(Errors, error, "unknown error");
}
char const *error_name(Ipc_error error)
{
  return find(Ipc_errors, error, "unknown IPC error");
}
char const *protocol_name(i64 label)
{
  return find<i64>(Protocols, label, nullptr);
}
char const *name_of(Kobject const &object)
{
  return Object_names::peek(object);
}

void print_object(Kobject const *object)
{
  u32 id = object ? Object_registry::id_of(object) : Object_registry::No_id;
  if (id == Object_registry::No_id) return kprintf(object ? "object %p" : "-", object);
  kprintf("%s %u", type_name(object->type()), id);
  char const *name = name_of(*object);
  if (*name) kprintf(" '%s'", name);
}

Kobject const *find_object(char const *text, Kobject::Type type)
{
  Word number;
  bool is_number = parse_number(text, number);
  Kobject const *found = nullptr;
  Object_registry::for_each([&](Kobject const &object, u32 id) {
    bool fits = type == Kobject::Type::Dead || object.type() == type;
    bool named = is_number ? id == number || reinterpret_cast<Word>(&object) == number
                           : equal(name_of(object), text);
    if (fits && named) found = &object;
    return !found;
  });
  bool any = type == Kobject::Type::Dead;
  if (!found)
    kprintf("no %s '%s': see `%s`\n", any ? "object" : type_name(type), text,
            type == Kobject::Type::Task     ? "tasks"
            : type == Kobject::Type::Thread ? "threads"
                                            : "objects");
  return found;
}

bool parse_number(char const *text, Word &value)
{
  bool hexadecimal = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
  int base = hexadecimal ? 16 : 10;
  if (hexadecimal) text += 2;
  value = 0;
  if (!*text) return false;
  for (; *text; ++text) {
    int digit = digit_of(*text);
    if (digit >= base) return false;
    value = value * base + digit;
  }
  return true;
}

} // namespace jdb
