-- SPDX-License-Identifier: MIT
-- TAP reports of scripts. After each case all memory must be back.
local L4 = require "L4"
local tap = { count = 0 }

-- Bytes of moe's memory and of the kernel's.
local function memory_used()
  collectgarbage() collectgarbage()
  L4.Env.user_factory:info() -- moe frees dead objects with its next message
  return L4.Env.user_factory:info().mem_used, L4.__kernel_memory()
end

-- `value` is what was expected, or the case fails.
function tap.equal(value, expected)
  if value ~= expected then
    error(string.format("%s instead of %s", tostring(value), tostring(expected)), 2)
  end
end

-- Calling `f` fails with a message that contains `text`.
function tap.fails(text, f, ...)
  local ok, message = pcall(f, ...)
  if ok then error("no error, but expected: " .. text, 2) end
  if not tostring(message):find(text, 1, true) then
    error(string.format("message '%s' does not tell '%s'", tostring(message), text), 2)
  end
end

-- Memory must be back after one of the further passes at the latest: a leak grows in each of them,
-- while ned's own heap may still get its final size in the second.
local Passes = 4

local function leaks(f)
  for pass = 2, Passes do
    local before, kernel_before = memory_used()
    local ok, message = pcall(f)
    if not ok then return message end
    local after, kernel_after = memory_used()
    local lost, kernel_lost = after - before, kernel_after - kernel_before
    if lost <= 0 and kernel_lost <= 0 then return nil end
    if pass == Passes then
      return string.format("%d bytes of memory and %d of kernel memory lost", lost, kernel_lost)
    end
  end
end

local function report(name, ok, message)
  tap.count = tap.count + 1
  print(string.format("%s %d - %s", ok and "ok" or "not ok", tap.count, name))
  if not ok then print("# " .. tostring(message)) end
end

function tap.case(name, f)
  local ok, message = pcall(f)
  if ok then
    message = leaks(f)
    ok = not message
  end
  report(name, ok, message)
end

function tap.start() print("TAP TEST START") end

function tap.finish()
  print("1.." .. tap.count)
  print("TAP TEST FINISHED")
end

return tap
