// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

/**
 * \file
 * The life of the program and of its objects.
 */
namespace Ldso {

/// End the program with the message of set_error().
[[noreturn]] void give_up();

/// Run the constructors of an object and of all that it needs, those first.
void initialise(Object &object);
/// Run the destructors of one object.
void finalise(Object &object);
/// The object that was initialised last.
extern Object *last_initialised;

/// Relocate all objects from `first` on, those loaded last first. False: see set_error().
bool relocate_all(Object *first, bool now);

/// The environment asks for all functions to be resolved at once (LD_BIND_NOW).
extern bool environment_bind_now;

} // namespace Ldso
