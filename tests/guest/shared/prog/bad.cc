// SPDX-License-Identifier: MIT
// Its library is not among the modules: it never gets here.
#include "linked.h"

int main() { return library_counter(); }
