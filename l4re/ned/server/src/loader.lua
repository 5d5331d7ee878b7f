-- SPDX-License-Identifier: MIT
-- Loaders: from an environment table to a running program.
local core, L4 = ...
local message = L4.__message
local fail = message.fail
local warn_user = message.warn
local fail_system = message.fail_system
local suggestion = message.suggestion
local is_cap, evaluate, resolve = L4.__is_cap, L4.__evaluate, L4.__resolve

local Env_keys = {
  caps = true, log = true, mem = true, factory = true, scheduler = true, rm_fab = true,
  log_fab = true, ns_fab = true, sched_fab = true, dbg_events = true, l4re_dbg = true,
  ldr_flags = true, base = true, itas_base = true, l4re_loader = true, ns = true, loader = true,
  default_caps = true, parent = true,
}

local function check_env(env)
  if type(env) ~= "table" then
    fail("start: the first argument is the environment, a table, for example {}")
  end
  for key in pairs(env) do
    if not Env_keys[key] then
      fail("an environment has no '%s'; %s", tostring(key), suggestion(key, Env_keys))
    end
  end
end

local function default_caps()
  return { rom = L4.Env.rom and L4.Env.rom:m("r") }
end

local Loader = {}
Loader.__index = Loader
L4.Loader = Loader

function Loader.new(proto)
  proto.factory = proto.factory or L4.Env.factory
  return setmetatable(proto, Loader)
end

function Loader.check(object, class)
  if getmetatable(object) ~= class then fail("object of another class: is the ':' missing?") end
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

local Other_fabs = { log_fab = true, ns_fab = true, rm_fab = true, sched_fab = true }

local function fabricator(env, loader, key)
  assert(Other_fabs[key])
  return single(env, loader, key, loader.loader or loader.mem)
end

function Loader:new_channel()
  return self.factory:create(L4.Proto.Ipc_gate)
end

function Loader:fill_namespace(ns, content, fab)
  ns = L4.cast(L4.Proto.Namespace, ns)
  for name, value in pairs(content) do
    ns:register(name, value, function(t) return self:create_namespace(t, fab):m("rws") end)
  end
  return ns
end

function Loader:create_namespace(content, fab)
  fab = fab or self.ns_fab or self.loader or self.mem
  return self:fill_namespace(L4.cast(L4.Proto.Factory, fab):create(L4.Proto.Namespace), content, fab)
end

function Loader:create_sched_proxy(options)
  local known = { cpus = true, prio_offset = true, prio_limit = true, fab = true }
  for key in pairs(options) do
    if not known[key] then
      fail("create_sched_proxy has no '%s'; %s", tostring(key), suggestion(key, known))
    end
  end
  local offset = options.prio_offset or 0
  local limit = options.prio_limit or offset + 10
  local fab = options.fab or self.sched_fab or self.loader or self.mem
  local masks = (options.cpus or L4.Cpu_set:new()):masks()
  return L4.cast(L4.Proto.Factory, fab):create(L4.Proto.Scheduler, limit, offset,
                                               table.unpack(masks))
end

local function basename(program) return program:match("([^/]+)$") or program end

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
  return L4.cast(L4.Proto.Factory, fab):create(L4.Proto.Log, table.unpack(log)):m("rw")
end

-- Named capabilities as list of {name, capability}.
local function make_caps(env, loader)
  local caps, list = env.caps or {}, {}
  for name, cap in pairs(loader.default_caps or default_caps()) do
    if not caps[name] then caps[name] = cap end
  end
  for name, value in pairs(caps) do
    if type(name) ~= "string" or #name < 1 or #name > 16 then
      fail("'%s': the name of a capability must have 1 to 16 characters", tostring(name))
    end
    value = evaluate(value, caps)
    if type(value) == "table" then
      value = loader:create_namespace(value, fabricator(env, loader, "ns_fab")):m("r")
    end
    if is_cap(value) then list[#list + 1] = { name, value } end
  end
  table.sort(list, function(a, b) return a[1] < b[1] end)
  return list
end

-- A word to the user if the program's own `rom` is ned's and does not have it.
local function warn_if_missing(program, caps)
  local first, rest = program:match("^/?([^/]+)/(.+)$")
  if not first then
    warn_user("'%s' is no path: programs are named by where they are, for example 'rom/%s'",
              program, program)
    return
  end
  for _, entry in ipairs(caps) do
    if entry[1] == first then
      if entry[2] == L4.Env[first] and not resolve(program) then
        warn_user("there is no program '%s'%s", program, first == "rom" and string.format(
          ": add the line 'module %s' to the entry in modules.lst", rest) or "")
      end
      return
    end
  end
  warn_user("the program '%s' cannot find itself: its environment has no capability '%s'",
            program, first)
end

local function find_l4re(env)
  local path = env.l4re_loader or "rom/l4re"
  local file = resolve(path)
  if not file then
    fail("there is no '%s', which loads every program: add the line 'module %s' to the entry",
         path, basename(path))
  end
  return file
end

-- Argument words and, if the last one is a table, the POSIX environment as "NAME=value".
local function split_words(...)
  local words, environment = {}, {}
  for i = 1, select("#", ...) do
    local word = select(i, ...)
    if type(word) == "table" then
      for name, value in pairs(word) do environment[#environment + 1] = name .. "=" .. value end
    elseif word ~= nil then
      words[#words + 1] = tostring(word)
    end
  end
  table.sort(environment)
  return words, environment
end

local function quota_hint(code, mem)
  if code ~= -12 then return "" end
  local quota, used = core.memory_info(mem)
  if not quota or quota == -1 then return ": no memory left" end
  return string.format(": the quota of 'mem' is %d bytes, %d are used; give the factory more, " ..
                       "a small program needs 65536", quota, used)
end

function Loader:startv(env, program, ...)
  if getmetatable(self) ~= Loader then fail("start is a method: write loader:start(...)") end
  check_env(env)
  if type(program) ~= "string" or program == "" then
    fail("start: the program is a path, for example 'rom/hello', but this is a %s", type(program))
  end
  local words, environment = split_words(program, ...)
  local loader = env.loader or self
  local config = {
    l4re = find_l4re(env),
    rm_fab = fabricator(env, loader, "rm_fab"),
    mem = single(env, loader, "mem", L4.Env.mem_alloc),
    factory = single(env, loader, "factory", L4.Env.factory),
    scheduler = single(env, loader, "scheduler", L4.Env.scheduler),
    dbg_events = single(env, loader, "dbg_events"),
    kip = L4.Env.kip,
    l4re_dbg = env.l4re_dbg or L4.Dbg.Warn,
    ldr_flags = env.ldr_flags, base = env.base, itas_base = env.itas_base,
    log = make_log(env, loader, program),
    caps = make_caps(env, loader),
    args = words, envs = environment,
  }
  warn_if_missing(program, config.caps)

  local process, what, code = core.start(config)
  if not process then
    fail_system(code, "could not create process '%s': %s%s", program, what,
                quota_hint(code, config.mem))
  end
  return L4.__new_task(process, program)
end

-- Words of a string, and the POSIX environment behind them.
function Loader.split_args(text, environment)
  local words = {}
  for word in tostring(text):gmatch("%S+") do words[#words + 1] = word end
  words[#words + 1] = environment
  return table.unpack(words)
end

function Loader:start(env, command, environment)
  check_env(env)
  if type(command) ~= "string" then
    fail("start: the command is a string, for example 'rom/hello', but this is a %s",
         type(command))
  end
  return self:startv(env, Loader.split_args(command, environment))
end

L4.default_loader = Loader.new {
  factory = L4.Env.factory, mem = L4.Env.mem_alloc, dbg_events = L4.Env.dbg_events,
}

-- The older, low-level form: starts with the loader of the environment table.
function L4.exec(env, ...)
  return (env.loader or L4.default_loader):startv(env, ...)
end
