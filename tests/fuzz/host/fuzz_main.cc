// SPDX-License-Identifier: MIT
// One libFuzzer run: build a small system, play the input, kill everything, compare.
#include "arch/host/host.h"
#include "player.h"
#include "world.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

fuzz::World *world;

void report() { std::fprintf(stderr, "system calls: %lu\n", world->system_calls); }

} // namespace

extern "C" int LLVMFuzzerInitialize(int *, char ***)
{
  world = &fuzz::World::get();
  std::atexit(report);
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(uint8_t const *data, size_t size)
{
  fuzz::Input input(data, size);
  world->build(input);
  try {
    fuzz::Player(*world, input).play();
  } catch (host::Stopped const &stopped) {
    // a reboot is served by ending the run; nothing else may stop the machine
    if (std::strcmp(stopped.how, "reboot")) fuzz::fail("the kernel stopped: %s", stopped.how);
  }
  world->destroy();
  return 0;
}
