/* SPDX-License-Identifier: MIT */
/* Options of command lines: the functions of the C library, for programs that have one. */
#pragma once

#include <getopt.h>
