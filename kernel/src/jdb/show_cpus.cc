// SPDX-License-Identifier: MIT
#include "diag/print.h"
#include "jdb/commands.h"
#include "jdb/console.h"
#include "jdb/inspect.h"
#include "jdb/machine.h"
#include "jdb/names.h"
#include "jdb/session.h"
#include "jdb/symbols.h"

namespace jdb {
namespace {

/// Call f(Cpu &) for each CPU that runs, until it returns false.
template <class F> void for_each_cpu(F &&f)
{
  for (Word cpus = Cpu::online(); cpus; cpus &= cpus - 1)
    if (!f(Cpu::of(Cpu_id(__builtin_ctzll(cpus))))) return;
}

char const *phase_name(Cpu const &cpu)
{
  constexpr char const *Names[] = {"running", "asleep", "asleep and held", "held"};
  return Names[cpu.phase & 3];
}

void print_place(Cpu const &cpu)
{
  if (Frame const *frame = machine::stopped_at(cpu.id())) {
    if (frame->cs & 3) return kprintf("user ip %lx", frame->rip);
    kprintf("kernel ip ");
    return print_code(frame->rip);
  }
  kprintf(&cpu == &Cpu::self() ? "runs the debugger" : "does not answer");
}

void show_registers_of(Cpu const &cpu)
{
  Frame const *f = machine::stopped_at(cpu.id());
  kprintf("CPU %u: ", cpu.id());
  print_place(cpu);
  kprintf("\n");
  if (!f) return;
  kprintf("  rax %016lx  rbx %016lx  rcx %016lx  rdx %016lx\n", f->rax, f->rbx, f->rcx, f->rdx);
  kprintf("  rsi %016lx  rdi %016lx  rbp %016lx  rsp %016lx\n", f->rsi, f->rdi, f->rbp, f->rsp);
  kprintf("  r8  %016lx  r9  %016lx  r10 %016lx  r11 %016lx\n", f->r8, f->r9, f->r10, f->r11);
  kprintf("  r12 %016lx  r13 %016lx  r14 %016lx  r15 %016lx\n", f->r12, f->r13, f->r14, f->r15);
  kprintf("  flags %lx, interrupts %s\n", f->rflags, f->rflags & 0x200 ? "on" : "off");
}

} // namespace

void show_cpus(Words const &)
{
  for_each_cpu([](Cpu &cpu) {
    kprintf("CPU %u (", cpu.id());
    machine::print_hardware_id(cpu.id());
    kprintf(") %s, ", phase_name(cpu));
    print_place(cpu);
    kprintf(", thread ");
    cpu.current == Inspect::idle(cpu) ? kprintf("idle") : print_object(cpu.current);
    return Console::end_line();
  });
  kprintf("timer: %s, translations: %s\n", machine::timer_name(),
          machine::has_pcid() ? "kept by PCID" : "of one space");
}

void show_registers(Words const &words)
{
  Word id = Cpu::self().id();
  if (*words[1] && (!parse_number(words[1], id) || !Cpu::is_online(Cpu_id(id))))
    return kprintf("there is no CPU '%s'\n", words[1]);
  Cpu const &cpu = Cpu::of(Cpu_id(id));
  show_registers_of(cpu);
  Frame const *frame = machine::stopped_at(cpu.id());
  bool is_self = &cpu == &Cpu::self();
  if (!is_self && (!frame || frame->cs & 3)) return;
  kprintf("  callers in the kernel:\n");
  print_callers(is_self ? Session::frame_pointer() : machine::frame_pointer_of(*frame));
}

void show_ready(Words const &)
{
  for_each_cpu([](Cpu &cpu) {
    kprintf("CPU %u: ", cpu.id());
    cpu.current == Inspect::idle(cpu) ? kprintf("idle") : print_object(cpu.current);
    kprintf(" at priority %u\n", cpu.current->prio());
    bool goes_on = true;
    for (unsigned prio = cpu.ready.best_prio(); prio && goes_on; --prio)
      Inspect::for_each_ready(cpu.ready, Prio(prio), [&](Thread const &t) {
        if (!goes_on) return;
        kprintf("  %3u ", prio);
        print_object(&t);
        goes_on = Console::end_line();
      });
    return goes_on;
  });
}

void show_timeouts(Words const &)
{
  kprintf("now: %lu us\n", arch::now().value());
  for_each_cpu([](Cpu &cpu) {
    constexpr unsigned Most = 1000; // they are looked for one by one
    unsigned left = Most;
    Timeout_node const *first = cpu.timeouts.first();
    kprintf("CPU %u:%s\n", cpu.id(), first ? "" : " none");
    for (Timeout_node const *node = first; node && left--; node = Inspect::after(node, first)) {
      kprintf("  %12lu us  ", node->deadline().value());
      print_object(&Inspect::thread_of(*node));
      if (!Console::end_line()) return false;
    }
    return true;
  });
}

} // namespace jdb
