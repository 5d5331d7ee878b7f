-- SPDX-License-Identifier: MIT
-- What runs, what it holds, and who can talk to whom. Each function prints its lines with `print`
-- or with the function it is given.
local core, L4 = ...
local fail = L4.__message.fail
local Task = L4.__Task

-- Bytes of kernel memory in use, and the number of threads; nil without the kernel debugger.
function L4.__kernel_memory()
  if L4.Env.jdb then return core.kernel_memory(L4.Env.jdb) end
end

-- The programs that run, by name.
local function running()
  local list = {}
  for task in pairs(L4.__tasks) do list[#list + 1] = task end
  table.sort(list, function(a, b)
    if a.name ~= b.name then return a.name < b.name end
    return a.started < b.started
  end)
  return list
end

local States = { [0] = "dormant", "ready", "sends", "waits", "transfers", "waits", "waits",
                 "stopped", "dead" }

-- Threads of a program: list of {state, prio, cpu, time, name}, and what the kernel uses for it.
local function threads_of(task)
  local list, used, limit = {}, 0, 0
  while L4.Env.jdb and #list < 64 do
    local memory, most, state, prio, cpu, time, name =
      core.thread_figures(task.process, L4.Env.jdb, #list)
    if not memory then break end
    used, limit = memory, most
    list[#list + 1] = { state = States[state] or "?", prio = prio, cpu = cpu, time = time,
                        name = name }
  end
  return list, used, limit
end

local function kib(bytes) return string.format("%d K", (bytes + 1023) // 1024) end

local function quota_text(mem)
  local quota, used = core.memory_info(mem)
  if not quota or quota == -1 then return "-" end
  return string.format("%s of %s", kib(used), kib(quota))
end

local Row = "%-15s %7s %9s %9s %16s %8s %s"

local function write_program(task, write)
  local threads = threads_of(task)
  local time, states = 0, {}
  for _, thread in ipairs(threads) do
    time = time + thread.time
    states[#states + 1] = string.format("%s/%d@%d", thread.state, thread.prio, thread.cpu)
  end
  local present, attached = core.process_memory(task.process)
  write(string.format(Row, task.config.name:sub(1, 15), #threads, present and kib(present) or "?",
                      attached and kib(attached) or "?", quota_text(task.config.mem),
                      string.format("%d ms", time // 1000), table.concat(states, " ")))
end

-- Programs that ned started: threads, memory in use, addresses, use of their quota, CPU time, and
-- state, priority and CPU of each thread.
function L4.ps(write)
  write = write or print
  write(string.format(Row, "PROGRAM", "THREADS", "MEMORY", "ADDRESSES", "QUOTA", "TIME",
                      "STATE/PRIORITY@CPU"))
  for _, task in ipairs(running()) do
    if task.restarting then
      write(string.format("%-15s is started again soon", task.config.name))
    else
      write_program(task, write)
    end
  end
  local info = L4.Env.mem_alloc:info()
  write(string.format("memory: %s of %s in use", kib(info.mem_used), kib(info.mem_limit)))
  local bytes, threads = L4.__kernel_memory()
  if bytes then write(string.format("kernel: %s in use, %d threads", kib(bytes), threads)) end
end

local function rights_text(rights)
  local letters = { { 4, "r" }, { 1, "w" }, { 2, "s" }, { 8, "d" }, { 16, "n" }, { 32, "c" } }
  local out = ""
  for _, pair in ipairs(letters) do
    out = out .. (rights & pair[1] ~= 0 and pair[2] or "-")
  end
  return out
end

-- The capabilities that are nobody's channel: their name among ned's own.
local function own_name(cap)
  local first
  for name, mine in pairs(L4.Env) do
    if mine == cap and (not first or name < first) then first = name end
  end
  return first
end

-- What a capability leads to: the channel's servers, or an object of ned's environment.
local function destination(cap)
  local channel = L4.__channels[core.identity(cap)]
  if not channel then
    local name = own_name(cap)
    return name and "ned's " .. name or L4.__class_name(cap)
  end
  local servers = {}
  for task, name in pairs(channel.servers) do
    if task.status == "running" then
      servers[#servers + 1] = string.format("%s (%s)", task.config.name, name)
    end
  end
  table.sort(servers)
  local who = #servers > 0 and "served by " .. table.concat(servers, ", ") or
              core.gate_state(channel.gate) == "bound" and "served by ned" or "served by nobody"
  return string.format("channel of %s, %s", channel.where, who)
end

-- Named capabilities of a program.
function L4.caps(task, write)
  write = write or print
  if getmetatable(task) ~= Task then fail("caps: a task is expected, such as start() returns") end
  if not task.config then return write(tostring(task) .. " holds nothing") end
  write(string.format("%-16s %-6s %s", "NAME", "RIGHTS", "WHAT"))
  local config = task.config
  for _, key in ipairs { "log", "mem", "factory", "scheduler" } do
    local _, rights = core.facts(config[key])
    write(string.format("%-16s %-6s %s", key, rights_text(rights), destination(config[key])))
  end
  for _, entry in ipairs(config.caps) do
    local _, rights = core.facts(entry[2])
    write(string.format("%-16s %-6s %s", entry[1], rights_text(rights), destination(entry[2])))
  end
end

local function node(task) return string.format('"%s"', task.config.name) end

-- Edges of a channel: every client to every server.
local function draw_channel(channel, write)
  local servers = {}
  for task, name in pairs(channel.servers) do
    if task.status == "running" then servers[#servers + 1] = { node(task), name } end
  end
  if #servers == 0 then
    local bound = core.gate_state(channel.gate) == "bound"
    servers[1] = { bound and '"ned"' or string.format('"nobody\\n%s"', channel.where), "" }
  end
  local lines = {}
  for task, name in pairs(channel.clients) do
    if task.status == "running" then
      for _, server in ipairs(servers) do
        lines[#lines + 1] = string.format('  %s -> %s [label="%s"];', node(task), server[1], name)
      end
    end
  end
  table.sort(lines)
  for _, line in ipairs(lines) do write(line) end
end

-- Who can talk to whom, in the language of Graphviz: `dot -Tsvg`. Boxes are programs, ellipses
-- objects of moe and the kernel.
function L4.graph(write)
  write = write or print
  write("digraph furore {")
  write("  rankdir = LR;")
  write("  node [shape = box];")
  for _, task in ipairs(running()) do
    write(string.format("  %s;", node(task)))
    for _, entry in ipairs(task.config.caps) do
      local own = own_name(entry[2])
      if own then
        write(string.format('  "%s" [shape = ellipse]; %s -> "%s" [label="%s"];', own, node(task),
                            own, entry[1]))
      end
    end
  end
  local order = {}
  for _, channel in pairs(L4.__channels) do order[#order + 1] = channel end
  table.sort(order, function(a, b) return a.where < b.where end)
  for _, channel in ipairs(order) do draw_channel(channel, write) end
  write("}")
end
