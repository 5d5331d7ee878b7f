// SPDX-License-Identifier: MIT
#pragma once

#include <lua.hpp>

namespace Ned {

/// Add functions on gates: the command channel, and what becomes of the gates of a dead server.
void add_gate_functions(lua_State *lua);

} // namespace Ned
