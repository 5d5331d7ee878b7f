// SPDX-License-Identifier: MIT
#pragma once

/**
 * \file
 * What debuggers find: the list of all objects, as `struct r_debug` of <link.h> has it.
 */
namespace Ldso {

class Object;

/// Enter the list into the dynamic section of the program, if that has a place for it (DT_DEBUG).
/// Before the section becomes read-only.
void debug_begin(Object const &program);

/// Objects came or went. Called with the lock of changes.
void debug_update();

} // namespace Ldso
