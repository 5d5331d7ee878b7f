// SPDX-License-Identifier: MIT
// Without a whole libstdc++ there are no C++ threads: the inline parts of its headers use the
// single-threaded form.
#pragma once

#include <bits/gthr-single.h>
