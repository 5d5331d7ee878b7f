// SPDX-License-Identifier: MIT
// The compiler's own C++ headers ask glibc for its version through this file. There is no glibc:
// every question is answered with no.
#pragma once

#define __GLIBC_PREREQ(major, minor) 0
