-- SPDX-License-Identifier: MIT
-- lua run.lua FOLDER MODEL "PARTS" SCRIPT SHOWN "MODULES" ARGUMENTS...
-- Runs one boot script against the model. FOLDER has ned's Lua files, PARTS are their names in
-- order; SHOWN is the script's name in messages; MODULES has lines `NAME=PATH`, PATH empty for
-- programs, or a single line `*` for "whatever is asked for". Findings go to standard output, one
-- or more lines each; the last line is `ok` or their number.

-- Errors name lines of scripts; ned's files do not count, and this one takes part in that.
if not started then
  started = true
  return assert(load(assert(io.open(arg[0])):read("a"), "=[ned]"))()
end
started = nil

local folder, model, parts, script, shown, modules = table.unpack(arg, 1, 6)

local rom = {}
if modules == "*" then
  setmetatable(rom, { __index = function() return false end })
else
  for name, path in modules:gmatch("([^\n=]+)=([^\n]*)") do rom[name] = path ~= "" and path end
end

local core = assert(load(assert(io.open(model)):read("a"), "=[ned]"))(rom)

local real_print = print
local found = 0
local function finding(text)
  found = found + 1
  real_print(text)
end

-- What scripts print is of no interest; what ned warns of is a finding.
function print(...)
  local text = tostring((...))
  if text:match("^Ned: ") then finding(text:sub(6)) end
end

local L4 = {}
for part in parts:gmatch("%S+") do
  local file = assert(io.open(folder .. "/" .. part))
  assert(load(file:read("a"), "=[ned]"))(core, L4)
  file:close()
end
package.loaded.L4 = L4

-- Files and modules come from the boot modules.
local real_open = io.open
local function path_of(name) return rom[name:match("([^/]+)$")] or nil end
function io.open(name, mode)
  local path = path_of(name)
  if not path then return nil, name .. ": no such file", 2 end
  return real_open(path, mode)
end
package.searchers = { function(name)
  local path = path_of(name .. ".lua")
  if not path then return string.format("\n\tno module '%s.lua' in the entry", name) end
  return assert(loadfile(path))
end }
function loadfile(name)
  local file, why = io.open(name)
  if not file then return nil, why end
  return load(file:read("a"), "@" .. name)
end
function dofile(name) return assert(loadfile(name))() end
function os.exit() error(core.Done, 0) end

local function guarded(f, ...)
  local ok, why = xpcall(f, function(e) return e == core.Done and e or L4.__explain(e) end, ...)
  if not ok and why ~= core.Done then finding(why) end
end

local words = { [0] = "rom/" .. script:match("([^/]+)$") }
for i = 7, #arg do words[i - 6] = arg[i] end
arg = words

local file = assert(real_open(script))
local chunk, why = load(file:read("a"), "@" .. shown)
if chunk then
  guarded(chunk)
  guarded(L4.__check_channels)
  guarded(L4.__wait_for_all)
else
  finding(why)
end
os.exit = nil
real_print(found == 0 and "ok" or found .. " found")
