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

-- Number of letters to change, insert, leave out, or exchange with the next one to make `b` of `a`.
local function distance(a, b)
  local before, row = nil, {}
  for j = 0, #b do row[j] = j end
  for i = 1, #a do
    local new = { [0] = i }
    for j = 1, #b do
      local cost = a:byte(i) == b:byte(j) and 0 or 1
      new[j] = math.min(row[j] + 1, new[j - 1] + 1, row[j - 1] + cost)
      if before and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        new[j] = math.min(new[j], before[j - 2] + 1)
      end
    end
    before, row = row, new
  end
  return row[#b]
end

-- The key of `known` that `word` was probably meant to be, with at most `most` (2) letters changed,
-- but not all of them; nil if there is none.
local function close_name(word, known, most)
  word = tostring(word)
  local best, best_distance = nil, math.min(most or 2, #word - 1) + 1
  for name in pairs(known) do
    name = tostring(name)
    local d = distance(word, name)
    if d < best_distance or d == best_distance and best and name < best then
      best, best_distance = name, d
    end
  end
  return best
end

-- "did you mean 'x'? Known are: ..." for a word that is not a key of `known`.
local function suggestion(word, known)
  local names, best = {}, close_name(word, known)
  for name in pairs(known) do
    name = tostring(name)
    if name:sub(1, 2) ~= "__" then names[#names + 1] = name end
  end
  table.sort(names)
  local hint = best and string.format("did you mean '%s'? ", best) or ""
  return string.format("%sKnown are: %s", hint, table.concat(names, ", "))
end

-- Names that objects were asked for and do not have: name -> { what the object is, its names }. To ask
-- is no error; to call what is not there is one, and then this says what was meant.
local missed, missed_count = {}, 0
local Most_missed = 100 -- more are forgotten together: a script may ask for names without end

local misspelt_member -- of the module, the last one: its value may be stored, and fail much later

local function note_miss(key, what, known)
  if missed_count == Most_missed then missed, missed_count = {}, 0 end
  if not missed[key] then missed_count = missed_count + 1 end
  missed[key] = { what = what, known = known }
  if known == L4 and key:sub(1, 2) ~= "__" then
    misspelt_member = { where = place() or "?", key = key }
  end
end

-- Notes what is asked for in vain in a table of methods, and in the objects that have it as __index.
local function watch_misses(what, methods)
  return setmetatable(methods, { __index = function(_, key)
    if type(key) == "string" then note_miss(key, what, methods) end
  end })
end

-- The variables that the script's function where an error happened can see, as keys.
local function visible_names()
  local names, level = {}, 2
  for name in pairs(_G) do names[name] = true end
  while debug.getinfo(level, "S").source == "=[ned]" or
        debug.getinfo(level, "S").what == "C" do
    level = level + 1
    if not debug.getinfo(level, "S") then return names end
  end
  for i = 1, 250 do
    local name = debug.getlocal(level, i)
    if not name then break end
    if name:match("^[%a_]") then names[name] = true end
  end
  return names
end

-- For Lua's own message about a nil value that is called or indexed: which name is wrong, and which
-- there are; nil if that cannot be told.
local function explain_nil(text)
  local where, action, kind, name =
    text:match("^(.-:%d+: )attempt to (%a+) a nil value %((%a+) '([^']+)'%)")
  local miss = missed[name]
  if (kind == "method" or kind == "field") and miss then
    return string.format("%s%s has no '%s'; %s", where, miss.what, name,
                         suggestion(name, miss.known))
  elseif kind == "global" then
    local meant = close_name(name, visible_names())
    return string.format("%sthere is no variable '%s' to %s%s", where, name, action,
                         meant and string.format("; did you mean '%s'?", meant) or "")
  elseif where and misspelt_member then
    local meant = close_name(misspelt_member.key, L4)
    return meant and string.format("%s; %s: L4 has no '%s'; did you mean '%s'?", text,
                                   misspelt_member.where, misspelt_member.key, meant)
  end
end

-- Message handler of main.cc: adds the script's lines that led to an error raised by Lua itself or
-- by a script; our own messages name the line that counts.
function L4.__explain(e)
  local text, lines = tostring(e), {}
  text = explain_nil(text) or text
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
  close_name = close_name, strict = strict, place = place, note_miss = note_miss,
  watch_misses = watch_misses,
}

watch_misses("L4", L4)
