// SPDX-License-Identifier: MIT
/** Cache maintenance; addresses are those of the calling task, `end` is exclusive. */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/arch/cache.h>
