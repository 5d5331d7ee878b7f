-- SPDX-License-Identifier: MIT
-- Messages to the user: every error names the line of the script.
local core, L4 = ...

-- "file:line" of the script line that called into this module; nil if there is none.
local function place()
  for level = 2, 100 do
    local info = debug.getinfo(level, "Sl")
    if not info then break end
    if info.source ~= "=[ned]" and info.currentline > 0 then
      return string.format("%s:%d", info.short_src, info.currentline)
    end
  end
end

local function position()
  local where = place()
  return where and where .. ": " or ""
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

-- The key of `known` that `word` was probably meant to be, with at most `most` (2) letters changed;
-- nil if there is none.
local function close_name(word, known, most)
  local best, best_distance = nil, (most or 2) + 1
  for name in pairs(known) do
    local d = distance(tostring(word), tostring(name))
    if d < best_distance then best, best_distance = tostring(name), d end
  end
  return best
end

-- "did you mean 'x'? Known are: ..." for a word that is not a key of `known`.
local function suggestion(word, known)
  local names, best = {}, close_name(word, known)
  for name in pairs(known) do names[#names + 1] = tostring(name) end
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

L4.__message = {
  fail = fail, warn = warn_user, fail_system = fail_system, suggestion = suggestion,
  close_name = close_name, strict = strict, place = place,
}
