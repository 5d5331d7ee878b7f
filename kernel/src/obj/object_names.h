// SPDX-License-Identifier: MIT
// Names that users give to objects, for messages and the debugger.
#pragma once

#include "types/types.h"

class Kobject;

/// A table of fixed size beside the objects, so that objects without a name pay nothing and no
/// user can make the kernel allocate. An object whose places are taken stays nameless.
class Object_names {
public:
  static constexpr unsigned Length = 16; ///< bytes of a name, padded with zeroes

  static void set(Kobject &object, char const *text, unsigned max_length);
  /// Length bytes; all zero for a nameless object.
  static char const *get(Kobject const &object);
  /// As get(), but takes no lock: for the debugger, with all other CPUs stopped.
  static char const *peek(Kobject const &object);
  /// The object's memory is about to be given back.
  static void forget(Kobject const &object);

private:
  struct Entry {
    Kobject const *object;
    char text[Length];
  };
  static constexpr unsigned Entries = 512, Probes = 8;

  static Entry *find(Kobject const *object, Kobject const *place_of);
  static Entry _entries[Entries];
};
