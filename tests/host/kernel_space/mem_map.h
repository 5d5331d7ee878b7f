// SPDX-License-Identifier: MIT
// Four memory spaces that map to each other: sigma0's, which has everything, and a, b, c.
#pragma once

#include "space_probe.h"

class Mem_map : public ::testing::Test {
protected:
  Mem_map()
  {
    host::reset();
    EXPECT_TRUE(sigma0.space.init(sigma0.quota, Map_space::Identity::Yes));
    for (auto *space : {&a, &b, &c})
      EXPECT_TRUE(space->space.init(space->quota));
  }

  static Mapped map(Mem_space &from, Fpage send, Mem_space &to, Word hot_spot,
                    Word control = Map_control)
  {
    return map_all(from, to,
                   {.send = send,
                    .control = Send_item(hot_spot | control)});
  }
  static Mapped map_to(Mem_space &from, Fpage send, Mem_space &to, Fpage window, Word hot_spot)
  {
    return map_all(from, to,
                   Map_item::into(window, send, Send_item(hot_spot | Map_control)));
  }
  /// RAM from sigma0 as page of `a`.
  void give(Mem_space &to, Word address, Word frame, unsigned order = 12, u8 rights = Rwx)
  {
    ASSERT_TRUE(map(sigma0.space, mem(frame, order, rights), to, address).mapped);
  }
  static Word frame(Mem_space &space, Word address)
  {
    auto t = translate(space, address);
    return t ? t->frame : 0;
  }
  static u8 rights(Mem_space &space, Word address)
  {
    auto t = translate(space, address);
    return t ? t->rights : 0;
  }

  Owned<Mem_space> sigma0, a, b, c;
};
