-- SPDX-License-Identifier: MIT
-- Capabilities in Lua: methods by class, casts, factories, name spaces, L4.Env.
local core, L4 = ...
local message = L4.__message
local fail = message.fail
local warn_user = message.warn
local fail_system = message.fail_system
local suggestion = message.suggestion

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

-- Whether objects of any class that is known have this method.
local function is_method(key)
  for _, methods in pairs(by_name) do
    if methods[key] ~= nil then return true end
  end
end

-- All methods of an object of this class, as keys.
local function methods_of(class)
  local names = {}
  for _, methods in ipairs { void, class } do
    for name in pairs(methods) do names[name] = true end
  end
  return names
end

-- An object is asked for its class where that decides something: to ask a channel means to wait for
-- its server, and a misspelt `svr` would wait for the server that is to get it.
function meta.__index(cap, key)
  local method = void[key]
  if method ~= nil then return method end
  local class = core.class(cap) or is_method(key) and find_class(cap) or empty_class
  method = class[key]
  if method == nil and type(key) == "string" then
    local known = class ~= empty_class
    message.note_miss(key, known and "an object of class " .. L4.__class_name(cap) or
                      "a capability", methods_of(class))
  end
  return method
end

function meta.__newindex(cap, key)
  fail("%s: a capability has no fields to set ('%s')", tostring(cap), tostring(key))
end

-- The methods of an object that would not keep us waiting for an answer; nil if that is not known.
function L4.__class_if_known(cap)
  local class = core.class(cap)
  if not class and core.gate_state(cap) ~= "unbound" then class = find_class(cap) end
  return class
end

-- (User factories have the methods of factories: one name of several is taken always.)
function L4.__class_name(cap)
  local class, found = core.class(cap), nil
  for name, methods in pairs(by_name) do
    if methods == class and (not found or name < found) then found = name end
  end
  return found or "void"
end

function meta.__tostring(cap)
  local selector, rights = core.facts(cap)
  return string.format("%s[%d, rights 0x%x]", L4.__class_name(cap), selector, rights)
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

local limits = setmetatable({}, { __mode = "k" }) -- of factories that the script made

-- The limit of a kernel factory, which does not tell it itself; nil if the script did not make it.
function L4.__kernel_limit(cap)
  return limits[core.identity(cap)]
end

-- Name an object after the line of the script that made it: moe's messages about a quota that ran
-- out, and the kernel debugger, show it. Names have at most 15 characters.
local function name_by_place(cap)
  local file, line = (message.place() or ""):match("([^/]*):(%d+)$")
  if not file then return end
  core.set_name(cap, file:sub(1, 14 - #line) .. ":" .. line)
end
L4.__name_by_place = name_by_place

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
  if protocol == L4.Proto.Factory then
    name_by_place(cap)
    limits[core.identity(cap)] = ...
  end
  return cap
end

-- Quota and memory of a user factory, in bytes.
function factory:info()
  local quota, used, limit, mem_used, free = core.memory_info(self)
  if not quota then fail_system(used, "info failed") end
  return { quota = quota, quota_used = used, mem_limit = limit, mem_used = mem_used,
           mem_free = free }
end

local Query_timeout = 3600 * 1000000 -- microseconds
local Tell_after = 2 * 1000000

-- Look a name up. If somebody promised it but did not register it yet (-L4_EAGAIN) it is waited
-- for, and the user is told what for; programs that end meanwhile are noticed.
local function query_patiently(space, path)
  local began, pause, told = core.now(), 10000, false
  while true do
    local cap, code = core.query(space, path, 0)
    if cap or code ~= -11 then return cap, code end
    local waited = core.now() - began
    if waited > Query_timeout then return nil, code end
    if not told and waited > Tell_after then
      warn_user("still waiting for the name '%s': nobody has registered an object for it", path)
      told = true
    end
    L4.__pump(core.now() + pause)
    pause = math.min(2 * pause, 100000)
  end
end

function namespace:query(path, rights)
  return function()
    local cap, code = query_patiently(self, path)
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
  if is_cap(value) then
    self:__register(name, value)
    L4.__publish(value, name)
  end
end

namespace.q, namespace.r = namespace.query, namespace.register

define("L4::Factory", L4.Proto.Factory, factory)
define("L4Re::Mem_alloc", L4.Proto.Mem_alloc, factory)
define("L4Re::Namespace", L4.Proto.Namespace, namespace)
define("L4::Platform_control", nil,
       { system_suspend = core.suspend, system_shutdown = core.shutdown })
define("L4Re::Debug_obj", -32768, { debug = core.debug })
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

-- Which capabilities ned has depends on the machine, so asking for others is no error; but what
-- looks like a misspelt name is reported.
setmetatable(L4.Env, { __index = function(env, key)
  local hint = message.close_name(key, env, 1)
  message.note_miss(tostring(key), "L4.Env", env)
  if hint then
    warn_user("ned has no capability '%s'; did you mean '%s'?", tostring(key), hint)
  end
end })

L4.__is_cap, L4.__evaluate, L4.__resolve = is_cap, evaluate, resolve
