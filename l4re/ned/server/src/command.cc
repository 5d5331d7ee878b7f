// SPDX-License-Identifier: MIT
/*
 * Gates in the hands of ned: the command channel of `L4.server_loop` (l4re-protocols.md section
 * 22), and the gates of servers that died.
 *
 * A command is only noted here; Lua takes it with `command()`, runs it and answers.
 */
#include "cap.h"
#include "command.h"
#include "server.h"

#include <l4/ned/cmd_control>
#include <l4/re/env>
#include <l4/re/util/cap_alloc>
#include <l4/sys/err.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc_gate.h>
#include <l4/sys/rcv_endpoint.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/thread.h>

#include <string.h>

namespace Ned {

namespace {

using L4Re::Ned::Cmd_control;

/// The command that arrived last, until Lua takes it: `serve()` returns after every message.
class Command_server final : public L4::Epiface_t0<Command_server, Cmd_control> {
public:
  long op_execute(Cmd_control::Rights, L4::Ipc::String<> const &text, L4::Ipc::Array_ref<char> &)
  {
    if (text.length > sizeof(_text)) return -L4_EMSGTOOLONG;
    L4::Reply_cap_idx const caller = keep_caller();
    if (!caller.is_valid()) return -L4_EAGAIN;
    _length = text.length - 1; // without the 0
    memcpy(_text, text.data, _length);
    _caller = caller;
    return -L4_ENOREPLY;
  }

  /// Push text and caller of a new command. \return number of values, 0 if there is none
  int take(lua_State *lua)
  {
    if (!_caller.is_valid()) return 0;
    lua_pushlstring(lua, _text, _length);
    lua_pushinteger(lua, static_cast<lua_Integer>(_caller.cap()));
    _caller = L4::Reply_cap_idx();
    return 2;
  }

private:
  char _text[Cmd_control::Max_command + 1];
  l4_size_t _length = 0;
  L4::Reply_cap_idx _caller;
};

Command_server command_server;

/// bind(gate): commands arrive through this gate; a negative error number if that is impossible
int bind(lua_State *lua)
{
  auto const label = reinterpret_cast<l4_umword_t>(static_cast<L4::Epiface *>(&command_server));
  long const error = l4_error(
      l4_rcv_ep_bind_thread(check_cap(lua, 1)->cap, L4Re::Env::env()->main_thread().cap(), label));
  lua_pushinteger(lua, error);
  return 1;
}

/// command(): text and caller, or nothing
int command(lua_State *lua)
{
  return command_server.take(lua);
}

/// answer(caller, text or error number)
int answer_command(lua_State *lua)
{
  L4::Reply_cap_idx const caller(static_cast<l4_cap_idx_t>(luaL_checkinteger(lua, 1)));
  if (lua_isinteger(lua, 2)) {
    answer(caller, l4_msgtag(static_cast<long>(lua_tointeger(lua, 2)), 0, 0, 0));
    return 0;
  }
  size_t length;
  char const *const text = luaL_checklstring(lua, 2, &length);
  if (length > Cmd_control::Max_result) length = Cmd_control::Max_result;
  auto *const data = reinterpret_cast<char *>(l4_utcb_mr()->mr);
  auto const size = static_cast<l4_uint16_t>(length);
  memcpy(data, &size, sizeof(size));
  memcpy(data + sizeof(size), text, length);
  unsigned const words = static_cast<unsigned>(l4_bytes_to_mwords(sizeof(size) + length));
  answer(caller, l4_msgtag(0, words, 0, 0));
  return 0;
}

/// gate_state(gate): "unbound", "bound" or "orphaned"; nil if it is no gate with server right
int gate_state(lua_State *lua)
{
  switch (l4_ipc_gate_state(check_cap(lua, 1)->cap)) {
  case L4_IPC_GATE_UNBOUND:
    lua_pushliteral(lua, "unbound");
    break;
  case L4_IPC_GATE_BOUND:
    lua_pushliteral(lua, "bound");
    break;
  case L4_IPC_GATE_ORPHANED:
    lua_pushliteral(lua, "orphaned");
    break;
  default:
    lua_pushnil(lua);
    break;
  }
  return 1;
}

/// unbind(gate): callers wait for the next server
int unbind(lua_State *lua)
{
  l4_ipc_gate_unbind(check_cap(lua, 1)->cap);
  return 0;
}

/// orphan(gate): nobody will serve it any more; callers that wait, and all others, get an error
int orphan(lua_State *lua)
{
  l4_cap_idx_t const gate = check_cap(lua, 1)->cap;
  if (l4_ipc_gate_state(gate) != L4_IPC_GATE_UNBOUND) return 0;
  auto const thread = L4Re::Util::cap_alloc.alloc<L4::Thread>();
  if (!thread.is_valid()) return 0;
  auto const *const env = L4Re::Env::env();
  if (l4_error(l4_factory_create_thread(env->factory().cap(), thread.cap())) >= 0)
    l4_rcv_ep_bind_thread(gate, thread.cap(), 0);
  L4Re::Util::cap_alloc.free(thread, L4_BASE_TASK_CAP, L4_FP_DELETE_OBJ);
  return 0;
}

} // namespace

void add_gate_functions(lua_State *lua)
{
  constexpr luaL_Reg functions[] = {
      {"bind", bind},     {"command", command},       {"answer", answer_command},
      {"unbind", unbind}, {"gate_state", gate_state}, {"orphan", orphan},
      {nullptr, nullptr},
  };
  luaL_setfuncs(lua, functions, 0);
}

} // namespace Ned
