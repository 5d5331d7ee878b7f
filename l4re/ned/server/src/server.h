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

/**
 * For an object that answers later: keep the caller of the message being handled, and return
 * -L4_ENOREPLY. Invalid if there is no slot left.
 */
L4::Reply_cap_idx keep_caller();

/// Send the answer that is in the message registers to a caller that was kept.
void answer(L4::Reply_cap_idx caller, l4_msgtag_t tag);

/// Kernel clock, microseconds.
l4_cpu_time_t now();

} // namespace Ned
