-- SPDX-License-Identifier: MIT
-- Loaders: from an environment table to a running program.
local core, L4 = ...
local message, environment = L4.__message, L4.__env
local fail, warn_user, fail_system = message.fail, message.warn, message.fail_system
local check_keys, single = environment.check_keys, environment.single
local fabricator, basename = environment.fabricator, environment.basename
local resolve = L4.__resolve

local Loader = message.watch_misses("a loader", {})
Loader.__index = Loader
L4.Loader = Loader

-- Raises if `object` is no object of `class`.
local function check_class(object, class)
  if getmetatable(object) ~= class then fail("object of another class: is the ':' missing?") end
end
L4.Class = { check = check_class }
Loader.check = check_class

local Loader_keys = {
  loader = true, mem = true, log_fab = true, ns_fab = true, rm_fab = true, sched_fab = true,
  factory = true, dbg_events = true, default_caps = true, scheduler = true,
}

function Loader.new(proto)
  if type(proto) ~= "table" then fail("Loader.new: a table is expected, for example {}") end
  check_keys(proto, Loader_keys, "a loader")
  proto.factory = proto.factory or L4.Env.factory
  proto.mem = proto.mem or L4.Env.mem_alloc
  return setmetatable(proto, Loader)
end

function Loader:new_channel()
  check_class(self, Loader)
  return L4.__new_channel(self.factory:create(L4.Proto.Ipc_gate))
end

function Loader:fill_namespace(ns, content, fab)
  ns = L4.cast(L4.Proto.Namespace, ns)
  for name, value in pairs(content) do
    ns:register(name, value, function(t) return self:create_namespace(t, fab):m("rws") end)
  end
  return ns
end

function Loader:create_namespace(content, fab)
  check_class(self, Loader)
  fab = fab or self.ns_fab or self.loader or self.mem
  local ns = L4.cast(L4.Proto.Factory, fab):create(L4.Proto.Namespace)
  return self:fill_namespace(ns, content, fab)
end

local Proxy_keys = { cpus = true, prio_offset = true, prio_limit = true, fab = true }

function Loader:create_sched_proxy(options)
  check_keys(options, Proxy_keys, "create_sched_proxy")
  local offset = options.prio_offset or 0
  local limit = options.prio_limit or offset + 10
  local fab = options.fab or self.sched_fab or self.loader or self.mem
  local masks = (options.cpus or L4.Cpu_set:new()):masks()
  return L4.cast(L4.Proto.Factory, fab):create(L4.Proto.Scheduler, limit, offset,
                                               table.unpack(masks))
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
  local words, variables = {}, {}
  for i = 1, select("#", ...) do
    local word = select(i, ...)
    if type(word) == "table" then
      for name, value in pairs(word) do variables[#variables + 1] = name .. "=" .. value end
    elseif word ~= nil then
      words[#words + 1] = tostring(word)
    end
  end
  table.sort(variables)
  return words, variables
end

-- Below this many bytes not even a small program starts: of user and of kernel memory.
local Small_program, Small_in_kernel = 65536, 131072

local function quota_hint(code, config)
  if code ~= -12 then return "" end
  local kernel_limit = L4.__kernel_limit(config.factory)
  if kernel_limit and kernel_limit < Small_in_kernel then
    return string.format(": the kernel factory 'factory' has a limit of %d bytes; a small " ..
                         "program needs %d", kernel_limit, Small_in_kernel)
  end
  local quota, used = core.memory_info(config.mem)
  if not quota or quota == -1 then return ": no memory left" end
  return string.format(": the quota of 'mem' is %d bytes, %d are used; a small program needs " ..
                       "%d, so %d would do", quota, used, Small_program, used + Small_program)
end

-- All that core.start() wants to know.
local function configure(self, env, program, ...)
  local words, variables = split_words(program, ...)
  local loader = env.loader or self
  local config = {
    program = program, name = basename(program), where = message.place() or "?",
    l4re = find_l4re(env),
    rm_fab = fabricator(env, loader, "rm_fab"),
    mem = single(env, loader, "mem", L4.Env.mem_alloc),
    factory = single(env, loader, "factory", L4.Env.factory),
    scheduler = single(env, loader, "scheduler", L4.Env.scheduler),
    dbg_events = single(env, loader, "dbg_events"),
    kip = L4.Env.kip,
    l4re_dbg = env.l4re_dbg or L4.Dbg.Warn,
    ldr_flags = env.ldr_flags, base = env.base, itas_base = env.itas_base,
    restart = environment.make_restart(env.restart),
    log = environment.make_log(env, loader, program),
    caps = environment.make_caps(env, loader),
    args = words, envs = variables,
  }
  environment.check_factory("mem", config.mem)
  environment.check_factory("factory", config.factory)
  config.gates = L4.__served_gates(config.caps)
  if config.restart then config.supervised = config.gates end
  return config
end

function Loader:startv(env, program, ...)
  if getmetatable(self) ~= Loader then fail("start is a method: write loader:start(...)") end
  environment.check(env)
  if type(program) ~= "string" or program == "" then
    fail("start: the program is a path, for example 'rom/hello', but this is a %s", type(program))
  end
  local config = configure(self, env, program, ...)
  warn_if_missing(program, config.caps)

  local process, what, code = core.start(config)
  if not process then
    fail_system(code, "could not create process '%s': %s%s", program, what,
                quota_hint(code, config))
  end
  return L4.__new_task(process, config)
end

-- Words of a string, and the POSIX environment behind them.
function Loader.split_args(text, variables)
  local words = {}
  for word in tostring(text):gmatch("%S+") do words[#words + 1] = word end
  words[#words + 1] = variables
  return table.unpack(words)
end

function Loader:start(env, command, variables)
  if getmetatable(self) ~= Loader then fail("start is a method: write loader:start(...)") end
  environment.check(env)
  if type(command) ~= "string" then
    fail("start: the command is a string, for example 'rom/hello', but this is a %s",
         type(command))
  end
  return self:startv(env, Loader.split_args(command, variables))
end

local Backtracer_keys = { prog = true, args = true }

-- Start the server that prints backtraces; programs started later report their crashes to it.
function Loader:start_backtracer(options)
  check_class(self, Loader)
  options = options or {}
  check_keys(options, Backtracer_keys, "start_backtracer")
  if not options.prog and not resolve("rom/backtracer") then
    fail("start_backtracer: there is no program 'backtracer' here: 'l4re' itself prints who called " ..
         "whom when a program crashes. A server of your own: start_backtracer{ prog = 'rom/x' }")
  end
  local channel = self:new_channel()
  local task = self:startv({ caps = { svr = channel:svr() }, log = { "backtrace", "red" } },
                           options.prog or "rom/backtracer", table.unpack(options.args or {}))
  self.dbg_events = channel
  return task
end

L4.default_loader = Loader.new {
  factory = L4.Env.factory, mem = L4.Env.mem_alloc, dbg_events = L4.Env.dbg_events,
}

-- Environments as objects: App_env.new(env):start("rom/prog words").
local App_env = message.watch_misses("an environment", {})
App_env.__index = App_env
L4.App_env = App_env

function App_env.new(proto) return setmetatable(proto, App_env) end

local function loader_of(env) return env.loader or L4.default_loader end
function App_env:start(...) return loader_of(self):start(self, ...) end
function App_env:startv(...) return loader_of(self):startv(self, ...) end

-- The older, low-level form: starts with the loader of the environment table.
function L4.exec(env, ...) return loader_of(env):startv(env, ...) end
