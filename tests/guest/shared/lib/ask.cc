// SPDX-License-Identifier: MIT
// A file of its own: within one file the compiler may bind calls at once
// (-fno-semantic-interposition).
#include "linked.h"

int ask_overridden() { return overridden(); }
