// SPDX-License-Identifier: MIT
#pragma once

#include "log_line.h"
#include "object.h"

#include <l4/re/log>
#include <l4/sys/cxx/ipc_epiface>

namespace Moe {

/// Log of a client: output only, each line marked with the client's tag.
class Log final : public L4::Epiface_t0<Log, L4Re::Log, Object> {
public:
  Log(char const *tag, l4_size_t length, unsigned colour) : _line(tag, length, colour) {}

  /// The Vcon protocol is taken from the message as it is (l4re-protocols.md section 6).
  int op_dispatch(l4_utcb_t *utcb, l4_msgtag_t tag, L4::Vcon::Rights);

  // The input interrupt does not exist.
  long op_bind(L4::Icu::Rights, l4_umword_t, L4::Ipc::Snd_fpage const &);
  long op_unbind(L4::Icu::Rights, l4_umword_t, L4::Ipc::Snd_fpage const &);
  long op_info(L4::Icu::Rights, L4::Icu::_Info &info);
  long op_msi_info(L4::Icu::Rights, l4_umword_t, l4_uint64_t, l4_icu_msi_info_t &);
  long op_mask(L4::Icu::Rights, l4_umword_t);
  long op_unmask(L4::Icu::Rights, l4_umword_t);
  long op_set_mode(L4::Icu::Rights, l4_umword_t, l4_umword_t);

private:
  Log_line _line;
};

} // namespace Moe
