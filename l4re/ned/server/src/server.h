// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/cxx/ipc_epiface>
#include <l4/sys/types.h>

/**
 * \file
 * Ned's only thread as a server: it receives when a script waits, sleeps or has ended.
 */
namespace Ned {

/// No limit for `serve()`.
constexpr l4_cpu_time_t Forever = ~static_cast<l4_cpu_time_t>(0);

/**
 * Receive one message, let its object handle it, answer.
 *
 * \param deadline  kernel clock in microseconds, or `Forever`
 * \return false if the deadline came first
 *
 * The label of every gate of ned is the address of its `L4::Epiface`.
 */
bool serve(l4_cpu_time_t deadline);

/// Kernel clock, microseconds.
l4_cpu_time_t now();

} // namespace Ned
