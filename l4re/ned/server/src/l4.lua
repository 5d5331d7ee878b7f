-- SPDX-License-Identifier: MIT
-- The module "L4" of boot scripts (docs/ned.md). `core` are the functions of cap.cc, objects.cc
-- and process_lua.cc.
local core = ...
local L4 = {}

-- Messages ------------------------------------------------------------------------------------

-- "file:line: " of the script line that called into this module.
local function position()
  for level = 2, 100 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    if info.source ~= "=[ned]" and info.currentline > 0 then
      return string.format("%s:%d: ", info.short_src, info.currentline)
    end
  end
  return ""
end

local function fail(format, ...)
  error(position() .. string.format(format, ...), 0)
end

local function warn_user(format, ...)
  print("Ned: " .. position() .. string.format(format, ...))
end

local System_error = { __tostring = function(e) return e.msg end }

-- Errors of the system are tables {msg =, code =}, so that scripts can tell them apart.
local function fail_system(code, format, ...)
  local text = string.format("%s%s: %s (%d)", position(), string.format(format, ...),
                             core.error_text(code), code)
  error(setmetatable({ msg = text, code = code, text, code }, System_error), 0)
end

-- Number of letters to change, insert or leave out to make `b` of `a`.
local function distance(a, b)
  local row = {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local diagonal = row[0]
    row[0] = i
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      diagonal, row[j] = row[j], math.min(row[j] + 1, row[j - 1] + 1, diagonal + cost)
    end
  end
  return row[#b]
end

-- "; did you mean 'x'? Known are: ..." for a word that is not a key of `known`.
local function suggestion(word, known)
  local names, best, best_distance = {}, nil, 3
  for name in pairs(known) do
    name = tostring(name)
    names[#names + 1] = name
    local d = distance(tostring(word), name)
    if d < best_distance then best, best_distance = name, d end
  end
  table.sort(names)
  local hint = best and string.format("did you mean '%s'? ", best) or ""
  return string.format("%sKnown are: %s", hint, table.concat(names, ", "))
end

-- Message handler of main.cc: adds the script's lines that led to an error raised by Lua itself or
-- by a script; our own messages name the line that counts.
function L4.__explain(e)
  local text, lines = tostring(e), {}
  for level = 2, 100 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    if info.currentline > 0 and info.source ~= "=[ned]" then
      lines[#lines + 1] = string.format("%s:%d", info.short_src, info.currentline)
    end
  end
  if #lines > 1 then text = text .. "\n  called from " .. table.concat(lines, ", ", 2) end
  return text
end

-- A table whose misspelt keys are errors.
local function strict(name, t)
  return setmetatable(t, { __index = function(_, key)
    fail("L4.%s has no '%s'; %s", name, tostring(key), suggestion(key, t))
  end })
end

-- Constants -----------------------------------------------------------------------------------

L4.Proto = strict("Proto", {
  Ipc_gate = 0, Sigma0 = -6, Log = -13, Scheduler = -14, Factory = -15, Vm = -16, Dma_space = -17,
  Irq_sender = -18, Semaphore = -20, Iommu = -22, Dataspace = 0x4000, Namespace = 0x4001,
  Goos = 0x4003, Mem_alloc = 0x4004, Rm = 0x4005, Event = 0x4006, Inhibitor = 0x4007,
})
L4.Rights = strict("Rights", { w = 1, s = 2, r = 4, d = 8, n = 16, c = 32, ro = 4, rw = 5, rws = 7 })
L4.Ldr_flags = strict("Ldr_flags", { eager_map = 1, all_segs_cow = 2, pinned_segs = 4 })
L4.Mem_alloc_flags = strict("Mem_alloc_flags", { Continuous = 1, Pinned = 2, Super_pages = 4 })
L4.Dbg = strict("Dbg", {
  Info = 1, Warn = 2, Boot = 4, Server = 0x10, Exceptions = 0x20, Cmd_line = 0x40, Loader = 0x80,
  Name_space = 0x400, All = 0xffffffff,
})

-- Capabilities --------------------------------------------------------------------------------

-- Methods that every capability has.
local void = {
  m = core.mode, mode = core.mode, rights = core.mode, svr = core.svr, is_valid = core.is_valid,
}

local factory, namespace = {}, {}
local empty_class = {}
local by_name, by_proto, mangled = {}, {}, {}

-- The C++ mangling of a qualified name: "L4::Factory" -> "N2L47FactoryE".
function L4.mangle_class(name)
  local parts, out = 0, ""
  for part in name:gmatch("[^:]+") do
    out = out .. #part .. part
    parts = parts + 1
  end
  return parts > 1 and "N" .. out .. "E" or out
end

local function define(name, protocol, methods)
  by_name[name] = methods
  mangled[L4.mangle_class(name)] = methods
  if protocol then by_proto[protocol] = methods end
end

-- The method table of a protocol number or class name; scripts may add methods to it.
function L4.get_cap_class(id)
  if id == "void" then return void end
  return by_proto[id] or by_name[id] or mangled[id]
end

local meta = core.metatable()

-- The class of an object that was not looked up yet. The answer holds for all copies of `cap`.
local function find_class(cap)
  local class = core.class(cap)
  if class then return class end
  local protocol, name = core.interface(cap)
  if not protocol then
    warn_user("the object behind %s does not tell its class: %s", tostring(cap),
              core.error_text(name))
    return empty_class
  end
  class = mangled[name] or (protocol ~= 0 and by_proto[protocol])
  if not class then
    warn_user("no methods are known for objects of class '%s' (protocol %d); " ..
              "use L4.cast(type, cap)", name, protocol)
    class = empty_class
  end
  core.set_class(cap, class)
  return class
end

function meta.__index(cap, key)
  local method = void[key]
  if method ~= nil then return method end
  return find_class(cap)[key]
end

function meta.__newindex(cap, key)
  fail("%s: a capability has no fields to set ('%s')", tostring(cap), tostring(key))
end

function meta.__tostring(cap)
  local class, name = core.class(cap), "void"
  for n, methods in pairs(by_name) do
    if methods == class then name = n end
  end
  local selector, rights = core.facts(cap)
  return string.format("%s[%d, rights 0x%x]", name, selector, rights)
end

-- A value that may be a function giving the capability.
local function evaluate(value, ...)
  if type(value) == "function" then return value(...) end
  return value
end

function L4.cast(id, cap)
  local class = L4.get_cap_class(id)
  cap = evaluate(cap)
  if not class or not core.is_cap(cap) then return nil end
  local alias = core.alias(cap)
  core.set_class(alias, class)
  return alias
end

local function is_cap(value) return core.is_cap(value) end

function factory:create(protocol, ...)
  if math.type(protocol) ~= "integer" then
    fail("create: the type of the object must be a number, such as L4.Proto.Factory, but is %s",
         tostring(protocol))
  end
  local cap, code = core.create(self, protocol, ...)
  if not cap then
    local hint = ""
    if code == -12 then
      local quota, used = core.memory_info(self)
      if quota and quota ~= -1 then
        hint = string.format(": the factory's quota is %d bytes, %d are used", quota, used)
      end
    end
    fail_system(code, "create(%d) failed%s", protocol, hint)
  end
  local class = by_proto[protocol]
  if class then core.set_class(cap, class) end
  return cap
end

-- Quota and memory of a user factory, in bytes.
function factory:info()
  local quota, used, limit, mem_used, free = core.memory_info(self)
  if not quota then fail_system(used, "info failed") end
  return { quota = quota, quota_used = used, mem_limit = limit, mem_used = mem_used,
           mem_free = free }
end

local Default_timeout = 3600000 -- milliseconds

function namespace:query(path, rights)
  return function()
    local cap, code = core.query(self, path, Default_timeout)
    if cap then return core.mode(cap, rights or L4.Rights.r) end
    if code ~= -2 then fail_system(code, "query '%s'", path) end
    return nil
  end
end

-- A path: the first component is a capability of ned's own, the rest is looked up in it.
local function resolve(path)
  local first, rest = path:match("^/?([^/]+)/?(.*)$")
  local cap = first and L4.Env[first]
  if not cap then
    fail("'%s': ned has no capability '%s'; %s", path, tostring(first), suggestion(first, L4.Env))
  end
  if rest == "" then return cap end
  local found, code = core.query(cap, rest, 0)
  if not found then return nil, code end
  return found
end

function namespace:__register(name, cap)
  local ok, code = core.register(self, name, cap)
  if not ok then fail_system(code, "register '%s'", name) end
end

function namespace:register(name, value, fab)
  if type(value) == "string" then value = resolve(value) end
  value = evaluate(value, self, name)
  if type(value) == "table" then value = fab and fab(value) end
  if is_cap(value) then self:__register(name, value) end
end

namespace.q, namespace.r = namespace.query, namespace.register

define("L4::Factory", L4.Proto.Factory, factory)
define("L4Re::Mem_alloc", L4.Proto.Mem_alloc, factory)
define("L4Re::Namespace", L4.Proto.Namespace, namespace)
define("L4::Platform_control", nil,
       { system_suspend = core.suspend, system_shutdown = core.shutdown })
define("L4::Icu", -1, {})
define("L4::Vcon", nil, {})
define("L4Re::Log", L4.Proto.Log, {})
define("L4::Scheduler", L4.Proto.Scheduler, {})
define("L4Re::Dataspace", L4.Proto.Dataspace, {})
define("L4Re::Rm", L4.Proto.Rm, {})

L4.Env = core.env()
for _, name in ipairs { "factory" } do core.set_class(L4.Env[name], factory) end
for _, name in ipairs { "mem_alloc", "user_factory", "mem" } do
  if L4.Env[name] then core.set_class(L4.Env[name], factory) end
end

-- CPU sets ------------------------------------------------------------------------------------

local Cpu_set = {}
Cpu_set.__index = Cpu_set
L4.Cpu_set = Cpu_set

function Cpu_set:new(what)
  local set = setmetatable({ words = {}, all = what == nil }, Cpu_set)
  if type(what) == "table" then
    for _, part in ipairs(what) do set:add(part) end
  elseif what ~= nil then
    set:add(what)
  end
  return set
end

function Cpu_set:add(what)
  if self.all then return self end
  local first, last = what, what
  if type(what) == "string" then
    first, last = what:match("^%s*(%d+)%s*%-%s*(%d+)%s*$")
    first, last = math.tointeger(first), math.tointeger(last)
  end
  if math.type(first) ~= "integer" or first < 0 or last < first then
    fail("a CPU is a number, or a range such as \"0-3\", but not '%s'", tostring(what))
  end
  for cpu = first, last do
    local word = cpu // 64 + 1
    for i = #self.words + 1, word do self.words[i] = 0 end
    self.words[word] = self.words[word] | 1 << cpu % 64
  end
  return self
end

function Cpu_set.masks(set)
  if set.all then return { -1 } end
  return #set.words > 0 and set.words or { 0 }
end

local function combine(a, b, operation)
  local set, x, y = Cpu_set:new {}, a:masks(), b:masks()
  for i = 1, math.max(#x, #y) do
    set.words[i] = operation(x[i] or (a.all and -1 or 0), y[i] or (b.all and -1 or 0))
  end
  return set
end

function Cpu_set.__bor(a, b)
  if a.all or b.all then return Cpu_set:new() end
  return combine(a, b, function(x, y) return x | y end)
end

function Cpu_set.__band(a, b)
  if a.all and b.all then return Cpu_set:new() end
  return combine(a, b, function(x, y) return x & y end)
end

function Cpu_set:__tostring()
  if self.all then return "all" end
  local out, words = {}, self:masks()
  for i = #words, 1, -1 do out[#out + 1] = string.format("%x", words[i]) end
  return table.concat(out, ",")
end

-- Tasks ---------------------------------------------------------------------------------------

local Task = {}
Task.__index = Task
local tasks = {} -- those whose end was not noticed yet: dropping the object does not kill

local function end_of(task)
  local state, code = core.process_state(task.process)
  if state == "running" then return false end
  return true, state == "exited" and code or nil
end

local function reap(task)
  tasks[task] = nil
  task.status = nil
end

-- Take note of the end of a program; with a handler nobody needs to ask any more.
local function notice(task, code)
  tasks[task] = nil
  task.status, task.code = "zombie", code
  local handler = task.handler
  if handler then
    task.handler = nil
    reap(task)
    handler(code)
  end
end

function Task:state() return self.status end

function Task:exit_code() return self.code end

function Task:wait()
  if not self.status then return nil end
  while self.status == "running" do
    local ended, code = end_of(self)
    if ended then notice(self, code) else core.serve() end
  end
  reap(self)
  return self.code
end

function Task:kill()
  if not self.status then return nil end
  if self.status == "zombie" then
    reap(self)
    return self.code
  end
  local ended, code = end_of(self)
  if not ended then core.kill(self.process) end
  notice(self, code)
  reap(self)
  return code or "killed"
end

function Task:exit_handler(handler)
  if not self.status then
    handler(nil)
    return false
  elseif self.status == "zombie" then
    handler(self.code)
    return false
  elseif self.handler then
    fail("task '%s' has an exit handler already", self.name)
  end
  self.handler = handler
  return true
end

function Task:__tostring()
  return string.format("task '%s' (%s)", self.name, self.status or "reaped")
end

local function notice_all()
  local ended = {}
  for task in pairs(tasks) do
    if end_of(task) then ended[#ended + 1] = task end
  end
  for _, task in ipairs(ended) do
    if task.status == "running" then notice(task, select(2, end_of(task))) end
  end
end

-- One round of the main loop.
function L4.__serve()
  notice_all()
  core.serve()
  notice_all()
end

function L4.__wait_for_all()
  notice_all()
  while next(tasks) do L4.__serve() end
end

function L4.sleep(seconds) core.sleep(math.floor(seconds * 1000000)) end
function L4.msleep(ms) core.sleep(math.floor(ms * 1000)) end

-- Starting programs ---------------------------------------------------------------------------

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
  local masks = (options.cpus or Cpu_set:new()):masks()
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
                       "a small program needs about 4 MB", quota, used)
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
  local task = setmetatable({ process = process, name = program, status = "running" }, Task)
  tasks[task] = true
  return task
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

-- About the system ----------------------------------------------------------------------------

L4.Info = {
  Kip = { str = core.kip_text },
  arch = function() return "amd64" end,
  platform = function() return "pc" end,
  mword_bits = function() return 64 end,
}

return L4
