// SPDX-License-Identifier: MIT
// Where the entry code hands exceptions and interrupts to C++.
#include "arch/amd64/cpu.h"
#include "arch/amd64/cpu_tables.h"
#include "arch/arch.h"
#include "boot/options.h"
#include "diag/print.h"
#include "ipc/entry.h"
#include "jdb/hooks.h"
#include "platform/pc/machine.h"

using namespace amd64;

enum Exception : Word { No_fpu = 7, Page_fault = 14, Last_exception = 31 };

/// From user mode; the complete frame is stored.
extern "C" Thread *trap_from_user(Thread *self)
{
  Word vector = self->frame().trapno;
  if (vector == Page_fault) {
    self->frame().pfa = read_cr2();
  } else if (vector > Last_exception && vector != TRAP_SYSTEM_CALL) {
    pc::serve_interrupt(u8(vector));
    return schedule();
  } else if (vector == No_fpu && begin_fpu_use(*self)) {
    return self;
  }
  return handle_trap(self);
}

/// From kernel mode: an interrupt while idle or in an interrupt window. All else is a bug.
extern "C" void trap_from_kernel(Frame *frame)
{
  if (frame->trapno > Last_exception) return pc::serve_interrupt(u8(frame->trapno));
  if constexpr (Debug_kernel)
    if (jdb::handles_exception(*frame)) return;
  Frame const &f = *frame;
  kprintf("\nexception %lu (error %lx) in the kernel at %p, address %p\n"
          "rax %p rbx %p rcx %p rdx %p\nrsi %p rdi %p rbp %p rsp %p\n"
          "r8  %p r9  %p r10 %p r11 %p\nr12 %p r13 %p r14 %p r15 %p\n"
          "cs %lx ss %lx rflags %lx cr3 %lx\n",
          f.trapno, f.error, (void *)f.rip, (void *)read_cr2(), (void *)f.rax, (void *)f.rbx,
          (void *)f.rcx, (void *)f.rdx, (void *)f.rsi, (void *)f.rdi, (void *)f.rbp, (void *)f.rsp,
          (void *)f.r8, (void *)f.r9, (void *)f.r10, (void *)f.r11, (void *)f.r12, (void *)f.r13,
          (void *)f.r14, (void *)f.r15, f.cs, f.ss, f.rflags, read_cr3());
  panic("exception in the kernel");
}

void arch::wait_for_interrupt()
{
  // STI takes effect behind the next instruction, so no interrupt gets lost before HLT.
  if (kernel_options.has(Kernel_options::No_hlt))
    asm volatile("sti; pause; cli" : : : "memory");
  else
    asm volatile("sti; hlt; cli" : : : "memory");
}

void arch::interrupt_window() { asm volatile("sti; nop; cli" : : : "memory"); }
