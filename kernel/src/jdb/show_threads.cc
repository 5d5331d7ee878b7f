// SPDX-License-Identifier: MIT
#include "diag/print.h"
#include "jdb/commands.h"
#include "jdb/console.h"
#include "jdb/inspect.h"
#include "jdb/machine.h"
#include "jdb/names.h"
#include "jdb/object_registry.h"
#include "jdb/user_memory.h"

namespace jdb {
namespace {

/// The registers with which the thread will go on in user mode: of a CPU that was stopped there,
/// those it was stopped with.
Frame const &user_frame(Thread const &t)
{
  Frame const *live = machine::stopped_at(t.cpu());
  bool runs = Cpu::is_online(t.cpu()) && Cpu::of(t.cpu()).current == &t;
  return runs && live && (live->cs & 3) ? *live : t.frame();
}

/// The object whose id a closed wait names.
Kobject const *sender_by_id(u64 id)
{
  Kobject const *found = nullptr;
  Object_registry::for_each([&](Kobject const &object, u32) {
    bool is_it = false;
    if (object.type() == Kobject::Type::Thread)
      is_it = static_cast<Thread const &>(object).id() == id;
    else if (object.type() == Kobject::Type::Irq)
      is_it = static_cast<Irq const &>(object).id() == id;
    if (is_it) found = &object;
    return !found;
  });
  return found;
}

/// For whom or what a thread waits.
void print_partner(Thread const &t)
{
  switch (t.state()) {
  case Thread::State::Receiving:
    if (u64 id = Inspect::partner_id(t))
      return id == t.id() ? kprintf("sleeps") : print_object(sender_by_id(id));
    return kprintf("anyone");
  case Thread::State::Sending:
  case Thread::State::Waiting_gate:
  case Thread::State::Waiting_semaphore:
    return t.queue() ? print_object(Object_registry::owner_of(t.queue())) : kprintf("itself");
  case Thread::State::Transferring:
    return print_object(Inspect::transfer_peer(t));
  default:
    return kprintf("%s", t.is_parked() ? "a CPU" : "-");
  }
}

bool is_idle(Thread const &t)
{
  return t.prio() == 0;
}

/// One line of the list. False: enough.
bool show_line(Thread const &t, u32 id)
{
  kprintf("%5u ", id);
  print_padded(is_idle(t) ? "(idle)" : name_of(t), 16);
  print_padded(t.task() ? name_of(*t.task()) : "-", 16);
  kprintf("%3u %4u ", t.cpu(), t.prio());
  print_padded(state_name(t.state()), 13);
  kprintf("%16lx  ", user_frame(t).rip);
  print_partner(t);
  return Console::end_line();
}

void show_user_registers(Frame const &f)
{
  kprintf("  ip  %016lx  sp  %016lx  flags %lx\n", f.rip, f.rsp, f.rflags);
  kprintf("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", f.rax, f.rbx, f.rcx, f.rdx);
  kprintf("  rsi %016lx  rdi %016lx  rbp %016lx  r8  %016lx\n", f.rsi, f.rdi, f.rbp, f.r8);
  kprintf("  r9  %016lx  r10 %016lx  r11 %016lx  r12 %016lx\n", f.r9, f.r10, f.r11, f.r12);
  kprintf("  r13 %016lx  r14 %016lx  r15 %016lx  last trap %lu\n", f.r13, f.r14, f.r15, f.trapno);
}

void show_handler(char const *what, Task const &task, u32 index)
{
  kprintf("  %s: ", what);
  if (!index) return kprintf("none\n");
  kprintf("slot %x ", index);
  print_object(task.obj().lookup(Cap_index(index)).object);
  kprintf("\n");
}

/// The bytes before a return address are those of a call instruction (Intel SDM vol. 2, CALL).
bool follows_call(Task &task, Word address)
{
  u8 code[7];
  for (unsigned i = 0; i < sizeof code; ++i) {
    int byte = read_user(task, address - sizeof code + i);
    if (byte < 0) return false;
    code[i] = u8(byte);
  }
  if (code[2] == 0xe8) return true; // relative
  for (unsigned length = 2; length <= 7; ++length) {
    u8 const *call = code + sizeof code - length;
    if (call[0] == 0xff && (call[1] >> 3 & 7) == 2) return true; // FF /2: register or memory
  }
  return false;
}

/// User programs keep no frame pointers: show every word of the stack that is a return address.
void show_callers(Task &task, Word sp)
{
  constexpr unsigned Words_searched = 512, Most = 24;
  unsigned shown = 0;
  kprintf("  possible callers (words on the stack that follow a call instruction):");
  if (!Console::end_line()) return;
  for (unsigned i = 0; i < Words_searched && shown < Most; ++i) {
    Word address;
    if (!read_user_word(task, sp + i * sizeof(Word), address)) return;
    if (!is_executable(task, address) || !follows_call(task, address)) continue;
    ++shown;
    kprintf("    sp+%03x  %016lx", unsigned(i * sizeof(Word)), address);
    if (!Console::end_line()) return;
  }
}

} // namespace

void show_threads(Words const &words)
{
  Kobject const *task = nullptr;
  if (*words[1] && !(task = find_object(words[1], Kobject::Type::Task))) return;
  kprintf(
      "   id name            task            CPU prio state                      ip  waits for");
  if (!Console::end_line()) return;
  Object_registry::for_each([&](Kobject const &object, u32 id) {
    if (object.type() != Kobject::Type::Thread) return true;
    auto &t = static_cast<Thread const &>(object);
    return (task && t.task() != task) || show_line(t, id);
  });
}

void show_thread(Words const &words)
{
  auto *t = static_cast<Thread const *>(find_object(words[1], Kobject::Type::Thread));
  if (!t) return;
  print_object(t);
  kprintf(" of ");
  print_object(t->task());
  kprintf(" at %p\n  CPU %u, priority %u, quantum %u us, used %lu us\n  state %s", t, t->cpu(),
          t->prio(), Inspect::quantum(*t), arch::ticks_to_us(t->cpu_ticks()).value(),
          state_name(t->state()));
  kprintf(", waits for ");
  print_partner(*t);
  Timeout_node const &timeout = Inspect::timeout(*t);
  if (timeout.is_armed()) kprintf(" until %lu us", timeout.deadline().value());
  kprintf("\n  last system call: selector %lx, tag %lx, timeouts %x\n", Inspect::last_selector(*t),
          t->call().tag.raw(), t->call().timeouts.raw());
  if (!t->task()) return;
  show_handler("pager", *t->task(), Inspect::pager(*t));
  show_handler("exception handler", *t->task(), Inspect::exception_handler(*t));
  kprintf("  UTCB %lx\n", t->utcb().self);
  show_user_registers(user_frame(*t));
  show_callers(*t->task(), user_frame(*t).rsp);
}

} // namespace jdb
