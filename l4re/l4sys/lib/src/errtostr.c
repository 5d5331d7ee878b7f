// SPDX-License-Identifier: MIT
/** Texts of error codes: what happened, and where a user or author looks next. */
#include <l4/sys/err.h>
#include <l4/sys/ipc.h>

struct Error_text {
  long code;
  char const *text;
};

static struct Error_text const error_texts[] = {
    {L4_EOK, "No error"},
    {L4_EPERM, "Operation not permitted: the capability lacks a right"},
    {L4_ENOENT, "No such object or name"},
    {L4_EIO, "Input/output error"},
    {L4_ENXIO, "No such device or address"},
    {L4_E2BIG, "Argument too large"},
    {L4_EAGAIN, "Not available yet, try again"},
    {L4_ENOMEM, "Out of memory, quota or capability slots"},
    {L4_EACCESS, "Access denied: the object does not allow it"},
    {L4_EFAULT, "Invalid memory address"},
    {L4_EBUSY, "Object busy, in use by someone else"},
    {L4_EEXIST, "Already exists"},
    {L4_ENODEV, "No such kind of object or device"},
    {L4_ENOTDIR, "Not a directory"},
    {L4_EINVAL, "Invalid argument"},
    {L4_ENOSPC, "No space left"},
    {L4_ERANGE, "Value out of range"},
    {L4_ENAMETOOLONG, "Name too long"},
    {L4_ENOSYS, "Operation not implemented by this object"},
    {L4_EBADPROTO, "Protocol not understood: the capability names another kind of object"},
    {L4_EADDRNOTAVAIL, "Address range not available"},
    {L4_ENOREPLY, "No reply"},
    {L4_EMSGTOOSHORT, "Message too short for the operation"},
    {L4_EMSGTOOLONG, "Message too long for the operation or the registers"},
    {L4_EMSGMISSARG, "Message lacks a capability argument"},
    {L4_EMSGERRRANGE, "Return value does not fit into the reply"},
    {L4_EDROPREPLY, "Server dropped the request without an answer"},
};

#define IPC_ERROR(code) (L4_EIPC_LO + (code))

static struct Error_text const ipc_error_texts[] = {
    {IPC_ERROR(L4_IPC_ENOT_EXISTENT), "IPC: partner does not exist (empty or deleted capability)"},
    {IPC_ERROR(L4_IPC_RETIMEOUT), "IPC: timeout while receiving"},
    {IPC_ERROR(L4_IPC_SETIMEOUT), "IPC: timeout while sending"},
    {IPC_ERROR(L4_IPC_RECANCELED), "IPC: receiving was cancelled"},
    {IPC_ERROR(L4_IPC_SECANCELED), "IPC: sending was cancelled"},
    {IPC_ERROR(L4_IPC_REMAPFAILED), "IPC: out of kernel memory for a received mapping"},
    {IPC_ERROR(L4_IPC_SEMAPFAILED), "IPC: receiver is out of kernel memory for a mapping"},
    {IPC_ERROR(L4_IPC_RESNDPFTO), "IPC: page-fault timeout of the sender while receiving"},
    {IPC_ERROR(L4_IPC_SESNDPFTO), "IPC: page-fault timeout of the sender"},
    {IPC_ERROR(L4_IPC_RERCVPFTO), "IPC: page-fault timeout of the receiver"},
    {IPC_ERROR(L4_IPC_SERCVPFTO), "IPC: page-fault timeout of the receiver while sending"},
    {IPC_ERROR(L4_IPC_REABORTED), "IPC: receiving was aborted"},
    {IPC_ERROR(L4_IPC_SEABORTED), "IPC: sending was aborted"},
    {IPC_ERROR(L4_IPC_REMSGCUT), "IPC: received message was cut (no buffer for an item)"},
    {IPC_ERROR(L4_IPC_SEMSGCUT), "IPC: sent message was cut (receiver has no buffer for an item)"},
    {IPC_ERROR(L4_IPC_NO_REPLY_CAP), "IPC: no usable slot for the reply capability"},
};

static char const *find(struct Error_text const *texts, unsigned count, long code)
{
  for (unsigned i = 0; i < count; ++i)
    if (texts[i].code == code) return texts[i].text;
  return 0;
}

char const *l4sys_errtostr(long err) L4_NOTHROW
{
  unsigned long magnitude = err < 0 ? -(unsigned long)err : (unsigned long)err;
  long code = magnitude > L4_EIPC_HI ? -1 : (long)magnitude;
  char const *text;

  if (code >= L4_EIPC_LO && code <= L4_EIPC_HI) {
    text = find(ipc_error_texts, sizeof(ipc_error_texts) / sizeof(ipc_error_texts[0]), code);
    return text ? text : "IPC: unknown error";
  }
  text = find(error_texts, sizeof(error_texts) / sizeof(error_texts[0]), code);
  return text ? text : "Unknown error";
}
