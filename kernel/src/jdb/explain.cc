// SPDX-License-Identifier: MIT
#include "jdb/explain.h"

#include "boot/options.h"
#include "diag/print.h"
#include "ipc/invocation.h"
#include "jdb/commands.h"
#include "jdb/console.h"
#include "jdb/inspect.h"
#include "jdb/names.h"
#include "jdb/object_registry.h"
#include "jdb/operations.h"
#include "jdb/reasons.h"
#include "obj/factory.h"
#include "types/spin_lock.h"

namespace jdb {
namespace {

constinit Spin_lock lock;

/// The same refusal of the same task is printed once, then its number of repetitions: when it
/// reaches 10, 100 ..., and before the next new one.
struct Refusal {
  Task const *task;
  Kobject const *object; ///< that refused; null: it is not there
  Word operation;        ///< label and opcode, if the object was asked for one
  Site site;
  Word count;   ///< 0: the entry is free
  Word printed; ///< of these
};
constexpr unsigned Remembered = 16;
constinit Refusal refusals[Remembered] = {};
unsigned next_place;
Refusal *last;

char const *reason_of(Site site)
{
  for (unsigned i = 0; i < Reason_count; ++i)
    if (Reasons[i].line == site.line && equal(Reasons[i].file, site.file)) return Reasons[i].text;
  return "see the source";
}

void print_repeats(Refusal &refusal)
{
  if (refusal.count == refusal.printed) return;
  refusal.printed = refusal.count;
  kprintf("refused: ... %lu times (%s:%d)\n", refusal.count, refusal.site.file, refusal.site.line);
}

bool is_power_of_ten(Word n)
{
  while (n % 10 == 0)
    n /= 10;
  return n == 1;
}

/// Count a refusal. True: it is a new one, print it. The lock is held.
bool is_new(Task const &task, Kobject const *object, Site site, Word operation = 0)
{
  for (Refusal &r : refusals) {
    bool same = r.task == &task && r.object == object && r.operation == operation &&
                r.site.line == site.line && r.site.file == site.file;
    if (!r.count || !same) continue;
    last = &r;
    if (is_power_of_ten(++r.count)) print_repeats(r);
    return false;
  }
  if (last) print_repeats(*last);
  last = &refusals[next_place++ % Remembered];
  print_repeats(*last);
  *last = {&task, object, operation, site, 1, 1};
  return true;
}

bool concerns(Thread const &thread)
{
  return thread.task() && Explanations::covers(*thread.task());
}

void print_who(Thread const &thread)
{
  kprintf("refused: ");
  print_object(&thread);
  kprintf(" of ");
  print_object(thread.task());
  kprintf(": ");
}

void print_why(Site site)
{
  kprintf(", %s (%s:%d)\n", reason_of(site), site.file, site.line);
}

/// A number as it is or by name.
void print_operation(Invocation const &call)
{
  i64 protocol = call.tag.label();
  char const *name = protocol_name(protocol);
  name ? kprintf(", %s", name) : kprintf(", label %d", int(protocol));
  if (!call.tag.words()) return;
  char const *operation = operation_name(protocol, call.mr(0));
  operation ? kprintf(" %s", operation) : kprintf(" %lx", call.mr(0));
}

/// Whose memory is exhausted.
void print_quota(Kobject const &object, Errno error)
{
  if (error != Errno::No_mem) return;
  bool is_factory = object.type() == Kobject::Type::Factory;
  Quota const *own = is_factory ? &static_cast<Factory const &>(object) : nullptr;
  Quota const &quota = own ? *own : object.quota();
  if (quota.limit() != Quota::Unlimited)
    kprintf(" [%lu of %lu bytes used]", quota.used(), quota.limit());
}

} // namespace

void Explanations::switch_task(Task const &task, bool on)
{
  Object_registry::set_mark(task, on ? Object_registry::Mark::On : Object_registry::Mark::Off);
}

bool Explanations::covers(Task const &task)
{
  if (kernel_options.has(Kernel_options::No_debugger)) return false;
  Object_registry::Mark mark = Object_registry::mark_of(task);
  return mark == Object_registry::Mark::None ? _on : mark == Object_registry::Mark::On;
}

void explain(Invocation const &call, Kobject const &object, Outcome const &outcome)
{
  bool refused = outcome.kind() == Outcome::Kind::Reply && outcome.tag().label() < 0;
  if (!refused || !concerns(call.caller)) return;
  Lock_guard guard(lock);
  Word operation = Word(call.tag.label()) << 16 | (call.tag.words() ? u16(call.mr(0)) : 0);
  if (!is_new(*call.caller.task(), &object, outcome.site(), operation)) return;
  auto error = Errno(-outcome.tag().label());
  print_who(call.caller);
  print_object(&object);
  print_operation(call);
  kprintf(": %s", error_name(error));
  print_quota(object, error);
  print_why(outcome.site());
}

void explain(Thread const &caller, Ipc_error error, Site site)
{
  bool is_wait = error == Ipc_error::Send_timeout || error == Ipc_error::Receive_timeout;
  if (is_wait || !site.file || !concerns(caller)) return;
  Lock_guard guard(lock);
  Word selector = Inspect::last_selector(caller);
  Cap cap = caller.task()->obj().lookup(Cap_index(selector >> 12));
  if (!is_new(*caller.task(), cap.object, site)) return;
  print_who(caller);
  if (caller.message() != Thread::Message::User) {
    kprintf("a fault message");
  } else {
    kprintf("slot %lx ", selector >> 12);
    cap ? print_object(cap.object) : kprintf("(empty)");
  }
  kprintf(": %s", error_name(error));
  print_why(site);
}

void explain(Thread const &sender, Thread const &receiver, Ipc_error error)
{
  if (error == Ipc_error::None || !concerns(sender)) return;
  Site site = Site::here();
  Lock_guard guard(lock);
  if (!is_new(*sender.task(), &receiver, site)) return;
  print_who(sender);
  kprintf("items to ");
  print_object(&receiver);
  kprintf(" of ");
  print_object(receiver.task());
  bool cut = error == Ipc_error::Send_cut;
  kprintf(": %s, %s\n", error_name(error),
          cut ? "its buffer registers offer no place for one of them, or one is no mapping"
              : "that task has no memory left for tables");
}

void explain_halt(Thread const &thread)
{
  if (!concerns(thread)) return;
  Frame const &f = thread.frame();
  bool page_fault = f.trapno == 14;
  Lock_guard guard(lock);
  print_who(thread);
  kprintf("its %s %lu at ip %lx", page_fault ? "page fault" : "exception", f.trapno, f.rip);
  if (page_fault) kprintf(", address %lx,", f.pfa);
  kprintf(" has no handler: the thread stops (pager in slot %x, exception handler in slot %x)\n",
          Inspect::pager(thread), Inspect::exception_handler(thread));
}

// ---- commands ---------------------------------------------------------------------------------

void explain_command(Words const &words)
{
  bool on = equal(words[1], "on");
  if (!on && !equal(words[1], "off")) return kprintf("explain: on or off?\n");
  if (!*words[2]) return Explanations::switch_all(on);
  auto *task = static_cast<Task const *>(find_object(words[2], Kobject::Type::Task));
  if (task) Explanations::switch_task(*task, on);
}

void show_refusals(Words const &)
{
  for (unsigned i = 0; i < Remembered; ++i) {
    Refusal const &r = refusals[(next_place + i) % Remembered];
    if (!r.count) continue;
    kprintf("%8lu times  ", r.count);
    print_object(r.task);
    kprintf(": %s (%s:%d)", reason_of(r.site), r.site.file, r.site.line);
    if (!Console::end_line()) return;
  }
}

} // namespace jdb
