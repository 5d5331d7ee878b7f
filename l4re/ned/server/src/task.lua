-- SPDX-License-Identifier: MIT
-- Started programs, and ned's main loop.
local core, L4 = ...
local fail = L4.__message.fail

local Task = {}
Task.__index = Task
local tasks = {} -- those whose end was not noticed yet: dropping the object does not kill

local function end_of(task)
  local state, code = core.process_state(task.process)
  if state == "running" then return false end
  return true, state == "exited" and code or nil
end

local function reap(task)
  tasks[task] = nil
  task.status = nil
end

-- Take note of the end of a program; with a handler nobody needs to ask any more.
local function notice(task, code)
  tasks[task] = nil
  task.status, task.code = "zombie", code
  local handler = task.handler
  if handler then
    task.handler = nil
    reap(task)
    handler(code)
  end
end

function Task:state() return self.status end

function Task:exit_code() return self.code end

function Task:wait()
  if not self.status then return nil end
  while self.status == "running" do
    local ended, code = end_of(self)
    if ended then notice(self, code) else core.serve() end
  end
  reap(self)
  return self.code
end

function Task:kill()
  if not self.status then return nil end
  if self.status == "zombie" then
    reap(self)
    return self.code
  end
  local ended, code = end_of(self)
  if not ended then core.kill(self.process) end
  notice(self, code)
  reap(self)
  return code or "killed"
end

function Task:exit_handler(handler)
  if not self.status then
    handler(nil)
    return false
  elseif self.status == "zombie" then
    handler(self.code)
    return false
  elseif self.handler then
    fail("task '%s' has an exit handler already", self.name)
  end
  self.handler = handler
  return true
end

function Task:__tostring()
  return string.format("task '%s' (%s)", self.name, self.status or "reaped")
end

local function notice_all()
  local ended = {}
  for task in pairs(tasks) do
    if end_of(task) then ended[#ended + 1] = task end
  end
  for _, task in ipairs(ended) do
    if task.status == "running" then notice(task, select(2, end_of(task))) end
  end
end

-- One round of the main loop.
function L4.__serve()
  notice_all()
  core.serve()
  notice_all()
end

function L4.__wait_for_all()
  notice_all()
  while next(tasks) do L4.__serve() end
end

function L4.sleep(seconds) core.sleep(math.floor(seconds * 1000000)) end
function L4.msleep(ms) core.sleep(math.floor(ms * 1000)) end

-- The task object of a process; it is watched until its end was noticed.
function L4.__new_task(process, name)
  local task = setmetatable({ process = process, name = name, status = "running" }, Task)
  tasks[task] = true
  return task
end
