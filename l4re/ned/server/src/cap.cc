// SPDX-License-Identifier: MIT
#include "cap.h"

#include <l4/re/util/cap_alloc>
#include <l4/sys/task.h>

#include <string.h>

namespace Ned {

namespace {

constexpr char Cap_type[] = "L4.Cap", Object_type[] = "L4.Object";

/// Owner of a slot; the last `Cap` that refers to it keeps it alive.
/// User value 1: methods of the class, once known. User value 2: the owner, for an alias.
struct Object {
  l4_cap_idx_t cap;
  bool owned;
};

int object_gc(lua_State *lua)
{
  auto *const o = static_cast<Object *>(lua_touserdata(lua, 1));
  if (o->owned && l4_is_valid_cap(o->cap))
    L4Re::Util::cap_alloc.free(L4::Cap<void>(o->cap), L4_BASE_TASK_CAP);
  o->cap = L4_INVALID_CAP;
  return 0;
}

/// Push a new `Cap`; its object is on top of the stack and is replaced by it.
Cap *push_cap(lua_State *lua, l4_cap_idx_t cap, unsigned rights)
{
  auto *const c = static_cast<Cap *>(lua_newuserdatauv(lua, sizeof(Cap), 1));
  *c = {cap, rights};
  luaL_setmetatable(lua, Cap_type);
  lua_insert(lua, -2);
  lua_setiuservalue(lua, -2, 1);
  return c;
}

Object *push_object(lua_State *lua)
{
  auto *const o = static_cast<Object *>(lua_newuserdatauv(lua, sizeof(Object), 2));
  *o = {L4_INVALID_CAP, false};
  luaL_setmetatable(lua, Object_type);
  return o;
}

unsigned right_of(char letter)
{
  switch (letter | 0x20) {
  case 'r':
    return L4_CAP_FPAGE_R;
  case 'w':
    return L4_CAP_FPAGE_W;
  case 's':
    return L4_CAP_FPAGE_S;
  case 'd':
    return L4_CAP_FPAGE_D;
  case 'n':
    return L4_FPAGE_C_NO_REF_CNT;
  case 'c':
    return L4_FPAGE_C_IPCGATE_SVR;
  default:
    return 0;
  }
}

/// cap:m([rights]): a copy with other rights, or the rights as number.
int cap_mode(lua_State *lua)
{
  Cap const *const c = check_cap(lua, 1);
  if (lua_isnoneornil(lua, 2)) {
    lua_pushinteger(lua, c->rights & 0xf);
    return 1;
  }
  unsigned rights = L4_CAP_FPAGE_R;
  if (lua_type(lua, 2) == LUA_TNUMBER)
    rights |= static_cast<unsigned>(luaL_checkinteger(lua, 2)) & 0xff;
  else
    for (char const *s = luaL_checkstring(lua, 2); *s; ++s)
      rights |= right_of(*s);
  lua_getiuservalue(lua, 1, 1);
  push_cap(lua, c->cap, rights);
  return 1;
}

int cap_server(lua_State *lua)
{
  Cap const *const c = check_cap(lua, 1);
  lua_getiuservalue(lua, 1, 1);
  push_cap(lua, c->cap, Rights_all);
  return 1;
}

int cap_is_valid(lua_State *lua)
{
  l4_cap_idx_t const cap = check_cap(lua, 1)->cap;
  lua_pushboolean(lua,
                  l4_is_valid_cap(cap) && l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, cap)) > 0);
  return 1;
}

int cap_equal(lua_State *lua)
{
  Cap const *const a = test_cap(lua, 1), *const b = test_cap(lua, 2);
  lua_pushboolean(lua, a && b && a->cap == b->cap);
  return 1;
}

/// selector, rights
int cap_facts(lua_State *lua)
{
  Cap const *const c = check_cap(lua, 1);
  lua_pushinteger(lua, static_cast<lua_Integer>(c->cap >> L4_CAP_SHIFT));
  lua_pushinteger(lua, c->rights);
  return 2;
}

int cap_class(lua_State *lua)
{
  check_cap(lua, 1);
  lua_getiuservalue(lua, 1, 1);
  lua_getiuservalue(lua, -1, 1);
  return 1;
}

int cap_set_class(lua_State *lua)
{
  check_cap(lua, 1);
  lua_settop(lua, 2);
  lua_getiuservalue(lua, 1, 1);
  lua_insert(lua, 2);
  lua_setiuservalue(lua, 2, 1);
  lua_settop(lua, 1);
  return 1;
}

/// A reference to the same slot, whose class is not shared (for casts).
int cap_alias(lua_State *lua)
{
  Cap const *const c = check_cap(lua, 1);
  push_object(lua)->cap = c->cap;
  lua_getiuservalue(lua, 1, 1);
  lua_setiuservalue(lua, -2, 2);
  push_cap(lua, c->cap, c->rights);
  return 1;
}

/// What all copies and casts of a capability have in common, as a key for tables.
int cap_identity(lua_State *lua)
{
  check_cap(lua, 1);
  lua_getiuservalue(lua, 1, 1);
  while (lua_getiuservalue(lua, -1, 2) == LUA_TUSERDATA)
    lua_remove(lua, -2);
  lua_pop(lua, 1);
  return 1;
}

int is_cap(lua_State *lua)
{
  lua_pushboolean(lua, test_cap(lua, 1) != nullptr);
  return 1;
}

int cap_metatable(lua_State *lua)
{
  luaL_getmetatable(lua, Cap_type);
  return 1;
}

} // namespace

Cap *check_cap(lua_State *lua, int index)
{
  return static_cast<Cap *>(luaL_checkudata(lua, index, Cap_type));
}

Cap *test_cap(lua_State *lua, int index)
{
  return static_cast<Cap *>(luaL_testudata(lua, index, Cap_type));
}

Cap *push_foreign(lua_State *lua, l4_cap_idx_t cap, unsigned rights)
{
  push_object(lua)->cap = cap;
  return push_cap(lua, cap, rights);
}

Cap *push_slot(lua_State *lua, unsigned rights)
{
  Object *const o = push_object(lua);
  auto const slot = L4Re::Util::cap_alloc.alloc<void>();
  if (!slot.is_valid()) luaL_error(lua, "ned has no capability slot left");
  o->cap = slot.cap();
  o->owned = true;
  return push_cap(lua, o->cap, rights);
}

void add_cap_functions(lua_State *lua)
{
  luaL_newmetatable(lua, Object_type);
  lua_pushcfunction(lua, object_gc);
  lua_setfield(lua, -2, "__gc");
  lua_pop(lua, 1);

  luaL_newmetatable(lua, Cap_type);
  lua_pushcfunction(lua, cap_equal);
  lua_setfield(lua, -2, "__eq");
  lua_pop(lua, 1);

  constexpr luaL_Reg functions[] = {
      {"mode", cap_mode},         {"svr", cap_server},  {"is_valid", cap_is_valid},
      {"facts", cap_facts},       {"class", cap_class}, {"set_class", cap_set_class},
      {"alias", cap_alias},       {"is_cap", is_cap},   {"metatable", cap_metatable},
      {"identity", cap_identity}, {nullptr, nullptr},
  };
  luaL_setfuncs(lua, functions, 0);
}

} // namespace Ned
