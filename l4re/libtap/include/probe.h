// SPDX-License-Identifier: MIT
/**
 * The leak check: what the kernel holds for this program, before the first case and after the last.
 *
 * - free bytes of the test factory, to the byte, by creating child factories of different limits;
 * - capabilities in this task's object space;
 * - kernel statistics, an extension of Furore: debugger object (protocol -23), MR0 = 0x501, one
 * word; the answer's words are bytes of kernel memory in use, threads, and as far as the kernel
 * counts them live objects and mapping nodes. Kernels without it answer -ENOSYS, or the debugger's
 * slot is empty; then the first two must do.
 */
#pragma once

#include <l4/sys/l4int.h>

namespace Tap {

struct Holdings {
  l4_umword_t free_quota;
  l4_umword_t capabilities;
  l4_umword_t kernel_bytes, objects, mappings, threads;
};

Holdings holdings();

/// Bytes that the factory can still give; 0 if it cannot even make an empty factory.
l4_umword_t free_quota(unsigned long factory);

/// Take all that the factory can give but `leave` bytes, by a factory in the slot `rest`, whose
/// deletion gives it back.
void take_quota(unsigned long factory, unsigned long rest, l4_umword_t leave = 0);

/// CHECK that quota and capabilities are as before the first case, and kernel memory as in the
/// middle, after the first of two passes. Objects die after a grace period: waits up to 200 ms.
void check_leaks(Holdings const &before, Holdings const &middle);

} // namespace Tap
