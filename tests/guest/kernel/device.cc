// SPDX-License-Identifier: MIT
// Interrupts of a device, by a pin and as messages, with handlers on every CPU (kernel-objects.md
// sections 5 to 7; kernel-entry.md section 10 for vCPUs).
#include "edu.h"
#include "vcpu_lab.h"

#include <l4/sys/icu.h>
#include <l4/sys/irq.h>
#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_umword_t First_pin = 16, Pins = 8; ///< where PCI lines end on q35
constexpr l4_umword_t Msi = 0x80000000;
constexpr l4_umword_t Level = L4_IRQ_F_LEVEL_HIGH, Edge = L4_IRQ_F_POS_EDGE;

Result icu(l4_umword_t op, l4_umword_t pin, std::initializer_list<Item> items = {})
{
  return call(env.icu, L4_PROTO_IRQ, {op, pin}, items);
}
void bind(l4_cap_idx_t irq, l4_umword_t pin)
{
  CHECK_LABEL(icu(L4_ICU_OP_BIND, pin, {object(irq)}), 0);
}
void set_mode(l4_umword_t pin, l4_umword_t mode)
{
  CHECK_LABEL(call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_SET_MODE, pin, mode}), 0);
}
/// End of interrupt: unmask, without waiting.
void unmask(l4_cap_idx_t irq)
{
  mr(0) = L4_IRQ_OP_EOI;
  invoke(irq | L4_SYSF_SEND, raw_tag(L4_PROTO_IRQ, 1), Zero);
}

constexpr l4_umword_t Soon = pair(0, half(2000)); ///< an interrupt comes at once, or not at all

/// The pin of the device; found by binding all it could be.
l4_umword_t pin_of_device(Edu &edu)
{
  static l4_umword_t found;
  if (found) return found;
  Irq irqs[Pins];
  for (unsigned i = 0; i < Pins; ++i) {
    CHECK_LABEL(irqs[i].bind(env.thread, First_pin + i), 0);
    bind(irqs[i], First_pin + i);
    set_mode(First_pin + i, Level);
    unmask(irqs[i]);
  }
  edu.raise();
  Result const r = wait(Soon);
  edu.lower();
  CHECK(!r.failed());
  return found = r.from;
}

/// The device with an IRQ object at its pin or message, bound to nobody yet.
struct Line {
  Edu *const edu = Edu::get();
  Irq irq;
  l4_umword_t const pin;

  /// `mode`: of the pin; 0: messages.
  explicit Line(l4_umword_t mode) : pin(!edu ? 0 : mode ? pin_of_device(*edu) : Msi | 3)
  {
    CHECK(edu);
    if (!edu) return;
    bind(irq, pin);
    if (mode) {
      edu->use_pin();
      set_mode(pin, mode);
    } else {
      Result const r = call(env.icu, L4_PROTO_IRQ, {L4_ICU_OP_MSI_INFO, pin, 0});
      CHECK_LABEL(r, 0);
      l4_umword_t const address = mr(0);
      edu->use_messages(address, l4_uint32_t(mr(1)));
    }
    unmask(irq);
  }
  ~Line()
  {
    edu->lower();
    edu->use_pin();
  }
};

/// A thread that takes interrupts: value[0] counts them, value[1] the last label.
struct Handler : Placed {
  struct Job {
    Line *line;
    bool acknowledges;
  };
  Job job;
  Handler(unsigned cpu, Line &line, bool acknowledges = true)
      : Placed(cpu, take, &job), job{&line, acknowledges}
  {
  }
  static void take(Worker &me)
  {
    Job const &job = me.data<Job>();
    for (;;) {
      Result const r = wait(Never);
      if (r.failed()) continue;
      me.value[1] = r.from;
      if (job.acknowledges) {
        job.line->edu->lower();
        unmask(job.line->irq);
      }
      count(me.value[0]);
    }
  }
};

/// One interrupt arrives exactly once.
bool arrives(Line &line, Handler &handler)
{
  l4_umword_t const before = load(handler.value[0]);
  line.edu->raise();
  for (unsigned n = 0; load(handler.value[0]) == before && n < 100; ++n)
    sleep_us(20);
  return load(handler.value[0]) == before + 1;
}

unsigned handler_cpus()
{
  unsigned const cpus = cpu_count();
  return cpus < 4 ? cpus : 4;
}

/// Fifty interrupts arrive at a handler on each CPU, each once and with the handler's label.
void arrive_on_every_cpu(Line &line, bool acknowledged, l4_umword_t label)
{
  constexpr unsigned Interrupts = 50;
  for (unsigned cpu = 0; cpu < handler_cpus(); ++cpu) {
    Handler handler(cpu, line, acknowledged);
    CHECK_LABEL(line.irq.bind(handler.cap(), label + cpu), 0);
    unsigned right = 0;
    for (unsigned i = 0; i < Interrupts; ++i)
      right += arrives(line, handler);
    CHECK_EQ(right, Interrupts);
    CHECK_EQ(handler.value[1], label + cpu);
  }
}

} // namespace

CASE("kernel-objects.md 7", "a level-triggered pin: one message for each interrupt, on every CPU")
{
  Line line(Level);
  arrive_on_every_cpu(line, true, 0x5550);
}

CASE("kernel-objects.md 7 msi_info",
     "a message-signalled interrupt: the same, and nobody unmasks it")
{
  Line line(0);
  arrive_on_every_cpu(line, false, 0x6660);
}

CASE("kernel-objects.md 9", "the handler moves from CPU to CPU while interrupts come")
{
  for (l4_umword_t mode : {Level, l4_umword_t(0)}) {
    Line line(mode);
    Handler handler(0, line);
    CHECK_LABEL(line.irq.bind(handler.cap(), 1), 0);
    unsigned right = 0;
    for (unsigned i = 0; i < 60; ++i) {
      CHECK_LABEL(run_on(handler.cap(), i), 0);
      right += arrives(line, handler);
    }
    CHECK_EQ(right, 60);
  }
}

CASE("kernel-objects.md 5",
     "a level-triggered pin is masked at delivery, and comes again if it is still raised")
{
  Line line(Level);
  CHECK_LABEL(line.irq.bind(env.thread, 7), 0);
  line.edu->raise();
  CHECK_EQ(wait(Soon).from, 7);
  CHECK_EQ(wait(Soon).error(), L4_IPC_RETIMEOUT);
  unmask(line.irq);
  CHECK_EQ(wait(Soon).from, 7);
  line.edu->lower();
  unmask(line.irq);
  CHECK_EQ(wait(Soon).error(), L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 5 EOI", "while a message is pending it unmasks nothing")
{
  Line line(Level);
  CHECK_LABEL(line.irq.bind(env.thread, 7), 0);
  line.edu->raise();
  sleep_us(500); // the message is queued here
  line.edu->lower();
  unmask(line.irq);
  CHECK_EQ(wait(Soon).from, 7);
  line.edu->raise();
  CHECK_EQ(wait(Soon).error(), L4_IPC_RETIMEOUT); // still masked
  unmask(line.irq);
  CHECK_EQ(wait(Soon).from, 7);
}

CASE("kernel-objects.md 5",
     "an edge-triggered pin stays unmasked; a storm masks it until its message is taken")
{
  Line line(Edge);
  CHECK_LABEL(line.irq.bind(env.thread, 8), 0);
  for (unsigned i = 0; i < 3; ++i) {
    line.edu->raise();
    CHECK_EQ(wait(Soon).from, 8);
    line.edu->lower();
  }
  for (unsigned i = 0; i < 20; ++i) {
    line.edu->raise();
    line.edu->lower();
  }
  CHECK_EQ(wait(Soon).from, 8);
  wait(Soon); // one more may have been remembered
  line.edu->raise();
  CHECK_EQ(wait(Soon).from, 8); // without an unmask
}

CASE("kernel-objects.md 7 mask", "masked: nothing; unmasked: a level-triggered interrupt arrives")
{
  Line line(Level);
  CHECK_LABEL(line.irq.bind(env.thread, 9), 0);
  for (l4_umword_t op : {L4_ICU_OP_MASK, L4_ICU_OP_UNMASK}) {
    mr(0) = op;
    mr(1) = line.pin;
    invoke(env.icu | L4_SYSF_SEND, raw_tag(L4_PROTO_IRQ, 2), Zero);
    if (op == L4_ICU_OP_MASK) {
      line.edu->raise();
      CHECK_EQ(wait(Soon).error(), L4_IPC_RETIMEOUT);
    }
  }
  CHECK_EQ(wait(Soon).from, 9);
}

CASE("kernel-objects.md 5 bind",
     "what came while nobody was bound is delivered at bind, on any CPU")
{
  for (l4_umword_t mode : {Level, l4_umword_t(0)})
    for (unsigned cpu = 0; cpu < handler_cpus(); ++cpu) {
      Line line(mode);
      line.edu->raise();
      sleep_us(200);
      Handler handler(cpu, line);
      CHECK_LABEL(line.irq.bind(handler.cap(), 3), 0);
      CHECK(reached(handler.value[0], 1));
      CHECK_EQ(handler.value[0], 1);
    }
}

CASE("style.md regression interrupts",
     "the handler dies with an interrupt in its queue: the next gets it")
{
  for (l4_umword_t mode : {Level, l4_umword_t(0)})
    for (unsigned cpu = 0; cpu < handler_cpus(); ++cpu) {
      Line line(mode);
      {
        Placed busy(cpu, [](Worker &) { receive(Self, Never); });
        sleep_us(200);
        CHECK_LABEL(line.irq.bind(busy.cap(), 1), 0);
        line.edu->raise();
        sleep_us(200);
      }
      CHECK_LABEL(line.irq.bind(env.thread, 2), 0);
      CHECK_EQ(wait(Soon).from, 2);
    }
}

CASE("kernel-objects.md 5 detach", "masks the pin; binding a thread again does not unmask it")
{
  Line line(Level);
  CHECK_LABEL(line.irq.bind(env.thread, 4), 0);
  CHECK_LABEL(call(line.irq, L4_PROTO_IRQ_SENDER, {L4_IRQ_SENDER_OP_DETACH}), 0);
  CHECK_LABEL(line.irq.bind(env.thread, 4), 0);
  line.edu->raise();
  CHECK_EQ(wait(Soon).error(), L4_IPC_RETIMEOUT);
  unmask(line.irq);
  CHECK_EQ(wait(Soon).from, 4);
}

CASE("kernel-objects.md 7 unbind",
     "no interrupt arrives any more; the next object gets what is raised then")
{
  Line line(Level);
  CHECK_LABEL(line.irq.bind(env.thread, 5), 0);
  CHECK_LABEL(icu(L4_ICU_OP_UNBIND, line.pin, {object(line.irq)}), 0);
  line.edu->raise();
  CHECK_EQ(wait(Soon).error(), L4_IPC_RETIMEOUT);
  Irq other;
  CHECK_LABEL(other.bind(env.thread, 6), 0);
  bind(other, line.pin);
  set_mode(line.pin, Level);
  unmask(other);
  CHECK_EQ(wait(Soon).from, 6);
}

CASE("kernel-objects.md 7 bind",
     "deleting an object whose line is raised frees the pin and harms nobody")
{
  for (unsigned cpu = 0; cpu < handler_cpus(); ++cpu) {
    Line line(Level);
    Handler handler(cpu, line, false);
    CHECK_LABEL(line.irq.bind(handler.cap(), 5), 0);
    line.edu->raise();
    line.irq.remove();
    Irq other;
    CHECK_LABEL(other.bind(env.thread, 6), 0);
    bind(other, line.pin);
    set_mode(line.pin, Level);
    unmask(other);
    CHECK_EQ(wait(Soon).from, 6);
  }
}

CASE("kernel-objects.md 6", "a semaphore at a pin counts up, and its waiter may be on any CPU")
{
  Edu *const edu = Edu::get();
  REQUIRE(edu);
  l4_umword_t const pin = pin_of_device(*edu);
  for (unsigned cpu = 0; cpu < handler_cpus(); ++cpu) {
    Semaphore sem;
    set_mode(pin, Level);
    bind(sem, pin); // live at once
    l4_cap_idx_t cap = sem;
    Placed waiter(
        cpu, [](Worker &me) { me.result = semaphore_down(me.data<l4_cap_idx_t>(), Long_patience); },
        &cap);
    edu->raise();
    CHECK(waiter.finished());
    CHECK(!waiter.result.failed());
    edu->lower();
    unmask(sem);
    edu->raise();
    CHECK(!semaphore_down(sem, Soon).failed());
    edu->lower();
  }
}

CASE("kernel-entry.md 10 entry",
     "an interrupt of a device interrupts the user mode of a vCPU, on any CPU")
{
  for (l4_umword_t mode : {Level, l4_umword_t(0)})
    for (unsigned cpu = 0; cpu < handler_cpus(); ++cpu) {
      Line line(mode);
      Child_task task;
      CHECK_LABEL(task.share_image(), 0);
      auto const loop = [] {
        for (;;)
          asm volatile("pause");
      };
      Lab lab(loop, L4_VCPU_F_USER_MODE | L4_VCPU_F_IRQ, task);
      CHECK_LABEL(run_on(lab.cap(), cpu, Prio_low), 0);
      CHECK_LABEL(line.irq.bind(lab.cap(), 0x99), 0);
      lab.run();
      sleep_us(500);
      CHECK_EQ(lab.count, 0);
      line.edu->raise();
      REQUIRE(lab.finished());
      CHECK_EQ(lab.entries[0].area.r.trapno, 0xfe);
      CHECK_EQ(lab.entries[0].area.i.label, 0x99);
    }
}
