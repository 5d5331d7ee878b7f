// SPDX-License-Identifier: MIT
#include "runtime_calls.h"
#include "libc_priv.h"

#include <l4/re/itas.h>
#include <l4/re/protocols.h>
#include <l4/re/rm>
#include <l4/sys/consts.h>
#include <l4/sys/ipc.h>

#include <string.h>

namespace {

using F = L4Re::Rm::F;

enum Rm_op : l4_uint32_t { Rm_attach = 0, Rm_detach = 1, Rm_reserve_area = 3 };
enum Parent_op : l4_uint32_t { Parent_signal = 0 };

/// Builds a request in the message registers: fields in order, each aligned to its size.
class Request {
public:
  explicit Request(l4_uint32_t opcode) { *this << opcode; }

  template <typename T> Request &operator<<(T value)
  {
    _length = (_length + sizeof(T) - 1) & ~(sizeof(T) - 1);
    memcpy(base() + _length, &value, sizeof(T));
    _length += sizeof(T);
    return *this;
  }

  /// A string: length with NUL, characters.
  void string(char const *s)
  {
    l4_umword_t const length = strlen(s) + 1;
    *this << length;
    memcpy(base() + _length, s, length);
    _length += length;
  }

  /// Call; the answer's label.
  long call(l4_cap_idx_t object, long protocol)
  {
    l4_msgtag_t const tag =
        l4_msgtag(protocol, l4_bytes_to_mwords(static_cast<unsigned>(_length)), 0, 0);
    return l4_error(l4_ipc_call(object, l4_utcb(), tag, L4_IPC_NEVER));
  }

private:
  static char *base() { return reinterpret_cast<char *>(l4_utcb_mr()); }

  l4_size_t _length = 0;
};

} // namespace

long runtime_reserve_area(l4_addr_t *start, l4_size_t size)
{
  Request r(Rm_reserve_area);
  r << *start << size << static_cast<l4_uint32_t>(F::Search_addr)
    << static_cast<l4_uint8_t>(L4_PAGESHIFT);
  long const result = r.call(l4re_global_env->rm, L4RE_PROTO_RM);
  *start = l4_utcb_mr()->mr[0];
  return result;
}

long runtime_attach_memory(l4_addr_t start, l4_size_t size, char const *name)
{
  constexpr l4_uint32_t flags = (F::In_area | F::Anonymous | F::RW).raw;
  constexpr l4_umword_t No_offset = 0;
  Request r(Rm_attach);
  r << start << size << flags << No_offset << static_cast<l4_uint8_t>(L4_PAGESHIFT)
    << static_cast<l4_umword_t>(L4_INVALID_CAP);
  r.string(name);
  r << No_offset;
  return r.call(l4re_global_env->rm, L4RE_PROTO_RM);
}

long runtime_detach(l4_addr_t start, l4_size_t size)
{
  long result;
  do {
    Request r(Rm_detach);
    r << start << size << static_cast<l4_uint32_t>(L4Re::Rm::Detach_exact);
    result = r.call(l4re_global_env->rm, L4RE_PROTO_RM);
  } while (result >= 0 && (result & L4Re::Rm::Detach_again));
  return result;
}

void runtime_signal_exit(int status)
{
  constexpr l4_umword_t Sig_exit = 0;
  Request r(Parent_signal);
  r << Sig_exit << static_cast<l4_umword_t>(static_cast<l4_mword_t>(status));
  r.call(l4re_global_env->parent, L4RE_PROTO_PARENT);
}

long runtime_itas_signals(l4_addr_t entry, l4_addr_t return_ip, l4_addr_t record)
{
  Request r(L4RE_ITAS_OP_SIGNALS);
  r << entry << return_ip << record;
  return r.call(l4re_global_env->itas, L4RE_PROTO_ITAS);
}

long runtime_itas_timer(l4_uint64_t time)
{
  Request r(L4RE_ITAS_OP_TIMER);
  r << time;
  return r.call(l4re_global_env->itas, L4RE_PROTO_ITAS);
}
