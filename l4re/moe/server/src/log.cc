// SPDX-License-Identifier: MIT
#include "log.h"

#include <l4/libc_minimal/crt.h>
#include <l4/sys/err.h>
#include <l4/sys/vcon.h>

#include <string.h>

namespace Moe {

int Log::op_dispatch(l4_utcb_t *utcb, l4_msgtag_t tag, L4::Vcon::Rights)
{
  // get_attr and read have one word only; like everything but write they are not served.
  if (l4_msgtag_words(tag) < 2) return -L4_EINVAL;
  l4_msg_regs_t const *const mr = l4_utcb_mr_u(utcb);
  switch (mr->mr[0] & 0xffff) {
  case L4_VCON_WRITE_OP: {
    l4_size_t const sent = (l4_msgtag_words(tag) - 2) * sizeof(l4_umword_t);
    l4_size_t const length = mr->mr[1] < sent ? mr->mr[1] : sent;
    char text[L4_VCON_WRITE_SIZE];
    memcpy(text, &mr->mr[2], length);
    _line.write(text, length, libc_minimal_log);
    return -L4_ENOREPLY;
  }
  default:
    return -L4_ENOSYS;
  }
}

long Log::op_bind(L4::Icu::Rights, l4_umword_t, L4::Ipc::Snd_fpage const &)
{
  return -L4_EINVAL;
}

long Log::op_unbind(L4::Icu::Rights, l4_umword_t, L4::Ipc::Snd_fpage const &)
{
  return -L4_EINVAL;
}

long Log::op_info(L4::Icu::Rights, L4::Icu::_Info &info)
{
  info = {};
  return 0;
}

long Log::op_msi_info(L4::Icu::Rights, l4_umword_t, l4_uint64_t, l4_icu_msi_info_t &)
{
  return -L4_EINVAL;
}

long Log::op_mask(L4::Icu::Rights, l4_umword_t)
{
  return -L4_ENOREPLY;
}

long Log::op_unmask(L4::Icu::Rights, l4_umword_t)
{
  return -L4_ENOREPLY;
}

long Log::op_set_mode(L4::Icu::Rights, l4_umword_t, l4_umword_t)
{
  return 0;
}

} // namespace Moe
