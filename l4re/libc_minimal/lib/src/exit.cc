// SPDX-License-Identifier: MIT
#include <l4/sys/ipc.h>

#include <stdio.h>
#include <stdlib.h>

namespace {
/// Exit status of a program that ended itself by `abort()`: 128 + SIGABRT.
constexpr int Abort_status = 134;
} // namespace

extern "C" {

__attribute__((weak)) void _exit(int)
{
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

void exit(int status)
{
  // Destructors of static objects do not run: nothing here outlives the program anyway.
  _exit(status);
}

void abort()
{
  printf("abort: called from %p\n", __builtin_return_address(0));
  _exit(Abort_status);
}

void __assert_fail(char const *expression, char const *file, int line, char const *function)
{
  printf("%s:%d: %s: assertion failed: %s\n", file, line, function, expression);
  _exit(Abort_status);
}

int atexit(void (*)(void))
{
  return 0;
}

} // extern "C"
