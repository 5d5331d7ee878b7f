-- SPDX-License-Identifier: MIT
-- Environment tables: what the keys mean, and what a program gets of them.
local core, L4 = ...
local message = L4.__message
local fail, suggestion = message.fail, message.suggestion
local is_cap, evaluate = L4.__is_cap, L4.__evaluate

local Env_keys = {
  caps = true, log = true, mem = true, factory = true, scheduler = true, rm_fab = true,
  log_fab = true, ns_fab = true, dbg_events = true, l4re_dbg = true, ldr_flags = true,
  base = true, itas_base = true, l4re_loader = true, ns = true, loader = true,
  default_caps = true, restart = true,
}

-- All keys of `t` are keys of `known`, or the script fails.
local function check_keys(t, known, what)
  for key in pairs(t) do
    if not known[key] then
      fail("%s has no '%s'; %s", what, tostring(key), suggestion(key, known))
    end
  end
end

local function check_env(env)
  if type(env) ~= "table" then
    fail("start: the first argument is the environment, a table, for example {}")
  end
  check_keys(env, Env_keys, "an environment")
end

-- The value of `key` in env or loader, or `otherwise`: a capability.
local function single(env, loader, key, otherwise)
  local value = env[key]
  if value == nil then value = loader[key] end
  if value == nil then value = otherwise end
  value = evaluate(value, env)
  if value ~= nil and not is_cap(value) then
    fail("'%s' in the environment: capability expected, but this is a %s", key, type(value))
  end
  return value
end

-- A factory that the program gets must be of use to it.
local function check_factory(key, cap)
  local _, rights = core.facts(cap)
  if rights & L4.Rights.s == 0 then
    message.warn("'%s' is given without the right 's': the program can create nothing with it; " ..
                 "write %s = factory:m('rws')", key, key)
  end
end

local function fabricator(env, loader, key)
  return single(env, loader, key, loader.loader or loader.mem)
end

local function basename(program) return program:match("([^/]+)$") or program end

local Colours = "nrgybmcw"

local function check_colour(colour)
  if colour == nil then return end
  if type(colour) == "string" and #colour > 0 then
    if Colours:find(colour:sub(1, 1):lower(), 1, true) then return end
  elseif math.type(colour) == "integer" and colour >= 0 and colour <= 15 then
    return
  end
  fail("'%s' is no colour of a log; write red, green, yellow, blue, magenta, cyan, white, none, " ..
       "with a capital letter for the bright ones, or a number from 0 to 15", tostring(colour))
end

-- The log capability: as given, or made by the log factory from {tag, colour}.
local function make_log(env, loader, program)
  local log = evaluate(env.log, env)
  if is_cap(log) then return log end
  if log ~= nil and type(log) ~= "table" then
    fail("'log' in the environment is a capability or a table {tag, colour}, but this is a %s",
         type(log))
  end
  local fab = fabricator(env, loader, "log_fab")
  if not fab then fail("there is no factory for logs: set 'log_fab' in the environment") end
  log = log or { basename(program) }
  check_colour(log[2])
  return L4.cast(L4.Proto.Factory, fab):create(L4.Proto.Log, table.unpack(log)):m("rw")
end

local function default_caps()
  return { rom = L4.Env.rom and L4.Env.rom:m("r") }
end

-- Named capabilities as list of {name, capability}.
local function make_caps(env, loader)
  local caps, list = {}, {}
  for _, source in ipairs { env.default_caps or loader.default_caps or default_caps(),
                            env.ns or {}, env.caps or {} } do
    if type(source) ~= "table" then
      fail("'caps' in the environment is a table {name = capability}, but this is a %s",
           type(source))
    end
    for name, value in pairs(source) do caps[name] = value or caps[name] end
  end
  for name, value in pairs(caps) do
    if type(name) ~= "string" or #name < 1 or #name > 16 then
      fail("'%s': the name of a capability must have 1 to 16 characters", tostring(name))
    end
    value = evaluate(value, caps)
    if type(value) == "table" then
      value = loader:create_namespace(value, fabricator(env, loader, "ns_fab")):m("r")
    end
    if is_cap(value) then
      list[#list + 1] = { name, value }
    elseif value ~= nil and value ~= false then
      fail("caps.%s: a capability, a function or a table is expected, but this is a %s", name,
           type(value))
    end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

local Restart_keys = { max = true, backoff = true, stable = true, always = true }

-- The key `restart`: true, a number, or a table. Nil: not started again.
local function make_restart(restart)
  if not restart then return nil end
  if restart == true then restart = {} end
  if type(restart) == "number" then restart = { max = restart } end
  if type(restart) ~= "table" then
    fail("'restart' in the environment is true, a number, or a table such as { max = 5, " ..
         "backoff = 100 }, but this is a %s", type(restart))
  end
  check_keys(restart, Restart_keys, "restart")
  for _, key in ipairs { "max", "backoff", "stable" } do
    local value = restart[key]
    if value ~= nil and (type(value) ~= "number" or value < 0) then
      fail("restart.%s is a number, not '%s'", key, tostring(value))
    end
  end
  return { max = restart.max or 5, backoff = restart.backoff or 0, stable = restart.stable or 10,
           always = restart.always }
end

L4.__env = {
  check = check_env, check_keys = check_keys, single = single, fabricator = fabricator,
  basename = basename, make_log = make_log, make_caps = make_caps,
  check_factory = check_factory, make_restart = make_restart,
}
