-- SPDX-License-Identifier: MIT
-- Started programs, restart, and ned's waiting for messages.
local core, L4 = ...
local fail = L4.__message.fail

local Task = L4.__message.watch_misses("a task", {})
Task.__index = Task
L4.__Task = Task
local tasks = {} -- those whose end was not noticed yet: dropping the object does not kill
L4.__tasks = tasks

-- Waiting ------------------------------------------------------------------------------------

local timers = {} -- list of {at, run}

-- Call `f` when ned waits and this time has passed.
local function after(microseconds, f)
  timers[#timers + 1] = { at = core.now() + microseconds, run = f }
end

local function run_timers()
  local i, now = 1, core.now()
  while i <= #timers do
    if timers[i].at <= now then
      table.remove(timers, i).run()
    else
      i = i + 1
    end
  end
end

local settle

-- Receive one message at most, up to a deadline (kernel clock; nil: none), and do what is due.
function L4.__pump(deadline)
  for _, timer in ipairs(timers) do
    if not deadline or timer.at < deadline then deadline = timer.at end
  end
  core.serve(deadline and math.max(deadline - core.now(), 0))
  L4.__run_command(core.command())
  run_timers()
  for task in pairs(tasks) do
    if task.policy then settle(task) end
  end
end
local pump = L4.__pump

local function sleep(microseconds)
  local deadline = core.now() + math.floor(microseconds)
  while core.now() < deadline do pump(deadline) end
end

L4.__now = core.now -- kernel clock, microseconds

function L4.sleep(seconds) sleep(seconds * 1000000) end
function L4.msleep(ms) sleep(ms * 1000) end

-- Restart ------------------------------------------------------------------------------------

local Longest_backoff = 10000 -- milliseconds

local function tell(task, format, ...)
  print(string.format("Ned: '%s' (%s) " .. format, task.name, task.where, ...))
end

local function start_again(task)
  task.restarting = nil
  local process, what, code = core.start(task.config)
  if process then
    task.process, task.started = process, core.now()
    task.restarts = task.restarts + 1
    return
  end
  tell(task, "could not be started again: %s: %s (%d)", what, core.error_text(code), code)
  after(100000, function() settle(task) end)
end

-- Nobody serves the program's channels any more: callers get errors instead of waiting.
local function give_up(task)
  for _, gate in ipairs(task.config.gates) do core.orphan(gate) end
end

local function status_text(code)
  return code and "ended with exit status " .. code or "was killed"
end

-- Decide whether a program that ended is started again. False: it is not.
local function plan_restart(task, code)
  local policy = task.policy
  if code == 0 and not policy.always then return false end
  if core.now() - task.started >= policy.stable * 1000000 then task.in_a_row = 0 end
  if task.in_a_row >= policy.max then
    tell(task, "%s after %d restarts in a row, the most that 'restart' allows: it stays dead",
         status_text(code), task.in_a_row)
    return false
  end
  local backoff = policy.backoff
  if backoff > 0 then backoff = math.min(backoff * 2.0 ^ task.in_a_row, Longest_backoff) end
  task.in_a_row = task.in_a_row + 1
  task.restarting = true
  tell(task, "%s: restart %d of at most %s%s", status_text(code), task.in_a_row, policy.max,
       backoff > 0 and string.format(" in %d ms", backoff) or "")
  if backoff > 0 then
    after(math.floor(backoff * 1000), function()
      if task.restarting then start_again(task) end
    end)
  else
    start_again(task)
  end
  return true
end

-- Ends ---------------------------------------------------------------------------------------

-- Whether the program has ended for good, and its exit status.
function settle(task)
  if task.status ~= "running" or task.restarting then return false end
  local state, code = core.process_state(task.process)
  if state == "running" then return false end
  if state ~= "exited" then code = nil end
  if task.policy then
    if plan_restart(task, code) then return false end
    task.policy = nil
    give_up(task)
  end
  return true, code
end

local function reap(task)
  tasks[task] = nil
  task.status = nil
end

-- Take note of the end of a program; with a handler nobody needs to ask any more.
local function notice(task, code)
  tasks[task] = nil
  task.config = nil
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
    local ended, code = settle(self)
    if ended then notice(self, code) else pump() end
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
  local supervised = self.policy
  self.policy, self.restarting = nil, nil
  local ended, code = settle(self)
  if not ended then core.kill(self.process) end
  if supervised then give_up(self) end
  notice(self, code)
  reap(self)
  return code or "killed"
end

-- End the program and start it again; who calls it meanwhile waits.
function Task:restart()
  if self.status ~= "running" then fail("restart: %s does not run", tostring(self)) end
  if self.restarting then return end
  for _, gate in ipairs(self.config.gates) do core.unbind(gate) end
  core.kill(self.process)
  start_again(self)
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

-- Main loop ----------------------------------------------------------------------------------

local function notice_all()
  local ended = {}
  for task in pairs(tasks) do
    local over, code = settle(task)
    if over then ended[task] = { code = code } end
  end
  for task, how in pairs(ended) do
    if task.status == "running" then notice(task, how.code) end
  end
end

-- One round of the main loop.
function L4.__serve()
  notice_all()
  pump()
  notice_all()
end

function L4.__wait_for_all()
  notice_all()
  while next(tasks) do L4.__serve() end
end

-- How long a server may take to begin before the user is told that its clients wait.
local Patience = 2000000

-- The task object of a process; it is watched until its end was noticed.
function L4.__new_task(process, config)
  local task = setmetatable({
    process = process, config = config, name = config.program, where = config.where,
    status = "running", policy = config.restart, started = core.now(), in_a_row = 0, restarts = 0,
  }, Task)
  tasks[task] = true
  L4.__use(config.caps, task)
  if not L4.__check_planned then
    L4.__check_planned = true
    after(Patience, function()
      L4.__check_planned = false
      L4.__check_channels(true)
    end)
  end
  return task
end
