// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

/**
 * \file
 * All objects of the program, and how new ones come.
 */
namespace Ldso {

/// First of all objects: the program. Others follow in the order in which they were loaded.
extern Object *all_objects;

void add_object(Object *object);

/// Find or load a library, without those that it needs.
/// \param user  whose search path counts; the error message names it
/// \return null after an error that set_error() tells
Object *load_library(char const *name, Object const &user);

/// Load what the objects from `first` on need, breadth first. False after an
/// error that set_error() tells; what was loaded until then stays in the list.
bool load_needed(Object *first);

/// Take an object that nobody uses out of the list and, when no search can meet it any more, out of
/// memory.
void unload(Object *object);

/// The object that holds an address, or null.
Object *object_at(l4_addr_t address);

/// The scope of an object: itself and all that it needs, breadth first. Null without memory.
Scope *make_scope(Object *root);
/// One user less; without any the scope is freed.
void drop_scope(Scope *scope);

/// Directories from the environment variable LD_LIBRARY_PATH, or null.
extern char const *environment_path;

/// Note why something failed; the text is kept until the next error.
[[gnu::format(printf, 1, 2)]] void set_error(char const *format, ...);
/// The text, or null if there was no error since the last call.
char const *take_error();

} // namespace Ldso
