// SPDX-License-Identifier: MIT
#include "jdb/commands.h"

#include "arch/arch.h"
#include "diag/print.h"
#include "jdb/console.h"
#include "jdb/names.h"
#include "jdb/session.h"

namespace jdb {
namespace {

void help(Words const &words)
{
  for (unsigned i = 0; i < Command_count; ++i) {
    Command const &c = Commands[i];
    if (*words[1] && !matches(words[1], c.name)) continue;
    print_padded(c.name, 11);
    print_padded(c.arguments, 26);
    kprintf("%s", c.help);
    if (!Console::end_line()) return;
  }
}

void go(Words const &)
{
  Session::leave();
}
void reboot(Words const &)
{
  platform::reboot();
}

void exit(Words const &)
{
  platform::power_off();
  kprintf("this machine cannot be switched off\n");
}

/// For the tests of the debugger itself.
void provoke(Words const &words)
{
  if (matches(words[1], "panic")) return Session::leave_by(Session::Accident::Panic);
  if (matches(words[1], "fault")) return Session::leave_by(Session::Accident::Fault);
  if (matches(words[1], "hang")) return Session::leave_by(Session::Accident::Hang);
  kprintf("provoke: '%s' is none of panic, fault, hang\n", words[1]);
}

void on_entry(Words const &words)
{
  Session::set_entry_commands(words[1]);
}

void page(Words const &words)
{
  Word lines;
  if (!parse_number(words[1], lines)) return kprintf("page: '%s' is no number\n", words[1]);
  Console::set_page(unsigned(lines));
}

} // namespace

constexpr Command Commands[] = {
    {"help", "[COMMAND]", "the commands, one line each", help},
    {"cpus", "", "each CPU: thread that it runs, where it was stopped", show_cpus},
    {"tasks", "", "each task: threads, capabilities, kernel memory of its factory", show_tasks},
    {"threads", "[TASK]", "each thread: state, priority, ip, for whom it waits", show_threads},
    {"thread", "THREAD", "one thread: registers, handlers, time, callers on its stack", show_thread,
     1},
    {"objects", "[TYPE | NAME]", "kernel objects, oldest first", show_objects},
    {"caps", "TASK", "capabilities of a task: slot, rights, object", show_caps, 1},
    {"pages", "TASK [ADDRESS]", "what is mapped; of one address: from whom, to whom", show_pages,
     1},
    {"frame", "ADDRESS", "who has mapped a page of physical memory", show_frame, 1},
    {"ready", "", "ready queues of all CPUs, best priority first", show_ready},
    {"timeouts", "", "armed timeouts of all CPUs, earliest first", show_timeouts},
    {"memory", "", "kernel memory: heap, objects by type, quotas", show_memory},
    {"dump", "ADDRESS [BYTES] [TASK|phys]", "memory of the kernel, a task, or physical", dump, 1},
    {"trace", "[COUNT | clear | on|off [KIND]...]", "the last events of all CPUs, newest first",
     trace_command},
    {"refusals", "", "operations that the kernel refused, and how often", show_refusals},
    {"explain", "on|off [TASK]", "CHANGES: say why operations are refused (of all tasks, of one)",
     explain_command, 1},
    {"registers", "[CPU]", "registers and callers in the kernel of a stopped CPU", show_registers},
    {"page", "LINES", "length of a page of output; 0: do not wait", page, 1},
    {"onenter", "COMMANDS", "run COMMANDS at each entry from now on", on_entry},
    {"provoke", "panic|fault|hang",
     "CHANGES: an accident on this CPU; a hang ends with the next entry", provoke, 1},
    {"go", "", "let the system go on", go},
    {"reboot", "", "reset the machine", reboot},
    {"exit", "", "switch the machine off, which ends QEMU", exit},
};
constexpr unsigned Command_count = sizeof Commands / sizeof Commands[0];

bool matches(char const *typed, char const *name)
{
  while (*typed && *typed == *name)
    ++typed, ++name;
  return !*typed;
}

namespace {

/// The command with this name, or the only one that begins so.
Command const *find(char const *typed)
{
  Command const *found = nullptr;
  unsigned candidates = 0;
  for (Command const &c : Commands) {
    if (!matches(typed, c.name)) continue;
    if (matches(c.name, typed)) return &c;
    found = &c;
    ++candidates;
  }
  if (candidates == 1) return found;
  kprintf(candidates ? "'%s' can mean several commands; `help %s` shows them\n"
                     : "'%s' is no command; `help` lists them\n",
          typed, typed);
  return nullptr;
}

Words split(char *line)
{
  Words words;
  while (words.count < Words::Most) {
    while (*line == ' ' || *line == ':')
      ++line;
    if (!*line) break;
    words.word[words.count++] = line;
    bool takes_rest = matches(words[0], "onenter") && words.count == 2;
    while (*line && (takes_rest || (*line != ' ' && *line != ':')))
      ++line;
    if (*line) *line++ = 0;
  }
  return words;
}

} // namespace

void run_command(char *line)
{
  Words words = split(line);
  if (!words.count) return;
  Command const *command = find(words[0]);
  if (!command) return;
  if (words.count <= command->needs)
    return kprintf("usage: %s %s\n", command->name, command->arguments);
  command->run(words);
}

} // namespace jdb
