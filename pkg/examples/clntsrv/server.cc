// SPDX-License-Identifier: MIT
#include "shared.h"

#include <l4/re/util/br_manager>
#include <l4/re/util/object_registry>

#include <stdio.h>

static L4Re::Util::Registry_server<L4Re::Util::Br_manager_hooks> server;

class Calculator : public L4::Epiface_t<Calculator, Calc> {
public:
  int op_sub(Calc::Rights, l4_uint32_t a, l4_uint32_t b, l4_uint32_t &result)
  {
    result = a - b;
    return 0;
  }
  int op_neg(Calc::Rights, l4_uint32_t a, l4_uint32_t &result)
  {
    result = -a;
    return 0;
  }
};

int main()
{
  static Calculator calculator;

  // The script gave us the server side of a channel under this name.
  if (!server.registry()->register_obj(&calculator, "calc_server").is_valid()) {
    printf("There is no capability 'calc_server' with server rights; see conf/clntsrv.cfg\n");
    return 1;
  }
  printf("Welcome to the calculation server!\n");
  server.loop();
}
