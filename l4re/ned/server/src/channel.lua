-- SPDX-License-Identifier: MIT
-- Channels: where they were made, who serves them and who uses them. A channel that nobody serves
-- keeps its clients waiting for ever, so the user is told.
local core, L4 = ...
local message = L4.__message

local Server_right = 0x20
local channels = setmetatable({}, { __mode = "k" }) -- by identity of the gate
L4.__channels = channels

local weak = { __mode = "k" }

-- A new gate becomes a channel that is watched.
function L4.__new_channel(gate)
  channels[core.identity(gate)] = {
    gate = gate:svr(), where = message.place() or "?",
    servers = setmetatable({}, weak), clients = setmetatable({}, weak), -- task -> name there
    told = {},
  }
  L4.__name_by_place(gate)
  return gate
end

local function is_server(cap)
  local _, rights = core.facts(cap)
  return rights & Server_right ~= 0
end

-- The server rights among the named capabilities of a program: list of {name, capability}.
function L4.__served_gates(named)
  local gates = {}
  for _, entry in ipairs(named) do
    if is_server(entry[2]) then gates[#gates + 1] = entry[2] end
  end
  return gates
end

-- A program got these named capabilities.
function L4.__use(named, task)
  for _, entry in ipairs(named) do
    local channel = channels[core.identity(entry[2])]
    if channel then
      local users = is_server(entry[2]) and channel.servers or channel.clients
      users[task] = entry[1]
    end
  end
end

-- A capability was entered into a name space: who will find it there is not known.
function L4.__publish(cap, name)
  local channel = channels[core.identity(cap)]
  if channel and not is_server(cap) then channel.published = name end
end

local function live(users)
  for task, name in pairs(users) do
    if task.status == "running" then return task, name end
  end
end

local function tell(channel, kind, format, ...)
  if channel.told[kind] then return end
  channel.told[kind] = true
  print(string.format("Ned: %s: " .. format, channel.where, ...))
end

local function client_text(task, name)
  return string.format("'%s' (%s), which has it as '%s',", task.name, task.where, name)
end

local function check(channel, late)
  local client, name = live(channel.clients)
  if not client or core.gate_state(channel.gate) ~= "unbound" then return end
  local server, server_name = live(channel.servers)
  if not server then
    tell(channel, "none", "nobody serves the channel made here: %s waits for ever. Start a " ..
         "server with caps = { NAME = channel:svr() }", client_text(client, name))
  elseif late and not server.restarting then
    tell(channel, "late", "the channel made here is not served: %s waits. '%s' (%s) should " ..
         "serve it: does that program look for another name than '%s'?", client_text(client, name),
         server.name, server.where, server_name)
  end
end

-- Look for channels with clients but without server. `late`: servers had time to begin.
function L4.__check_channels(late)
  for _, channel in pairs(channels) do check(channel, late) end
end
