// SPDX-License-Identifier: MIT
/** Formats and values to print capability selectors with. */
#pragma once

#include <l4/sys/types.h>

/** printf format of a selector; pass l4util_idstr(cap). */
#define l4util_idfmt "%lx"
#define l4util_idfmt_adjust "%04lx"
#define l4util_idstr(cap) ((cap) >> L4_CAP_SHIFT)
#define PRINTF_L4TASK_FORM l4util_idfmt
#define PRINTF_L4TASK_ARG(t) l4util_idstr(t)
