// SPDX-License-Identifier: MIT
#pragma once

#include <lua.hpp>

namespace Ned {

/// Add functions on processes to the table on top of the stack.
void add_process_functions(lua_State *lua);

} // namespace Ned
