// SPDX-License-Identifier: MIT
#include "diag/print.h"
#include "jdb/commands.h"
#include "jdb/console.h"
#include "jdb/inspect.h"
#include "jdb/names.h"
#include "jdb/object_registry.h"
#include "mem/kmem.h"
#include "mem/slab.h"
#include "obj/factory.h"

namespace jdb {
namespace {

void print_quota(Quota const &quota)
{
  kprintf("%lu bytes of ", quota.used());
  quota.limit() == Quota::Unlimited ? kprintf("no limit") : kprintf("%lu", quota.limit());
}

void print_endpoint(Endpoint const &endpoint)
{
  if (!endpoint.thread()) return kprintf("not bound");
  kprintf(endpoint.is_bound() ? "bound to " : "its thread died: ");
  print_object(endpoint.thread());
}

/// What is worth knowing of an object beside its name.
void print_details(Kobject const &object)
{
  switch (object.type()) {
  case Kobject::Type::Thread: {
    auto &t = static_cast<Thread const &>(object);
    kprintf("%s, of ", state_name(t.state()));
    return print_object(t.task());
  }
  case Kobject::Type::Ipc_gate: {
    auto &gate = static_cast<Ipc_gate const &>(object);
    kprintf("label %lx, ", gate.label());
    return print_endpoint(gate);
  }
  case Kobject::Type::Irq: {
    auto &irq = static_cast<Irq const &>(object);
    if (irq.chip()) kprintf("pin %u%s, ", irq.pin(), irq.is_masked() ? " (masked)" : "");
    return print_endpoint(irq);
  }
  case Kobject::Type::Dead: return kprintf("deleted, but others refer to it");
  case Kobject::Type::Factory:
    return print_quota(static_cast<Factory const &>(object));
  default:
    return;
  }
}

unsigned threads_of(Kobject const &task)
{
  unsigned count = 0;
  Object_registry::for_each([&](Kobject const &object, u32) {
    if (object.type() == Kobject::Type::Thread)
      count += static_cast<Thread const &>(object).task() == &task;
    return true;
  });
  return count;
}

/// Call f(index, Cap) for each slot in use until it returns false.
template <class F> void for_each_cap(Obj_space const &space, F &&f)
{
  for (Word index = 0; index < Inspect::slots_end(space); ++index) {
    Cap cap = Cap_slot::decode(space.entry_of(index << 12));
    if (cap && !f(index, cap)) return;
  }
}

bool has_prefix(char const *text, char const *prefix)
{
  while (*prefix && *text == *prefix)
    ++text, ++prefix;
  return !*prefix;
}

} // namespace

void show_objects(Words const &words)
{
  Kobject::Type type;
  bool by_type = *words[1] && type_of_name(words[1], type);
  bool by_name = *words[1] && !by_type;
  Object_registry::for_each([&](Kobject const &object, u32 id) {
    if (by_type && object.type() != type) return true;
    if (by_name && !has_prefix(name_of(object), words[1])) return true;
    kprintf("%6u  %p  ", id, &object);
    print_padded(type_name(object.type()), 10);
    print_padded(name_of(object), 16);
    kprintf("refs %d  ", object.cap_refs());
    print_details(object);
    return Console::end_line();
  });
  if (Word lost = Object_registry::overflow())
    kprintf("%lu objects found no place in the debugger's table\n", lost);
}

void show_tasks(Words const &)
{
  kprintf("   id name            threads  caps  quota");
  if (!Console::end_line()) return;
  Object_registry::for_each([](Kobject const &object, u32 id) {
    if (object.type() != Kobject::Type::Task) return true;
    unsigned caps = 0;
    for_each_cap(static_cast<Task const &>(object).obj(), [&](Word, Cap) { return ++caps; });
    kprintf("%5u ", id);
    print_padded(name_of(object), 16);
    kprintf("%7u %5u  ", threads_of(object), caps);
    print_quota(object.quota());
    return Console::end_line();
  });
}

void show_caps(Words const &words)
{
  auto *task = static_cast<Task const *>(find_object(words[1], Kobject::Type::Task));
  if (!task) return;
  kprintf(" slot rights  object");
  if (!Console::end_line()) return;
  for_each_cap(task->obj(), [](Word index, Cap cap) {
    struct {
      u8 flag;
      char letter;
    } constexpr Letters[] = {{Cap_slot::W, 'w'},
                             {Cap_slot::S, 's'},
                             {Cap_slot::D, 'd'},
                             {Cap_slot::Weak, '~'},
                             {Cap_slot::Server, '!'}};
    kprintf("%5lx ", index);
    for (auto const &l : Letters)
      kprintf("%c", cap.flags & l.flag ? l.letter : '-');
    kprintf("   ");
    print_object(cap.object);
    kprintf("  ");
    print_details(*cap.object);
    return Console::end_line();
  });
  kprintf("rights: w write, s special, d delete, ~ weak, ! server\n");
}

void show_memory(Words const &)
{
  Word used = Kmem::used_bytes();
  kprintf("heap: %lu of %lu KiB in use, %lu KiB kept in empty slabs\n", used >> 10,
          Kmem::total_bytes() >> 10, Slab::spare_bytes() >> 10);
  constexpr unsigned Types = unsigned(Kobject::Type::Iommu) + 1;
  unsigned count[Types] = {};
  Object_registry::for_each([&](Kobject const &object, u32) { return ++count[u8(object.type())]; });
  for (unsigned i = 0; i < Types; ++i)
    if (count[i]) kprintf("%6u %s\n", count[i], type_name(Kobject::Type(i)));
  Object_registry::for_each([](Kobject const &object, u32) {
    if (object.type() != Kobject::Type::Factory) return true;
    print_object(&object);
    kprintf(": ");
    print_details(object);
    return Console::end_line();
  });
}

} // namespace jdb
