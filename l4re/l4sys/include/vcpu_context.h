// SPDX-License-Identifier: MIT
/** Hardware vCPU context: holds the hardware state of a virtual machine; it has no operations. */
#pragma once

#include <l4/sys/types.h>
