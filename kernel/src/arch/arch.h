// SPDX-License-Identifier: MIT
// The boundary between the portable kernel and an architecture: everything the portable part may
// ask of it. Implementations: arch/amd64 (the machine), arch/host (a Linux process, for tests).
// What comes the other way, into the portable kernel, is declared in ipc/entry.h and
// boot/kernel_main.h.
#pragma once

#include "types/types.h"

class Cpu;
class Mem_space;
class Thread;

#include "arch_inline.h"

namespace arch {

/// Virtual = physical + Kmem_base inside the kernel heap.
extern Word const Kmem_base;

// ---- this CPU -------------------------------------------------------------------------------

/// The CPU that executes this (Cpu &this_cpu(), in arch_inline.h), and its number.
Cpu_id cpu_id();
/// Sleep until an interrupt was served (sti; hlt; cli). Only with nothing in the middle: idle.
void wait_for_interrupt();
/// Serve interrupts that are pending now, then go on (sti; nop; cli). Only between bounded steps
/// of a continuation, with no lock held and no pointer from a look-up kept.
void interrupt_window();
[[noreturn]] void halt_forever();

// ---- address spaces --------------------------------------------------------------------------

/// Fill the kernel's half of a new root table (one page, clear). Returns the word that a CPU loads to
/// translate with it.
Word init_root_table(void *root_table);
/// Clear that half again, and give back what the word stands for. No CPU has it loaded.
void strip_root_table(void *root_table, Word root_word);
/// Make `space` (null: kernel only) the one this CPU translates with. No-op if it is already.
extern "C" void load_space(Mem_space *space);
/// The space last loaded on this CPU; null: kernel only.
Mem_space *loaded_space();
/// Drop this CPU's translations: of one page of the loaded space, of all user pages of all spaces, or
/// those it may have kept of a space that is not loaded.
void flush_page(Virt_addr page);
void flush_user_pages();
void flush_space(Mem_space const &space);
/// Let user mode use the I/O ports whose bits in `bitmap` are clear (65,536 bits, copied), until
/// another space is loaded or drop_io_ports() is called on this CPU. False: user mode could use
/// just these ports before.
bool load_io_ports(u8 const *bitmap);
void drop_io_ports();

// ---- time ------------------------------------------------------------------------------------

/// Kernel clock: the base of KIP clock, absolute timeouts and CPU time.
Microseconds now();
/// Value in microseconds of the cheap monotonic counter u64 ticks() (arch_inline.h), which is
/// for CPU time accounting.
Microseconds ticks_to_us(u64 ticks);
/// Ask for one timer interrupt at `deadline` (at once if it is past). Replaces an earlier request.
void set_timer(Microseconds deadline);
/// No timer interrupt is wanted.
void stop_timer();

// ---- other CPUs ------------------------------------------------------------------------------

/// Interrupt another CPU: it calls handle_ipi() (ipc/entry.h) as soon as it is outside of the
/// kernel.
void send_ipi(Cpu_id cpu);

// ---- threads ---------------------------------------------------------------------------------

/// Make `next` this CPU's current thread and loaded state, and store all of the one before; its
/// general registers are in its frame already. Does not transfer control.
extern "C" void switch_to(Thread *next);

/// The same for the end of a system call of `self` in an early stage (ipc/entry.h), and transfer control: `next` gets
/// a message. Must be the last thing a function does (a jump, not a call); never returns to it.
extern "C" Word switch_with_message(Thread *next, Word label, Word tag, Thread *self);

/// Set the registers of a thread that never ran to what abi/kernel-entry.md section 7 says.
void init_thread_state(Thread &thread);
/// Store what user mode may have changed without the kernel (segment bases and selectors) into
/// segments(); no-op unless `thread` is current.
void sync_segments(Thread &thread);
/// Make segment bases, cs and ss that came from a user safe to load. To change segments(): sync_segments(), change,
/// sanitize_user_state(), set the exit flag Reload_segments. A thread that returns from its own
/// system call straight away loads them only after a continuation.
void sanitize_user_state(Thread &thread);
/// Bytes of FPU state per thread (XSAVE area); aligned to 64.
Word fpu_state_bytes();
/// For transfer of FPU state by IPC: store the live registers into current's save area / throw
/// `thread`'s live registers away, its save area (has_fpu_values()) or the initial state holds from
/// now on.
void save_live_fpu(Thread &current);
void forget_live_fpu(Thread &thread);

} // namespace arch

namespace platform {

// ---- interrupt pins: ACPI global system interrupts, then MSIs --------------------------------

unsigned irq_pins();
unsigned msi_count();
/// mode: L4_IRQ_F_* bits (abi/kernel-objects.md section 7). False: no such pin or mode.
bool irq_set_mode(unsigned pin, unsigned mode);
bool irq_is_level(unsigned pin);
void irq_mask(unsigned pin);
void irq_unmask(unsigned pin);
/// Route the pin to this CPU's vector; called when an Irq object is bound.
bool irq_attach(unsigned pin);
void irq_detach(unsigned pin);
struct Msi {
  Word address;
  u32 data;
};
bool msi_attach(unsigned msi);
void msi_detach(unsigned msi);
Msi msi_info(unsigned msi);

// ---- serial console --------------------------------------------------------------------------

void console_put(char c);
/// Next input character or -1.
int console_get();
/// Whether an input interrupt can be had (pin routed to handle_console_input()).
void console_enable_input();

// ---- power -----------------------------------------------------------------------------------

[[noreturn]] void reboot();
/// ACPI S5; returns if the machine has no way to do it.
void power_off();

} // namespace platform
