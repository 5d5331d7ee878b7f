// SPDX-License-Identifier: MIT
// Serial console: a 16550 at the place the options name, else COM1.
#pragma once

struct Kernel_options;

namespace pc {

/// Needs the kernel's own page tables; the first thing after them, so that errors can be seen.
void init_uart(Kernel_options const &options);
/// Interrupt line of the console in use (a legacy IRQ), or -1.
int uart_irq();
/// Let it raise an interrupt when a character has come.
void enable_uart_input();

} // namespace pc
