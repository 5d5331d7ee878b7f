-- SPDX-License-Identifier: MIT
-- The command channel: Lua from another program (ned-prompt), its completion, and help.
local core, L4 = ...
local fail_system = L4.__message.fail_system

local Parse_error, Run_error = -22, -5 -- -L4_EINVAL, -L4_EIO
local Longest_answer = 496

-- Run a command for `caller`; an expression is a command, too.
function L4.__run_command(text, caller)
  if not text then return end
  local chunk, why = load("return " .. text, "=prompt")
  if not chunk then chunk, why = load(text, "=prompt") end
  if not chunk then
    print(why)
    return core.answer(caller, Parse_error)
  end
  local ok, result = xpcall(chunk, L4.__explain)
  result = tostring(result)
  if not ok then
    print(result)
    return core.answer(caller, Run_error)
  end
  if #result > Longest_answer then
    print(result)
    result = "nil"
  end
  core.answer(caller, result)
end

-- Serve commands on a gate and run the main loop. Never returns.
function L4.server_loop(gate)
  if not L4.__is_cap(gate) then
    L4.__message.fail("server_loop: a channel is expected, for example loader:new_channel()")
  end
  local code = core.bind(gate)
  if code < 0 then fail_system(code, "server_loop: the channel cannot be served") end
  _G.L4, _G.help = L4, L4.help
  while true do L4.__serve() end
end

-- Completion ---------------------------------------------------------------------------------

-- Names that may stand behind `object` and a dot or colon.
local function members(object)
  local names = {}
  local function add(t)
    for key in pairs(t) do
      if type(key) == "string" and key:match("^[%a_][%w_]*$") and not key:match("^__") then
        names[key] = true
      end
    end
  end
  if L4.__is_cap(object) then
    add(L4.get_cap_class("void"))
    add(L4.__class_if_known(object) or {})
  elseif type(object) == "table" then
    add(object)
  end
  local meta = debug.getmetatable(object)
  if not L4.__is_cap(object) and meta and type(meta.__index) == "table" then add(meta.__index) end
  return names
end

-- The words that the unfinished expression at the end of `text` can become: completed part first,
-- one name a line.
function L4.__complete(text)
  local path, last = text:match("([%a_][%w_%.:]*[%.:])([%w_]*)$")
  local object = _G
  if path then
    for name in path:gmatch("[%w_]+") do
      local ok, value = pcall(function() return rawequal(object, _G) and _G[name] or
                                                rawget(object, name) or object[name] end)
      if not ok or value == nil then return "" end
      object = value
    end
  else
    last = text:match("[%a_][%w_]*$") or ""
  end
  local found = {}
  for name in pairs(members(object)) do
    if name:sub(1, #last) == last then found[#found + 1] = name end
  end
  table.sort(found)
  local out, size = { last }, #last
  for _, name in ipairs(found) do
    size = size + #name + 1
    if size > Longest_answer - 1 then break end
    out[#out + 1] = name
  end
  return table.concat(out, "\n")
end
