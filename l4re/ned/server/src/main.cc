// SPDX-License-Identifier: MIT
/*
 * Ned, the init process: runs a Lua script that starts the programs of the system.
 * Command line and messages: moe-ned-sigma0.md section 3.1.
 */
#include "cap.h"
#include "command.h"
#include "process_lua.h"

#include <lua.hpp>

#include <stdio.h>
#include <string.h>

#define LUA_PART(name) extern char const _binary_##name##_lua_start[], _binary_##name##_lua_end[]
LUA_PART(message);
LUA_PART(l4);
LUA_PART(caps);
LUA_PART(cpu_set);
LUA_PART(channel);
LUA_PART(task);
LUA_PART(env);
LUA_PART(loader);
LUA_PART(observe);
LUA_PART(help);
LUA_PART(prompt);
#undef LUA_PART

namespace {

struct Lua_part {
  char const *start, *end;
};

/// The Lua files of the module L4; each may use those before it.
constexpr Lua_part parts[] = {
    {_binary_message_lua_start, _binary_message_lua_end},
    {_binary_l4_lua_start, _binary_l4_lua_end},
    {_binary_caps_lua_start, _binary_caps_lua_end},
    {_binary_cpu_set_lua_start, _binary_cpu_set_lua_end},
    {_binary_channel_lua_start, _binary_channel_lua_end},
    {_binary_task_lua_start, _binary_task_lua_end},
    {_binary_env_lua_start, _binary_env_lua_end},
    {_binary_loader_lua_start, _binary_loader_lua_end},
    {_binary_observe_lua_start, _binary_observe_lua_end},
    {_binary_help_lua_start, _binary_help_lua_end},
    {_binary_prompt_lua_start, _binary_prompt_lua_end},
};

enum class Afterwards { Serve, Exit, Wait };

struct Options {
  Afterwards afterwards = Afterwards::Serve;
  int script = 0; ///< index in argv, 0 if there is none
};

/// Push a member of the module L4.
void push_member(lua_State *lua, char const *name)
{
  luaL_getsubtable(lua, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
  lua_getfield(lua, -1, "L4");
  lua_getfield(lua, -1, name);
  lua_insert(lua, -3);
  lua_pop(lua, 2);
}

/// Run the function on top of the stack with `args` arguments; errors are printed.
bool run(lua_State *lua, int args, char const *what)
{
  int const base = lua_gettop(lua) - args;
  push_member(lua, "__explain");
  lua_insert(lua, base);
  bool const ok = lua_pcall(lua, args, 0, base) == LUA_OK;
  if (!ok) {
    fprintf(stderr, "Ned: error in %s:\n%s\n", what, lua_tostring(lua, -1));
    lua_pop(lua, 1);
  }
  lua_remove(lua, base);
  return ok;
}

/// `require "L4"` gives the table that the Lua files fill in.
int open_l4(lua_State *lua)
{
  lua_newtable(lua); // L4
  lua_newtable(lua); // core
  Ned::add_cap_functions(lua);
  Ned::add_object_functions(lua);
  Ned::add_process_functions(lua);
  Ned::add_gate_functions(lua);
  for (Lua_part const &part : parts) {
    size_t const size = static_cast<size_t>(part.end - part.start);
    if (luaL_loadbuffer(lua, part.start, size, "=[ned]") != LUA_OK) return lua_error(lua);
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, -4);
    lua_call(lua, 2, 0);
  }
  lua_pop(lua, 1);
  return 1;
}

lua_State *open_lua()
{
  lua_State *const lua = luaL_newstate();
  if (!lua) return nullptr;
  luaL_openlibs(lua);
  luaL_dostring(lua, "package.path = './?.lua;rom/?.lua'; package.cpath = ''");
  luaL_requiref(lua, "L4", open_l4, 0);
  lua_pop(lua, 1);
  return lua;
}

/// Run a statement of the option -e; errors are printed and ignored.
void execute(lua_State *lua, char const *statement)
{
  if (luaL_loadbuffer(lua, statement, strlen(statement), "=-e") == LUA_OK) {
    run(lua, 0, "the statement of -e");
  } else {
    fprintf(stderr, "Ned: error in the statement of -e:\n%s\n", lua_tostring(lua, -1));
    lua_pop(lua, 1);
  }
}

Options parse(lua_State *lua, int argc, char **argv)
{
  Options o;
  int i = 1;
  if (i < argc && !strcmp(argv[i], "--exit")) {
    o.afterwards = Afterwards::Exit;
    ++i;
  } else if (i < argc && !strcmp(argv[i], "--wait-and-exit")) {
    o.afterwards = Afterwards::Wait;
    ++i;
  }
  for (; i < argc; ++i) {
    if (!strcmp(argv[i], "-e") || !strcmp(argv[i], "--execute")) {
      if (++i == argc) {
        fprintf(stderr, "Ned: %s needs a Lua statement behind it\n", argv[i - 1]);
        break;
      }
      execute(lua, argv[i]);
    } else if (argv[i][0] == '-' && argv[i][1]) {
      fprintf(stderr, "Ned: unknown option '%s' is ignored; known: --exit, --wait-and-exit (first "
                      "word), -e STATEMENT\n", argv[i]);
    } else {
      o.script = i;
      break;
    }
  }
  return o;
}

bool run_script(lua_State *lua, int argc, char **argv, int script)
{
  lua_createtable(lua, argc - script, 1);
  for (int i = script; i < argc; ++i) {
    lua_pushstring(lua, argv[i]);
    lua_rawseti(lua, -2, i - script);
  }
  lua_setglobal(lua, "arg");

  printf("Ned: loading file: '%s'\n", argv[script]);
  if (luaL_loadfile(lua, argv[script]) != LUA_OK) {
    fprintf(stderr, "Ned: %s\n", lua_tostring(lua, -1));
    if (!strncmp(argv[script], "rom/", 4) && !strncmp(lua_tostring(lua, -1), "cannot open", 11))
      fprintf(stderr, "Ned: a script is a boot module: add the line 'module %s' to the entry\n",
              argv[script] + 4);
    lua_pop(lua, 1);
    return false;
  }
  return run(lua, 0, argv[script]);
}

/// Call a function of the Lua part by its name; what can fail in it are exit handlers.
bool call(lua_State *lua, char const *function)
{
  push_member(lua, function);
  return run(lua, 0, "an exit handler");
}

} // namespace

int main(int argc, char **argv)
{
  setvbuf(stdout, nullptr, _IOLBF, 0);
  printf("Ned says: Hi World!\n");
  lua_State *const lua = open_lua();
  if (!lua) {
    fprintf(stderr, "Ned: no memory for Lua: give the machine more memory (QEMU: -m)\n");
    return 1;
  }

  Options const options = parse(lua, argc, argv);
  bool ok = true;
  if (options.script)
    ok = run_script(lua, argc, argv, options.script);
  else
    fprintf(stderr, "Ned: no script: name one, for example 'roottask moe rom/hello.cfg'\n");

  call(lua, "__check_channels");
  switch (options.afterwards) {
  case Afterwards::Exit: return ok ? 0 : 1;
  case Afterwards::Wait:
    while (!call(lua, "__wait_for_all")) {
      // A handler failed; its program was taken note of, and the others are still to be waited for.
    }
    return ok ? 0 : 1;
  case Afterwards::Serve: break;
  }
  for (;;)
    call(lua, "__serve");
}
