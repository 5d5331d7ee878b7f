// SPDX-License-Identifier: MIT
// What libstdc++ asks of a port on newlib.
#ifndef _GLIBCXX_OS_DEFINES
#define _GLIBCXX_OS_DEFINES 1

// Threads are there in every program that links this library: no weak references, which the linker
// would leave unresolved in a static program.
#define _GLIBCXX_GTHREAD_USE_WEAK 0

#endif
