// SPDX-License-Identifier: MIT
// How a failing IPC is described.
#include "ipc_text.h"

#include <gtest/gtest.h>

#include <string>

namespace {

std::string describe(l4_umword_t selector)
{
  l4re_env_cap_entry_t names[] = {l4re_env_cap_entry_t("rom", 0x20000),
                                  l4re_env_cap_entry_t("sixteen_letters_", 0x21000),
                                  l4re_env_cap_entry_t()};
  l4re_env_t env{};
  env.parent = 0x13000;
  env.rm = 0x10000;
  env.mem_alloc = 0x11000;
  env.log = L4_INVALID_CAP;
  env.main_thread = 0x30000;
  env.factory = 0x2000;
  env.scheduler = 0x7000;
  env.caps = names;
  char text[80];
  Itas::describe_ipc(selector, &env, text, sizeof(text));
  return text;
}

TEST(Ipc_text, capabilities_have_names)
{
  EXPECT_EQ(describe(0x20000 | L4_SYSF_CALL), "call to 'rom' (slot 20)");
  EXPECT_EQ(describe(0x21000 | L4_SYSF_SEND), "send to 'sixteen_letters_' (slot 21)");
  EXPECT_EQ(describe(0x10000 | L4_SYSF_CALL), "call to the region map (slot 10)");
  EXPECT_EQ(describe(0x1000 | L4_SYSF_CALL), "call to the own task (slot 1)");
  EXPECT_EQ(describe(0x4242000 | L4_SYSF_RECV), "receive from slot 4242");
  EXPECT_EQ(describe(+L4_INVALID_CAP | +L4_SYSF_REPLY_AND_WAIT),
            "answer and wait, no partner named");
  EXPECT_EQ(describe(+L4_INVALID_CAP | +L4_SYSF_WAIT), "wait, no partner named");
}

} // namespace
