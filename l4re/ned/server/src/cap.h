// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/capability>

#include <lua.hpp>

/**
 * \file
 * Capabilities as Lua values.
 *
 * Two userdata make one: the `Object` owns the slot (and has the methods of the object's class as
 * user value), a `Cap` refers to it together with the rights that a program gets with it. Copies
 * made by `cap:m()` share the object, so what was learned about its class holds for all of them.
 */
namespace Ned {

/// Bits that a script can give: rights of a flexpage in the low 4, attributes of the item above.
enum : unsigned { Rights_ro = 4, Rights_rws = 7, Rights_all = 0xef };

struct Cap {
  l4_cap_idx_t cap;
  unsigned rights;

  [[nodiscard]] unsigned char item_rights() const { return rights & 0xf; }
  [[nodiscard]] unsigned char attributes() const { return rights & 0xf0; }
};

/// The argument `index` as capability; anything else is a Lua error.
Cap *check_cap(lua_State *lua, int index);

/// The value at `index` as capability, or nullptr.
Cap *test_cap(lua_State *lua, int index);

/// Push a capability whose slot belongs to somebody else, for all of the program's life.
Cap *push_foreign(lua_State *lua, l4_cap_idx_t cap, unsigned rights);

/// Push a capability with an empty slot of its own. Raises a Lua error if there is none left.
Cap *push_slot(lua_State *lua, unsigned rights);

/// Add the functions on capabilities to the table on top of the stack.
void add_cap_functions(lua_State *lua);

/// Add functions on objects behind capabilities: factories, name spaces, Meta.
void add_object_functions(lua_State *lua);

} // namespace Ned
