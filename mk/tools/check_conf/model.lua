-- SPDX-License-Identifier: MIT
-- The functions that ned has in C++ (l4re/ned/server/src: cap.cc objects.cc process_lua.cc
-- command.cc), for scripts that are only checked. `rom` is the table of boot modules: name ->
-- path here or false.
local rom = ...
local open = io.open

local Error = { perm = -1, noent = -2, nomem = -12, nodev = -19, inval = -22, range = -34 }
local Names = { [-1] = "operation not permitted", [-2] = "no such object", [-12] = "no memory",
                [-19] = "no such device", [-22] = "invalid argument", [-34] = "out of range" }
local Small_program = 65536 -- bytes, loader.lua

-- Capabilities ---------------------------------------------------------------------------------

local meta = {}
local data = setmetatable({}, { __mode = "k" }) -- capability -> { object, rights }

-- A userdata, as ned's capabilities are: a closed file with another metatable.
local function new_userdata(metatable)
  local file = assert(open("/dev/null"))
  file:close()
  return debug.setmetatable(file, metatable)
end

local next_number = 16

local function new_cap(object, rights)
  local cap = new_userdata(meta)
  data[cap] = { object = object, rights = rights or 4 }
  return cap
end

local function new_object(kind, fields)
  next_number = next_number + 1
  local object = fields or {}
  object.kind, object.number = kind, next_number
  object.identity = object.identity or object
  return object
end

function meta.__eq(a, b)
  return data[a] and data[b] and data[a].object.number == data[b].object.number or false
end

local function check(cap)
  return data[cap] or error("capability expected, but this is a " .. type(cap), 0)
end

local Letters = { r = 4, w = 1, s = 2, d = 8, n = 16, c = 32 }

local core = {}

function core.metatable() return meta end
function core.is_cap(value) return data[value] ~= nil end
function core.is_valid(cap) return check(cap) ~= nil end
function core.svr(cap) return new_cap(check(cap).object, 0xef) end
function core.facts(cap) return check(cap).object.number, check(cap).rights end
function core.class(cap) return check(cap).object.class end
function core.set_class(cap, class) check(cap).object.class = class end
function core.identity(cap) return check(cap).object.identity end

function core.mode(cap, rights)
  local c = check(cap)
  if rights == nil then return c.rights & 0xf end
  local bits = 4
  if math.type(rights) == "integer" then
    bits = bits | rights & 0xff
  else
    for letter in tostring(rights):lower():gmatch(".") do bits = bits | (Letters[letter] or 0) end
  end
  return new_cap(c.object, bits)
end

-- The same object with a class of its own.
function core.alias(cap)
  local c = check(cap)
  local alias = setmetatable({}, {
    __index = function(_, key) return key ~= "class" and c.object[key] or nil end,
    __newindex = function(t, key, value)
      if key == "class" then rawset(t, key, value) else c.object[key] = value end
    end,
  })
  return new_cap(alias, c.rights)
end

-- Objects --------------------------------------------------------------------------------------

local function user_factory(quota)
  return new_object("factory", { user = true, quota = quota, used = 0,
                                 protocol = -15, name = "N4L4Re9Mem_allocE" })
end

local user_types = {
  [0x4000] = "dataspace", [0x4001] = "namespace", [0x4005] = "rm", [0x4008] = "dma_space",
  [-13] = "log", [-14] = "scheduler", [-15] = "factory",
}
local kernel_types = { [0] = "gate", [-10] = "gate", [-11] = "task", [-12] = "thread",
                       [-15] = "kernel_factory", [-18] = "irq", [-20] = "semaphore" }

local function create_in_user_factory(factory, protocol, ...)
  local first, second = ...
  if protocol == -13 then
    if type(first) ~= "string" then return nil, Error.inval end
  elseif protocol == -15 then
    if math.type(first) ~= "integer" or first <= 0 then return nil, Error.inval end
    if factory.quota and factory.used + first > factory.quota then return nil, Error.nomem end
    factory.used = factory.used + first
    return new_cap(user_factory(first))
  elseif protocol == -14 then
    if factory.quota then return nil, Error.nodev end
    if first > 255 or second > 255 or first < 0 or second < 0 then return nil, Error.range end
    if first <= second then return nil, Error.inval end
  elseif protocol == 0x4000 then
    if math.type(first) ~= "integer" then return nil, Error.inval end
    if first == 0 then return nil, Error.range end
  elseif protocol == 0x4001 then
    return new_cap(new_object("namespace", { entries = {} }))
  end
  if not user_types[protocol] then return nil, Error.nodev end
  return new_cap(new_object(user_types[protocol]))
end

function core.create(cap, protocol, ...)
  local factory = check(cap).object
  if factory.user then return create_in_user_factory(factory, protocol, ...) end
  if factory.kind == "kernel_factory" then
    if not kernel_types[protocol] then return nil, Error.nodev end
    return new_cap(new_object(kernel_types[protocol]))
  end
  if factory.kind == "sigma0" then return new_cap(new_object("sigma0")) end
  return new_cap(new_object("any")) -- a server of the script's own
end

function core.query(cap, path)
  local space = check(cap).object
  for component in path:gmatch("[^/]+") do
    local entry
    if space.kind == "rom" then
      entry = rom[component] ~= nil and new_cap(new_object("dataspace")) or nil
    elseif space.kind == "namespace" then
      entry = space.entries[component]
    else
      return new_cap(new_object("any"))
    end
    if not entry then return nil, Error.noent end
    space = data[entry].object
  end
  return new_cap(space)
end

function core.register(cap, name, object)
  local c = check(cap)
  if c.object.kind == "rom" then return nil, Error.perm end
  if name == "" or name:find("/", 1, true) then return nil, Error.inval end
  if c.object.kind == "namespace" then c.object.entries[name] = object end
  return true
end

local interfaces = {
  factory = { -15, "N2L47FactoryE" }, kernel_factory = { -15, "N2L47FactoryE" },
  namespace = { 0x4001, "N4L4Re9NamespaceE" }, rom = { 0x4001, "N4L4Re9NamespaceE" },
  dataspace = { 0x4000, "N4L4Re9DataspaceE" }, log = { -13, "N4L4Re3LogE" },
  scheduler = { -14, "N2L49SchedulerE" }, icu = { 0, "N2L416Platform_controlE" },
  sigma0 = { -15, "N2L47FactoryE" },
}

function core.interface(cap)
  local object = check(cap).object
  if object.kind == "gate" then
    error("a method of a channel is used: ned asks its server for its class, and waits for ever " ..
          "if there is none yet; use L4.cast(type, channel)", 0)
  end
  local known = interfaces[object.kind]
  if not known then return 0, "unknown" end
  return known[1], known[2]
end

function core.memory_info(cap)
  local object = check(cap).object
  if not object.user then return nil, Error.nodev end
  local all = 256 << 20
  return object.quota or -1, object.used, all, object.used, all - object.used
end

-- Programs and time ----------------------------------------------------------------------------

local clock, processes, Done = 0, {}, {}
core.Done = Done

local process_meta = {}

function core.start(config)
  local mem = check(config.mem).object
  if mem.user and mem.quota and mem.quota - mem.used < Small_program then
    return nil, "no memory for the program l4re", Error.nomem
  end
  local process = new_userdata(process_meta)
  processes[process] = { gates = {} }
  for _, entry in ipairs(config.caps) do
    local cap = data[entry[2]]
    if cap.rights & 32 ~= 0 then processes[process].gates[cap.object.identity] = true end
  end
  return process
end

function core.process_state(process)
  local p = processes[process]
  if p.killed then return "killed" end
  if p.ended then return "exited", 0 end
  return "running"
end

function core.kill(process) processes[process].killed = true end

-- Time passes until the deadline; without one all programs end, and without programs all is done.
function core.serve(microseconds)
  if microseconds then
    clock = clock + microseconds
    return false
  end
  local any = false
  for _, process in pairs(processes) do
    any = any or not process.ended and not process.killed
    process.ended = true
  end
  if not any then error(Done, 0) end
  return true
end

function core.now() return clock end

local bound = {}

function core.bind(gate)
  bound[check(gate).object.identity] = true
  return 0
end

-- A program that has the server right is taken to use it.
function core.gate_state(cap)
  local object = check(cap).object
  if object.kind ~= "gate" then return nil end
  if bound[object.identity] then return "bound" end
  for _, process in pairs(processes) do
    if process.gates[object.identity] and not process.killed then return "bound" end
  end
  return "unbound"
end

local function nothing() end
for _, name in ipairs { "command", "answer", "unbind", "orphan", "set_name", "kernel_memory",
                        "thread_figures", "process_memory" } do
  core[name] = nothing
end
function core.debug() return 0 end
function core.suspend() return 0 end
function core.shutdown() error(Done, 0) end
function core.online_cpus() return 0xf, 4 end
function core.error_text(code) return Names[code] or "error" end
function core.kip_text() return "Furore" end
function core.platform() return "pc" end

function core.env()
  local mem = user_factory(nil)
  local env = { rom = new_object("rom"), rwfs = new_object("namespace", { entries = {} }),
                factory = new_object("kernel_factory"), mem = mem, mem_alloc = mem,
                user_factory = mem }
  for _, name in ipairs { "log", "icu", "sigma0", "kip", "dma_mgr", "jdb", "parent", "rm",
                          "scheduler" } do
    env[name] = new_object(name)
  end
  local caps = {}
  for name, object in pairs(env) do caps[name] = new_cap(object, 7) end
  return caps
end

return core
