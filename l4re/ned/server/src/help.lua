-- SPDX-License-Identifier: MIT
-- help(object): what can be done with it. One line for each function; the reference is docs/ned.md.
local core, L4 = ...

local texts = {} -- function -> line

local function describe(methods, lines)
  for name, text in pairs(lines) do
    local method = rawget(methods, name)
    if method then texts[method] = text end
  end
end

describe(L4.get_cap_class("void"), {
  m = ":m('rws')  copy with these rights: r w s d, n not counted, c server; without: the rights",
  svr = ":svr()  copy with all rights, for the server of a channel",
  is_valid = ":is_valid()  whether the object exists",
})
describe(L4.get_cap_class(L4.Proto.Factory), {
  create = ":create(L4.Proto.X, ...)  new object",
  info = ":info()  table of quota, quota_used, mem_limit, mem_used, mem_free in bytes",
})
describe(L4.get_cap_class(L4.Proto.Namespace), {
  query = ":query(path [, rights])  function that looks the name up",
  register = ":register(name, value)  enter a capability, path, function or table",
})
describe(L4.Loader, {
  new = "Loader.new{ mem = ..., factory = ... }  loader with other defaults",
  start = ":start(env, 'rom/prog words' [, posix_env])  start a program: a task object",
  startv = ":startv(env, 'rom/prog', word, ... [, posix_env])  the same, words one by one",
  new_channel = ":new_channel()  channel: the server gets channel:svr(), clients the channel",
  create_namespace = ":create_namespace{ name = cap }  new name space",
  fill_namespace = ":fill_namespace(ns, { name = cap })  enter names",
  create_sched_proxy = ":create_sched_proxy{ cpus=, prio_offset=, prio_limit= }  scheduler",
  start_backtracer = ":start_backtracer{ prog=, args= }  crashes are reported to this program",
})
describe(L4.__Task, {
  wait = ":wait()  wait for the end: exit status, nil if killed",
  kill = ":kill()  end the program for good",
  restart = ":restart()  end it and start it again; its channels stay",
  state = ":state()  'running', 'zombie', nil",
  exit_code = ":exit_code()  exit status, nil before",
  exit_handler = ":exit_handler(f)  f(code) is called at the end",
})
describe(L4, {
  ps = "L4.ps()  programs, threads, memory, CPU time",
  caps = "L4.caps(task)  the capabilities a program was given",
  graph = "L4.graph()  who can talk to whom, for Graphviz",
  cast = "L4.cast(type, cap)  capability with the methods of another class",
  sleep = "L4.sleep(seconds)", msleep = "L4.msleep(milliseconds)",
  server_loop = "L4.server_loop(channel)  serve commands; never returns",
})

local Start = [[
This is Lua 5.4 in ned. Try:
  L4.ps()                     programs, threads, memory
  L4.graph()                  who can talk to whom
  L4.Env.<TAB>                ned's capabilities; their methods: L4.Env.rom:<TAB>
  help(L4.default_loader)     starting programs
  t = L4.default_loader:start({ log = { "hello", "g" } }, "rom/hello")
  help(t)                     what can be done with it]]

-- Lines for the functions of a table, sorted by name.
local function list(methods, out)
  local names = {}
  for name, value in pairs(methods) do
    if texts[value] then names[#names + 1] = name end
  end
  table.sort(names)
  for _, name in ipairs(names) do out[#out + 1] = "  " .. texts[methods[name]] end
end

local function class_of(object)
  if L4.__is_cap(object) then return L4.__class_if_known(object) end
  local meta = type(object) == "table" and getmetatable(object)
  return meta and type(meta.__index) == "table" and meta.__index
end

-- Print what can be done with an object; without one, where to begin.
function L4.help(...)
  if select("#", ...) == 0 then return print(Start) end
  local object = ...
  if object == nil then return print("nil: there is no such thing") end
  local out = { texts[object] or tostring(object) }
  if L4.__is_cap(object) then list(L4.get_cap_class("void"), out) end
  list(class_of(object) or {}, out)
  if type(object) == "table" then list(object, out) end
  print(table.concat(out, "\n"))
end
