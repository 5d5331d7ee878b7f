-- SPDX-License-Identifier: MIT
-- Sets of CPUs.
local _, L4 = ...
local fail = L4.__message.fail

local Cpu_set = L4.__message.watch_misses("a set of CPUs", {})
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
