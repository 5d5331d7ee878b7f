// SPDX-License-Identifier: MIT
/*
 * What scripts do with objects. Functions that can fail for reasons of the system return
 * nil and the (negative) error number; the Lua part makes messages with the place of it.
 */
#include "cap.h"

#include <l4/re/debug>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/namespace>
#include <l4/sys/debugger.h>
#include <l4/sys/err.h>
#include <l4/sys/factory>
#include <l4/sys/ipc.h>
#include <l4/sys/kip.h>
#include <l4/sys/meta>
#include <l4/sys/platform_control.h>
#include <l4/sys/scheduler.h>

#include <string.h>

namespace Ned {

namespace {

int fail(lua_State *lua, long error)
{
  lua_pushnil(lua);
  lua_pushinteger(lua, error);
  return 2;
}

/// Append the Lua value at `index` as argument of a create message.
void add_argument(lua_State *lua, L4::Factory::S *message, int index)
{
  int is_number = 0;
  lua_Integer const number = lua_tointegerx(lua, index, &is_number);
  if (is_number)
    *message << static_cast<l4_mword_t>(number);
  else if (lua_isstring(lua, index))
    *message << lua_tostring(lua, index);
  else
    *message << L4::Factory::Nil();
}

/// create(factory, type, arguments...)
int create(lua_State *lua)
{
  L4::Cap<L4::Factory> const factory(check_cap(lua, 1)->cap);
  lua_Integer const type = luaL_checkinteger(lua, 2);
  int const last = lua_gettop(lua);
  Cap const *const slot = push_slot(lua, Rights_ro);

  // While the message is under construction Lua must not allocate: a collection frees slots, which
  // takes the message registers.
  for (int i = 3; i <= last; ++i)
    if (lua_type(lua, i) == LUA_TNUMBER && !lua_isinteger(lua, i)) lua_tostring(lua, i);

  L4::Factory::S message = factory->create(L4::Cap<void>(slot->cap), static_cast<long>(type));
  for (int i = 3; i <= last; ++i)
    add_argument(lua, &message, i);
  long const error = l4_error(l4_msgtag_t(message));
  return error < 0 ? fail(lua, error) : 1;
}

/// query(name space, path, timeout in ms)
int query(lua_State *lua)
{
  L4::Cap<L4Re::Namespace> const space(check_cap(lua, 1)->cap);
  size_t length;
  char const *const path = luaL_checklstring(lua, 2, &length);
  int const timeout = static_cast<int>(luaL_checkinteger(lua, 3));
  Cap const *const slot = push_slot(lua, Rights_ro);
  long const error = space->query(path, length, L4::Cap<void>(slot->cap), timeout);
  return error < 0 ? fail(lua, error) : 1;
}

/// register(name space, name, capability or nil): nil removes the name
int register_name(lua_State *lua)
{
  L4::Cap<L4Re::Namespace> const space(check_cap(lua, 1)->cap);
  char const *const name = luaL_checkstring(lua, 2);
  Cap const *const object = test_cap(lua, 3);
  long const error =
      object ? space->register_obj(
                   name, L4::Ipc::make_cap(L4::Cap<void>(object->cap), object->item_rights()),
                   (object->rights & L4Re::Namespace::Cap_flags) | L4Re::Namespace::Overwrite)
             : space->unlink(name);
  if (error < 0) return fail(lua, error);
  lua_pushboolean(lua, true);
  return 1;
}

/// interface(capability): protocol and class name of the object's most derived interface
int interface(lua_State *lua)
{
  L4::Cap<L4::Meta> const object(check_cap(lua, 1)->cap);
  char buffer[128] = "";
  L4::Ipc::String<char> name(sizeof(buffer), buffer);
  l4_mword_t protocol = 0;
  long const error = object->interface(0, &protocol, name);
  if (error < 0) return fail(lua, error);
  buffer[sizeof(buffer) - 1] = 0;
  lua_pushinteger(lua, protocol);
  lua_pushstring(lua, buffer);
  return 2;
}

/// info(user factory): quota, used, all memory, used, free, in bytes
int memory_info(lua_State *lua)
{
  L4::Cap<L4Re::Mem_alloc> const mem(check_cap(lua, 1)->cap);
  L4Re::Mem_alloc::Stats s{};
  long const error = mem->info(&s);
  if (error < 0) return fail(lua, error);
  for (l4_umword_t const value : {s.quota, s.quota_used, s.mem_limit, s.mem_used, s.mem_free})
    lua_pushinteger(lua, static_cast<lua_Integer>(value));
  return 5;
}

/// online_cpus(scheduler): bit mask of the first 64 CPUs
int online_cpus(lua_State *lua)
{
  l4_umword_t max = 0;
  l4_sched_cpu_set_t set = l4_sched_cpu_set(0, 0, 0);
  long const error = l4_error(l4_scheduler_info(check_cap(lua, 1)->cap, &max, &set));
  if (error < 0) return fail(lua, error);
  lua_pushinteger(lua, static_cast<lua_Integer>(set.map));
  lua_pushinteger(lua, static_cast<lua_Integer>(max));
  return 2;
}

int system_suspend(lua_State *lua)
{
  l4_umword_t const extras = static_cast<l4_umword_t>(luaL_optinteger(lua, 2, 0));
  long const error = l4_error(l4_platform_ctl_system_suspend(check_cap(lua, 1)->cap, extras));
  lua_pushinteger(lua, error);
  return 1;
}

int system_shutdown(lua_State *lua)
{
  l4_umword_t const reboot = static_cast<l4_umword_t>(luaL_optinteger(lua, 2, 0));
  long const error = l4_error(l4_platform_ctl_system_shutdown(check_cap(lua, 1)->cap, reboot));
  lua_pushinteger(lua, error);
  return 1;
}

/// debug(capability, function): the object prints something about itself
int debug(lua_State *lua)
{
  L4::Cap<L4Re::Debug_obj> const object(check_cap(lua, 1)->cap);
  lua_pushinteger(lua, object->debug(static_cast<unsigned long>(luaL_optinteger(lua, 2, 0))));
  return 1;
}

/// set_name(capability, name): for the kernel debugger, moe's messages and L4.ps()
int set_name(lua_State *lua)
{
  l4_debugger_set_object_name(check_cap(lua, 1)->cap, luaL_checkstring(lua, 2));
  return 0;
}

int error_text(lua_State *lua)
{
  lua_pushstring(lua, l4sys_errtostr(static_cast<long>(luaL_checkinteger(lua, 1))));
  return 1;
}

void add(lua_State *lua, char const *name, l4_cap_idx_t cap)
{
  if (l4_is_invalid_cap(cap)) return;
  push_foreign(lua, cap, Rights_rws);
  lua_setfield(lua, -2, name);
}

/// env(): table of ned's own capabilities
int environment(lua_State *lua)
{
  auto const *const env = l4re_env();
  lua_newtable(lua);
  for (auto const *e = env->caps; e && e->flags != ~0UL; ++e) {
    char name[L4RE_ENV_CAP_NAME_MAX + 1] = {};
    memcpy(name, e->name, L4RE_ENV_CAP_NAME_MAX);
    add(lua, name, e->cap);
  }
  add(lua, "parent", env->parent);
  add(lua, "mem_alloc", env->mem_alloc);
  add(lua, "user_factory", env->mem_alloc);
  add(lua, "rm", env->rm);
  add(lua, "log", env->log);
  add(lua, "factory", env->factory);
  add(lua, "scheduler", env->scheduler);
  add(lua, "dbg_events", env->dbg_events);
  return 1;
}

/// kernel_memory(debugger): bytes of the kernel's heap in use, threads that exist; or nothing
int kernel_memory(lua_State *lua)
{
  constexpr l4_umword_t Figures = 0x501; // docs/kernel.md section 15
  l4_utcb_mr()->mr[0] = Figures;
  l4_msgtag_t const tag = l4_ipc_call(check_cap(lua, 1)->cap, l4_utcb(),
                                      l4_msgtag(L4_PROTO_DEBUGGER, 1, 0, 0), L4_IPC_NEVER);
  if (l4_error(tag) < 0) return 0;
  l4_umword_t const bytes = l4_utcb_mr()->mr[0], threads = l4_utcb_mr()->mr[1];
  lua_pushinteger(lua, static_cast<lua_Integer>(bytes));
  lua_pushinteger(lua, static_cast<lua_Integer>(threads));
  return 2;
}

/// platform(): name of the platform
int platform(lua_State *lua)
{
  lua_pushstring(lua, l4re_kip()->platform_info.name);
  return 1;
}

/// kip_text(): the kernel's version text
int kip_text(lua_State *lua)
{
  lua_pushstring(lua, l4_kip_version_string(l4re_kip()));
  return 1;
}

} // namespace

void add_object_functions(lua_State *lua)
{
  constexpr luaL_Reg functions[] = {
      {"create", create},
      {"query", query},
      {"register", register_name},
      {"interface", interface},
      {"memory_info", memory_info},
      {"online_cpus", online_cpus},
      {"suspend", system_suspend},
      {"shutdown", system_shutdown},
      {"error_text", error_text},
      {"env", environment},
      {"kip_text", kip_text},
      {"platform", platform},
      {"debug", debug},
      {"set_name", set_name},
      {"kernel_memory", kernel_memory},
      {nullptr, nullptr},
  };
  luaL_setfuncs(lua, functions, 0);
}

} // namespace Ned
