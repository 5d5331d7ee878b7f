// SPDX-License-Identifier: MIT
/* Processes for the Lua part: start, look at, kill; and waiting for messages. */
#include "cap.h"
#include "process.h"
#include "process_lua.h"
#include "server.h"

#include <l4/re/env.h>
#include <l4/sys/err.h>

#include <new>
#include <stdlib.h>
#include <string.h>

namespace Ned {

namespace {

constexpr char Process_type[] = "L4.Process";
constexpr l4_size_t Stack_image = 8 * L4_PAGESIZE;
constexpr int Max_named = 256;

Process *check_process(lua_State *lua, int index)
{
  return static_cast<Process *>(luaL_checkudata(lua, index, Process_type));
}

int process_gc(lua_State *lua)
{
  check_process(lua, 1)->~Process();
  return 0;
}

/// The capability in field `key` of the table at 1; what is returned stays in that table.
Ldr::Grant grant(lua_State *lua, char const *key)
{
  Ldr::Grant g;
  lua_getfield(lua, 1, key);
  if (Cap const *const c = test_cap(lua, -1)) g = {c->cap, c->item_rights(), c->attributes()};
  lua_pop(lua, 1);
  return g;
}

lua_Integer number(lua_State *lua, char const *key, lua_Integer otherwise)
{
  lua_getfield(lua, 1, key);
  lua_Integer const n = luaL_optinteger(lua, -1, otherwise);
  lua_pop(lua, 1);
  return n;
}

/// The strings of field `key`, packed; the packed string is left on the stack to keep it alive.
Ldr::Packed_strings strings(lua_State *lua, char const *key)
{
  Ldr::Packed_strings packed;
  lua_getfield(lua, 1, key);
  int const list = lua_gettop(lua);
  packed.count = static_cast<unsigned>(luaL_len(lua, list));
  luaL_Buffer buffer;
  luaL_buffinit(lua, &buffer);
  for (unsigned i = 1; i <= packed.count; ++i) {
    lua_geti(lua, list, i);
    luaL_addvalue(&buffer);
    luaL_addchar(&buffer, '\0');
  }
  luaL_pushresult(&buffer);
  size_t bytes;
  packed.data = lua_tolstring(lua, -1, &bytes);
  packed.bytes = bytes;
  return packed;
}

/// The list of {name, capability} in field `caps`; names and capabilities stay in that table.
Ldr::Named_grant *named_grants(lua_State *lua, unsigned *count)
{
  lua_getfield(lua, 1, "caps");
  lua_Integer const n = luaL_len(lua, -1);
  if (n > Max_named) luaL_error(lua, "%I capabilities are too many: at most %d", n, Max_named);
  auto *const list = static_cast<Ldr::Named_grant *>(
      lua_newuserdatauv(lua, static_cast<size_t>(n + 1) * sizeof(Ldr::Named_grant), 0));
  for (lua_Integer i = 0; i < n; ++i) {
    lua_geti(lua, -2, i + 1);
    lua_geti(lua, -1, 1);
    lua_geti(lua, -2, 2);
    Ldr::Named_grant &entry = *new (&list[i]) Ldr::Named_grant;
    size_t length;
    entry.name = lua_tolstring(lua, -2, &length);
    entry.length = length;
    Cap const *const c = check_cap(lua, -1);
    entry.grant = {c->cap, c->item_rights(), c->attributes()};
    lua_pop(lua, 3);
  }
  *count = static_cast<unsigned>(n);
  return list;
}

Ldr::Process_config config(lua_State *lua)
{
  Ldr::Process_config c;
  c.factory = grant(lua, "factory");
  c.scheduler = grant(lua, "scheduler");
  c.mem_alloc = grant(lua, "mem");
  c.kip_ds = grant(lua, "kip");
  c.log = grant(lua, "log");
  c.dbg_events = grant(lua, "dbg_events");
  c.dbg_level = static_cast<l4_umword_t>(number(lua, "l4re_dbg", 0));
  c.ldr_flags = static_cast<l4_umword_t>(number(lua, "ldr_flags", 0));
  c.ldr_base = static_cast<l4_addr_t>(number(lua, "base", -1));
  c.itas_base = static_cast<l4_addr_t>(number(lua, "itas_base", -1));
  c.args = strings(lua, "args");
  c.envs = strings(lua, "envs");
  c.named = named_grants(lua, &c.named_count);
  return c;
}

/// The gates in field `supervised`; they stay in that table, and the table as long as the program
/// runs.
void supervise(lua_State *lua, Process *process)
{
  lua_getfield(lua, 1, "supervised");
  lua_Integer const n = lua_istable(lua, -1) ? luaL_len(lua, -1) : 0;
  for (lua_Integer i = 1; i <= n; ++i) {
    lua_geti(lua, -1, i);
    process->supervise(check_cap(lua, -1)->cap);
    lua_pop(lua, 1);
  }
  lua_pop(lua, 1);
}

/// start(table): a process; or nil, what failed, error number
int start(lua_State *lua)
{
  alignas(16) static char scratch[Stack_image];

  luaL_checktype(lua, 1, LUA_TTABLE);
  lua_settop(lua, 1);
  l4_cap_idx_t const rm_factory = grant(lua, "rm_fab").cap, l4re = grant(lua, "l4re").cap;
  Ldr::Process_config c = config(lua);
  c.scratch = scratch;
  c.scratch_size = sizeof(scratch);

  auto *const process = new (lua_newuserdatauv(lua, sizeof(Process), 0)) Process;
  luaL_setmetatable(lua, Process_type);
  Ldr::Status status = process->prepare(rm_factory);
  lua_getfield(lua, 1, "name");
  if (status.ok())
    status = process->start(&c, l4re, c.mem_alloc.cap, luaL_optstring(lua, -1, "program"));
  lua_pop(lua, 1);
  if (status.ok()) {
    supervise(lua, process);
    return 1;
  }

  process->reclaim();
  lua_pushnil(lua);
  lua_pushstring(lua, status.what);
  lua_pushinteger(lua, status.err);
  return 3;
}

/// state(process): "running", "exited" and the exit status, or "killed"
int state(lua_State *lua)
{
  Process const *const p = check_process(lua, 1);
  switch (p->state()) {
  case Process::State::Exited:
    lua_pushliteral(lua, "exited");
    lua_pushinteger(lua, p->exit_code());
    return 2;
  case Process::State::Running:
    lua_pushliteral(lua, "running");
    return 1;
  default:
    lua_pushliteral(lua, "killed");
    return 1;
  }
}

int kill(lua_State *lua)
{
  check_process(lua, 1)->kill();
  return 0;
}

/// process_memory(process): bytes of memory, bytes of addresses; or nothing
int process_memory(lua_State *lua)
{
  l4_umword_t present, attached;
  if (!check_process(lua, 1)->memory(&present, &attached)) return 0;
  lua_pushinteger(lua, static_cast<lua_Integer>(present));
  lua_pushinteger(lua, static_cast<lua_Integer>(attached));
  return 2;
}

/// thread_figures(process, debugger, index): kernel memory used and its limit, state, priority,
/// CPU, microseconds of CPU time, name; or nothing
int thread_figures(lua_State *lua)
{
  constexpr l4_umword_t Figures = 0x502; // docs/kernel.md section 15
  Process const *const process = check_process(lua, 1);
  l4_cap_idx_t const debugger = check_cap(lua, 2)->cap;
  if (l4_is_invalid_cap(process->task())) return 0;
  l4_msg_regs_t *const m = l4_utcb_mr();
  m->mr[0] = Figures;
  m->mr[1] = static_cast<l4_umword_t>(luaL_checkinteger(lua, 3));
  __l4_cap_argument(m, 2, process->task());
  l4_msgtag_t const tag =
      l4_ipc_call(debugger, l4_utcb(), l4_msgtag(L4_PROTO_DEBUGGER, 2, 1, 0), L4_IPC_NEVER);
  if (l4_error(tag) < 0) return 0;
  l4_umword_t out[6];
  memcpy(out, m->mr, sizeof(out));
  for (l4_umword_t n : {out[0], out[1], out[2] & 0xff, out[2] >> 8 & 0xff, out[2] >> 16, out[3]})
    lua_pushinteger(lua, static_cast<lua_Integer>(n));
  char name[sizeof(out[4]) * 2 + 1] = {};
  memcpy(name, &out[4], sizeof(name) - 1);
  lua_pushstring(lua, name);
  return 7;
}

/// serve(microseconds or nil): wait for one message; false if none came
int serve_one(lua_State *lua)
{
  l4_cpu_time_t deadline = Forever;
  if (!lua_isnoneornil(lua, 1))
    deadline = now() + static_cast<l4_cpu_time_t>(lua_tointeger(lua, 1));
  lua_pushboolean(lua, serve(deadline));
  return 1;
}

/// now(): kernel clock, microseconds
int clock_now(lua_State *lua)
{
  lua_pushinteger(lua, static_cast<lua_Integer>(now()));
  return 1;
}

} // namespace

void add_process_functions(lua_State *lua)
{
  luaL_newmetatable(lua, Process_type);
  lua_pushcfunction(lua, process_gc);
  lua_setfield(lua, -2, "__gc");
  lua_pop(lua, 1);

  constexpr luaL_Reg functions[] = {
      {"start", start},
      {"process_state", state},
      {"kill", kill},
      {"serve", serve_one},
      {"now", clock_now},
      {"process_memory", process_memory},
      {"thread_figures", thread_figures},
      {nullptr, nullptr},
  };
  luaL_setfuncs(lua, functions, 0);
}

} // namespace Ned
