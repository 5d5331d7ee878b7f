// SPDX-License-Identifier: MIT
// Words for what the debugger shows, and objects for what its user types.
#pragma once

#include "obj/kobject.h"
#include "obj/thread.h"

namespace jdb {

/// "thread", "gate" ...; "dead" for an object that is being deleted.
char const *type_name(Kobject::Type type);
/// The type whose name this is; false: there is none.
bool type_of_name(char const *name, Kobject::Type &type);
/// Bytes that the object itself takes.
Word bytes_of(Kobject const &object);
char const *state_name(Thread::State state);
/// "L4_EPERM" ...
char const *error_name(Errno error);
char const *error_name(Ipc_error error);
/// Name of a protocol label, or null.
char const *protocol_name(i64 label);

/// What users called it; an empty text if they did not. Takes no lock.
char const *name_of(Kobject const &object);
/// Print "TYPE NUMBER 'NAME'"; "-" for null.
void print_object(Kobject const *object);

/// The object that the user means: its number, its address, or its name. With a type, only objects
/// of this type count. Null: none, and it was said.
Kobject const *find_object(char const *text, Kobject::Type type = Kobject::Type::Dead);

/// The texts are the same.
bool equal(char const *a, char const *b);

/// A number as the user writes it: decimal, or hexadecimal after 0x. False: it is none.
bool parse_number(char const *text, Word &value);

} // namespace jdb
