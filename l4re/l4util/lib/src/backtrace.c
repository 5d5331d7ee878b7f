// SPDX-License-Identifier: MIT
#include <l4/util/backtrace.h>

int l4util_backtrace(void **pc_array, int max_len) L4_NOTHROW
{
  /* Frame: pointer to the caller's frame, return address. */
  void **frame = (void **)__builtin_frame_address(0);
  int n = 0;

  while (frame && n < max_len) {
    void **caller = (void **)frame[0];
    pc_array[n++] = frame[1];
    if (caller <= frame) break;
    frame = caller;
  }
  return n;
}
