// SPDX-License-Identifier: MIT
// Names that users give to objects, for messages and the debugger.
#pragma once

class Kobject;

/// A table of fixed size beside the objects, so that objects without a name pay nothing and no
/// user can make the kernel allocate. An object whose places are taken stays nameless.
namespace Object_names {
constexpr unsigned Length = 16; ///< bytes of a name, padded with zeroes

void set(Kobject &object, char const *text, unsigned max_length);
/// Length bytes; all zero for a nameless object.
char const *get(Kobject const &object);
/// As get(), but takes no lock: for the debugger, with all other CPUs stopped.
char const *peek(Kobject const &object);
/// The object's memory is about to be given back.
void forget(Kobject const &object);
} // namespace Object_names
