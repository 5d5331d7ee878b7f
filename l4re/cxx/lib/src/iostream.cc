// SPDX-License-Identifier: MIT
/** L4::cout and L4::cerr: straight to the log. */
#include <l4/cxx/iostream>
#include <l4/sys/vcon.h>

namespace L4 {

namespace {

/** Leaves the message registers as they were: output may happen while a message is composed. */
class Log_backend final : public IOBackend {
public:
  void write(char const *str, unsigned len) override
  {
    l4_msg_regs_t saved = *l4_utcb_mr();
    while (len) {
      long written = l4_vcon_write(L4_BASE_LOG_CAP, str, len);
      if (written <= 0) break;
      str += written;
      len -= static_cast<unsigned>(written);
    }
    *l4_utcb_mr() = saved;
  }
};

constinit Log_backend backend;

} // namespace

constinit BasicOStream cout(&backend);
constinit BasicOStream cerr(&backend);

} // namespace L4
