// SPDX-License-Identifier: MIT
// CPUs, clock, pins and console of the host architecture: variables.
#include "arch/host/host.h"

#include "arch/arch.h"
#include "sched/cpu.h"
#include "space/mem_space.h"

namespace host {
Machine machine;
}

using host::machine;

namespace {
// each host thread is a CPU
thread_local Cpu *current_cpu = nullptr;
thread_local Cpu_id current_id = 0;
} // namespace

void host::set_cpu(Cpu_id id, Cpu *cpu)
{
  current_id = id;
  current_cpu = cpu;
}

Cpu &arch::this_cpu()
{
  return *current_cpu;
}
Cpu_id arch::cpu_id()
{
  return current_id;
}
void arch::wait_for_interrupt()
{
}

void arch::interrupt_window()
{
  ++machine.interrupt_windows;
  if (machine.on_interrupt_window) machine.on_interrupt_window();
}

void arch::halt_forever()
{
  throw host::Stopped{"halt"};
}

void arch::load_space(Mem_space *space)
{
  if (machine.loaded[current_id] == space) return;
  if (space) space->activate_on(current_id);
  machine.loaded[current_id] = space;
  if (current_cpu) current_cpu->loaded_space = space;
  drop_io_ports();
}
Mem_space *arch::loaded_space()
{
  return machine.loaded[current_id];
}

void arch::flush_page(Virt_addr page)
{
  machine.flushes.push_back({current_id, page.value()});
}
void arch::flush_user_pages()
{
  machine.flushes.push_back({current_id, std::nullopt});
}
void arch::flush_space(Mem_space const &space)
{
  machine.flushed_spaces.push_back(&space);
}
bool arch::load_io_ports(u8 const *bitmap)
{
  std::vector<u8> ports(bitmap, bitmap + 8192);
  machine.io_bitmap[current_id].swap(ports);
  return machine.io_bitmap[current_id] != ports;
}
void arch::drop_io_ports()
{
  machine.io_bitmap[current_id].clear();
}

Microseconds arch::now()
{
  return Microseconds(machine.clock_us);
}
u64 arch::ticks()
{
  return machine.clock_us;
}
Microseconds arch::ticks_to_us(u64 ticks)
{
  return Microseconds(ticks);
}
void arch::set_timer(Microseconds deadline)
{
  machine.timer_us = deadline.value();
}
void arch::stop_timer()
{
  machine.timer_us.reset();
}

void arch::send_ipi(Cpu_id cpu)
{
  machine.ipis.push_back(cpu);
}

unsigned platform::irq_pins()
{
  return machine.pin_count;
}
unsigned platform::msi_count()
{
  return machine.msi_count;
}

bool platform::irq_set_mode(unsigned pin, unsigned mode)
{
  if (pin >= machine.pin_count) return false;
  machine.pins[pin].mode = mode;
  return true;
}

bool platform::irq_is_level(unsigned pin)
{
  return machine.pins[pin].mode & 2;
}
void platform::irq_mask(unsigned pin)
{
  machine.pins[pin].masked = true;
}
void platform::irq_unmask(unsigned pin)
{
  machine.pins[pin].masked = false;
}
bool platform::irq_attach(unsigned pin)
{
  return machine.pins[pin].attached = true;
}
void platform::irq_detach(unsigned pin)
{
  machine.pins[pin].attached = false;
}
bool platform::msi_attach(unsigned msi)
{
  return machine.msis[msi].attached = true;
}
void platform::msi_detach(unsigned msi)
{
  machine.msis[msi].attached = false;
}
platform::Msi platform::msi_info(unsigned msi)
{
  return {0xfee00000, 0x40 + msi};
}

void platform::console_put(char c)
{
  machine.console += c;
}

int platform::console_get()
{
  if (machine.input.empty()) return -1;
  char c = machine.input.front();
  machine.input.pop_front();
  return u8(c);
}

void platform::console_enable_input()
{
  machine.console_input_enabled = true;
}
void platform::reboot()
{
  throw host::Stopped{"reboot"};
}
void platform::power_off()
{
  machine.powered_off = true;
}
