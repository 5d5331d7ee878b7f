// SPDX-License-Identifier: MIT
/*
 * Jumps that restore the mask of signals (<setjmp.h>). The registers are newlib's part.
 */
#include <setjmp.h>
#include <signal.h>

extern "C" {

void __sigjmp_save(sigjmp_buf buffer, int save)
{
  buffer[0].__mask_saved = save && pthread_sigmask(SIG_BLOCK, nullptr, &buffer[0].__mask) == 0;
}

void siglongjmp(sigjmp_buf buffer, int result)
{
  if (buffer[0].__mask_saved) pthread_sigmask(SIG_SETMASK, &buffer[0].__mask, nullptr);
  longjmp(buffer[0].__registers, result);
}

void _longjmp(jmp_buf buffer, int result) { longjmp(buffer, result); }

} // extern "C"
