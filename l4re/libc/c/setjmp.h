/* SPDX-License-Identifier: MIT */
/* Jumps that keep the mask of signals; newlib has them for some systems only. */
#ifndef L4_LIBC_SETJMP_H
#define L4_LIBC_SETJMP_H

#include_next <setjmp.h>
#include <sys/_sigset.h>

typedef struct {
  jmp_buf __registers;
  int __mask_saved;
  __sigset_t __mask;
} sigjmp_buf[1];

#ifdef __cplusplus
extern "C" {
#endif

/* For sigsetjmp(): keeps the mask of the thread if `save` is not 0. */
void __sigjmp_save(sigjmp_buf buffer, int save);
void siglongjmp(sigjmp_buf buffer, int result) __attribute__((__noreturn__));
/* setjmp() and longjmp() leave the mask alone (XSI). */
void _longjmp(jmp_buf buffer, int result) __attribute__((__noreturn__));

#ifdef __cplusplus
}
#endif

#undef sigsetjmp
#undef _setjmp
#define sigsetjmp(buffer, save) (__sigjmp_save(buffer, save), setjmp((buffer)[0].__registers))
#define _setjmp(buffer) setjmp(buffer)

#endif
