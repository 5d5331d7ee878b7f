// SPDX-License-Identifier: MIT
#pragma once

#include "options.h"

namespace boot {

/// Where `put_char` prints to: the serial line (115200 8N1) and, if the BIOS left the screen in
/// text mode, the screen. Before this call nothing is printed anywhere.
void start_console(Uart const &uart);

/// Let `stop` write `Exit_status` to QEMU's isa-debug-exit device (iobase 0xf4), which ends QEMU
/// with exit code 2 * Exit_status + 1. Only on request: on real hardware any device may answer.
void exit_on_stop();
inline constexpr uint8_t Exit_status = 1;

} // namespace boot
