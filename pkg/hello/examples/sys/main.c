/* SPDX-License-Identifier: MIT */
/*
 * Hello World by hand: one message to the log, one system call.
 *
 * The kernel has a single system call: "send a message to the object behind this capability".
 * puts() ends there too. Here we fill in the message ourselves.
 */
#include <l4/re/env.h>   /* l4re_env(): what our parent gave us        */
#include <l4/sys/err.h>  /* L4_EMSGTOOLONG, l4sys_errtostr()           */
#include <l4/sys/ipc.h>  /* l4_ipc_send() and the message tag          */
#include <l4/sys/utcb.h> /* l4_utcb_mr(): our message registers        */
#include <l4/sys/vcon.h> /* L4_VCON_WRITE_OP: the language of the log  */

#include <string.h>
#include <unistd.h>

/**
 * Print a text on the log.
 *
 * \param log   capability of the log
 * \param text  what to print, at most L4_VCON_WRITE_SIZE (488) characters: as many as fit into
 *              the message registers behind the two words that describe the message
 * \return 0, or a negative error number
 */
static long log_print(l4_cap_idx_t log, char const *text)
{
  size_t const length = strlen(text);
  if (length > L4_VCON_WRITE_SIZE)
    return -L4_EMSGTOOLONG;

  /*
   * 1. The message. The message registers are a piece of memory that this thread shares with the
   *    kernel, its UTCB (user-level thread control block). They have no owner but us: any
   *    function that makes a system call overwrites them, so fill them in last.
   */
  l4_msg_regs_t *mr = l4_utcb_mr();
  mr->mr[0] = L4_VCON_WRITE_OP;      /* what we want: write      */
  mr->mr[1] = length;                /* how many bytes           */
  memcpy(&mr->mr[2], text, length);  /* the bytes themselves     */

  /*
   * 2. The message tag says how to read the message: which protocol it speaks (the log's), how
   *    many message registers belong to it, and that no capabilities or pages are sent along (0).
   *    The schedule flag tells the kernel that nobody will answer: we keep the CPU.
   */
  unsigned const words = 2 + l4_bytes_to_mwords(length);
  l4_msgtag_t tag = l4_msgtag(L4_PROTO_LOG, words, 0, L4_MSGTAG_SCHEDULE);

  /*
   * 3. The system call. Send only: the log does not answer, so there is nothing to wait for.
   *    L4_IPC_NEVER: wait as long as it takes until the log accepts the message.
   */
  tag = l4_ipc_send(log, l4_utcb(), tag, L4_IPC_NEVER);

  /*
   * 4. The result. A send-only message has no answer that could carry an error. What we can learn
   *    is whether the message was delivered at all; it is not when, for example, nobody is behind
   *    the capability any more. l4_ipc_error() finds the reason in the UTCB.
   */
  if (l4_msgtag_has_error(tag))
    return l4_ipc_to_errno(l4_ipc_error(tag, l4_utcb()));
  return 0;
}

int main(void)
{
  /* A capability is all the right there is. A program without a log cannot print. */
  l4_cap_idx_t const log = l4re_env()->log;
  if (l4_is_invalid_cap(log))
    return 1;

  for (;;) {
    /*
     * When the log fails we cannot say so on the log. The exit code is the other way out: our
     * parent prints it. Codes are small, errors of message transfer start at 2000: tell only
     * that it happened.
     */
    if (log_print(log, "Hello World!\n") < 0)
      return 2;
    sleep(1);
  }
}
