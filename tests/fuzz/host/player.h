// SPDX-License-Identifier: MIT
// What the threads of a run do: each step of the input is one system call, trap or event.
#pragma once

#include "input.h"
#include "world.h"

namespace fuzz {

class Player {
public:
  Player(World &world, Input &input) : _world(world), _input(input) {}

  /// Steps until the input is used up, at most Max_steps; checks the kernel's invariants after each.
  void play();

private:
  static constexpr unsigned Max_steps = 400;

  void step();
  void operation();
  void message();
  void raw_call();
  void buffers();
  void fault();
  void interrupt();
  void interfere();
  Word argument(Arg kind);
  Word page();
  Word selector(Target target);
  Word slot_of(Target target);
  unsigned items(unsigned mr);
  Word timeouts();
  Word operation_bits();
  void spoil(Utcb &utcb, unsigned &words, unsigned &items, i64 &label);

  World &_world;
  Input &_input;
};

} // namespace fuzz
