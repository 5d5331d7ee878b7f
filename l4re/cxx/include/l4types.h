// SPDX-License-Identifier: MIT
/** The types of the kernel interface, under the header name of older C++ code. */
#pragma once

#include <l4/sys/capability>
#include <l4/sys/types.h>
