// SPDX-License-Identifier: MIT
#include "jdb/trace.h"

#include "diag/print.h"
#include "jdb/commands.h"
#include "jdb/console.h"
#include "jdb/names.h"
#include "jdb/object_registry.h"
#include "jdb/operations.h"
#include "mem/kmem.h"
#include "sched/cpu.h"

#include <string.h>

namespace jdb {
namespace {

constexpr char const *Names[] = {"ipc",   "answer", "schedule", "fault", "map",
                                 "unmap", "object", "irq",      "user",  "values"};
static_assert(sizeof Names / sizeof Names[0] == Trace::Kinds);

void print_object_number(Word id)
{
  Kobject const *object = id ? Object_registry::by_id(u32(id)) : nullptr;
  object ? print_object(object) : kprintf("object %lu (gone)", id);
}

/// The object may be gone, or another one may have its place.
void print_pointer(Word address)
{
  print_object(reinterpret_cast<Kobject const *>(address));
}

void print_ipc(Word selector, Msg_tag tag)
{
  constexpr char const *Operations[] = {"nothing", "send",  "receive", "call",
                                        "?",       "?",     "wait",    "send and wait",
                                        "?",       "reply", "?",       "reply and receive",
                                        "?",       "?",     "?",       "reply and wait"};
  kprintf("%s slot %lx, label %d, %u words, %u items", Operations[selector & 15], selector >> 12,
          int(tag.label()), tag.words(), tag.items());
}

/// What a program logged: text of at most `words` words.
void print_text(char const *text, unsigned words)
{
  for (unsigned i = 0; i < words * sizeof(Word) && text[i]; ++i)
    kprintf("%c", text[i] >= ' ' && text[i] < 0x7f ? text[i] : '.');
}

void print_event(Trace_event const &e)
{
  Word const *w = e.word;
  switch (e.kind) {
  case Trace::Ipc:
    return print_ipc(w[0], Msg_tag(w[1]));
  case Trace::Answer:
    return w[1] ? kprintf("error: %s", error_name(Ipc_error(w[1])))
                : kprintf("label %d, from %lx", int(Msg_tag(w[0]).label()), w[2]);
  case Trace::Schedule:
    return print_pointer(w[0]);
  case Trace::Fault:
    return kprintf("trap %lu, error %lx, ip %lx, address %lx", w[0], w[1], w[2], w[3]);
  case Trace::Map:
    kprintf("%lx to ", w[0]);
    return print_pointer(w[1]);
  case Trace::Unmap:
    kprintf("%lx of ", w[0]);
    return print_pointer(w[1]);
  case Trace::Object:
    return kprintf("%s %s %lu", w[0] ? "new" : "gone:", type_name(Kobject::Type(w[1])), w[2]);
  case Trace::Irq:
    return kprintf("%s %lu", w[1] ? "MSI" : "pin", w[0]);
  case Trace::Values:
    print_text(reinterpret_cast<char const *>(w), 2);
    return kprintf(" %lx %lx %lx", w[2], w[3], w[4]);
  default:
    return print_text(reinterpret_cast<char const *>(w), 5);
  }
}

} // namespace

char const *Trace::name_of(Kind kind)
{
  return Names[kind];
}

Trace::Kind Trace::kind_of(char const *name)
{
  unsigned kind = 0;
  while (kind < Kinds && !equal(Names[kind], name))
    ++kind;
  return Kind(kind);
}

void Trace::init(u32 entries)
{
  constexpr u32 Default_entries = 1024;
  constexpr Word Per_page = Page_size / sizeof(Trace_event);
  unsigned order = 0;
  while (order < Kmem::Max_order && (Per_page << order) < (entries ? entries : Default_entries))
    ++order;
  _length = Per_page << order;
  for (Word cpus = Cpu::online(); cpus; cpus &= cpus - 1) {
    void *memory = Kmem::alloc(order);
    if (!memory) return kprintf("no memory for %lu trace events of each CPU: no trace\n", _length);
    memset(memory, 0, Page_size << order);
    _rings[__builtin_ctzll(cpus)].events = static_cast<Trace_event *>(memory);
  }
  _on = (1u << Kinds) - 1;
}

void Trace::switch_kind(Kind kind, bool on)
{
  if (_length) on ? _on |= 1u << kind : _on &= ~(1u << kind);
}

void Trace::clear()
{
  for (Ring &ring : _rings)
    ring.next = 0;
}

void Trace::log(Kind kind, Thread const *thread, Word a, Word b, Word c, Word d, Word e)
{
  Cpu &cpu = Cpu::self();
  Ring &ring = _rings[cpu.id()];
  if (!ring.events) return;
  Thread const *running = thread ? thread : cpu.current;
  ring.events[ring.next++ & (_length - 1)] = {.ticks = arch::ticks(),
                                              .thread = Object_registry::id_of(running),
                                              .cpu = cpu.id(),
                                              .kind = kind,
                                              .word = {a, b, c, d, e}};
}

void Trace::show(Word count)
{
  Word left[Max_cpus]; // events not shown yet, of each CPU
  for (unsigned cpu = 0; cpu < Max_cpus; ++cpu)
    left[cpu] = _rings[cpu].next < _length ? _rings[cpu].next : _length;
  for (; count; --count) {
    Trace_event const *newest = nullptr;
    for (unsigned cpu = 0; cpu < Max_cpus; ++cpu) {
      Ring const &ring = _rings[cpu];
      if (!left[cpu]) continue;
      Word shown = (ring.next < _length ? ring.next : _length) - left[cpu];
      Trace_event const *event = &ring.events[(ring.next - shown - 1) & (_length - 1)];
      if (!newest || event->ticks > newest->ticks) newest = event;
    }
    if (!newest) return;
    --left[newest->cpu];
    kprintf("%12lu us  CPU %u  ", arch::ticks_to_us(newest->ticks).value(), newest->cpu);
    print_object_number(newest->thread);
    kprintf(": %s ", Names[newest->kind]);
    print_event(*newest);
    if (!Console::end_line()) return;
  }
}

// ---- the command ------------------------------------------------------------------------------

namespace {

void switch_kinds(Words const &words, bool on)
{
  for (unsigned i = 2; i < words.count; ++i) {
    Trace::Kind kind = Trace::kind_of(words[i]);
    if (kind == Trace::Kinds) return kprintf("trace: there is no kind '%s'\n", words[i]);
    Trace::switch_kind(kind, on);
  }
  for (unsigned kind = 0; words.count == 2 && kind < Trace::Kinds; ++kind)
    Trace::switch_kind(Trace::Kind(kind), on);
  kprintf("recorded:");
  for (unsigned kind = 0; kind < Trace::Kinds; ++kind)
    if (Trace::is_on(Trace::Kind(kind))) kprintf(" %s", Names[kind]);
  kprintf("\n");
}

} // namespace

void trace_command(Words const &words)
{
  Word count = 30;
  if (equal(words[1], "on") || equal(words[1], "off"))
    return switch_kinds(words, words[1][1] == 'n');
  if (equal(words[1], "clear")) return Trace::clear();
  if (*words[1] && !parse_number(words[1], count))
    return kprintf("trace: a number, on, off, or clear?\n");
  Trace::show(count);
}

} // namespace jdb
