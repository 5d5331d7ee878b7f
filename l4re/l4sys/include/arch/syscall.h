// SPDX-License-Identifier: MIT
/**
 * The one system call of amd64 and the way to the own UTCB (kernel-entry.md sections 1 and 5).
 *
 * This is the only file that enters the kernel. Host tests put a folder with their own
 * `l4/sys/arch/syscall.h` in front of the include path and record what would have been sent.
 */
#pragma once

#include <l4/sys/compiler.h>
#include <l4/sys/l4int.h>

L4_BEGIN_DECLS

/**
 * Invoke an object.
 * \param         selector  Capability selector | L4_SYSF_* operation bits.
 * \param         tag       Raw message tag.
 * \param[in,out] label     Label to send (seen by the receiver if the target is a thread);
 *                          afterwards the label of the received message, if one was received.
 * \param         timeout   Raw timeout pair.
 * \return Raw result tag.
 *
 * rdx and rdi are declared as overwritten because the ABI promises nothing about them; r15 is lost
 * on kernels that isolate address spaces.
 */
L4_ALWAYS_INLINE l4_umword_t l4_arch_invoke(l4_umword_t selector, l4_umword_t tag,
                                            l4_umword_t *label, l4_umword_t timeout) L4_NOTHROW
{
  l4_umword_t sent_or_received = *label;
  register l4_umword_t r8 __asm__("r8") = timeout;

  __asm__ __volatile__("syscall"
                       : "+a"(tag), "+S"(sent_or_received), "+d"(selector)
                       : "r"(r8)
                       : "rcx", "rdi", "r11", "r15", "cc", "memory");
  *label = sent_or_received;
  return tag;
}

/**
 * Address of the calling thread's UTCB.
 *
 * Not volatile: a function runs on one thread, so the compiler may read the pointer once.
 */
L4_ALWAYS_INLINE void *l4_arch_utcb(void) L4_NOTHROW
{
  void *utcb;
  __asm__("mov %%gs:0, %0" : "=r"(utcb));
  return utcb;
}

L4_END_DECLS
