// SPDX-License-Identifier: MIT
// Principle: nothing of the kernel is taken for sane. The debugger stops all CPUs, has a stack of
// its own, takes no lock, allocates nothing, and a fault in one of its commands ends the command.
#include "jdb/session.h"

#include "arch/arch.h"
#include "boot/options.h"
#include "diag/print.h"
#include "jdb/commands.h"
#include "jdb/console.h"
#include "jdb/hooks.h"
#include "jdb/machine.h"
#include "jdb/symbols.h"
#include "jdb/trace.h"
#include "sched/cpu.h"

#include <string.h>

namespace jdb {
namespace {

struct State {
  Session::Kind kind;
  char const *why;
  char const *commands;
  Word length;
  Word frame_pointer;
  bool leaves;
  Session::Accident accident;
};
State state;

char entry_commands[Console::Line_length];
/// A CPU that panics has nothing to go back to: later entries of others may still come.
bool is_started, has_panicked;

/// A CPU that was told to hang does so, with interrupts off, until this changes.
u32 hang_ends;

void suffer(Session::Accident accident)
{
  u32 end = __atomic_load_n(&hang_ends, __ATOMIC_RELAXED);
  switch (accident) {
  case Session::Accident::None:
    return;
  case Session::Accident::Panic:
    panic("provoked by the debugger");
  case Session::Accident::Fault:
    __builtin_trap();
  case Session::Accident::Hang:
    while (__atomic_load_n(&hang_ends, __ATOMIC_RELAXED) == end)
      __builtin_ia32_pause();
  }
}

constexpr char Esc = 0x1b;

/// Characters that came while ESC was looked for.
char kept[1024];
unsigned kept_first, kept_end;

/// Run commands that are separated by ';'. One that takes the rest of the line gets all of it.
void run_commands(char const *text, Word length)
{
  char line[Console::Line_length];
  Word at = 0;
  while (at < length && text[at] && !state.leaves) {
    unsigned n = 0;
    bool takes_rest = length - at > 7 && !memcmp(text + at, "onenter", 7);
    for (; at < length && text[at] && (takes_rest || text[at] != ';'); ++at)
      if (n + 1 < sizeof line) line[n++] = text[at];
    ++at;
    line[n] = 0;
    Console::begin_output(false);
    kprintf("jdb: %s\n", line);
    run_command(line);
  }
}

void prompt()
{
  char line[Console::Line_length];
  while (!state.leaves) {
    kprintf("jdb: ");
    Console::read_line(line);
    Console::begin_output(true);
    run_command(line);
  }
}

void run_session()
{
  unsigned restarts = machine::restarts();
  bool asks =
      state.kind != Session::Kind::Commands && !kernel_options.has(Kernel_options::Never_stop);
  if (restarts)
    kprintf("\nan exception ended this command: what it looked at is damaged\n");
  else if (state.kind != Session::Kind::Commands) {
    kprintf("\n--- kernel debugger: %s, CPU %u%s ---\n", state.why, Cpu::self().id(),
            asks ? "; `help` lists the commands, `go` goes on" : "");
    run_commands(entry_commands, sizeof entry_commands);
  }
  if (!restarts && state.commands) run_commands(state.commands, state.length);
  if (asks && !state.leaves) prompt();
}

} // namespace

bool can_enter()
{
  return is_started && !kernel_options.has(Kernel_options::No_debugger) &&
         !kernel_options.has(Kernel_options::No_serial);
}

void Session::enter(Kind kind, char const *why, char const *commands, Word length)
{
  if (!can_enter() || !machine::acquire()) return;
  state = {
      kind,  why,           commands, length, reinterpret_cast<Word>(__builtin_frame_address(0)),
      false, Accident::None};
  machine::stop_others();
  machine::run(run_session);
  Accident accident = state.accident;
  if (accident == Accident::None) __atomic_fetch_add(&hang_ends, 1, __ATOMIC_RELAXED);
  machine::resume_others();
  machine::release();
  suffer(accident);
}

void Session::leave_by(Accident accident)
{
  state.accident = accident;
  state.leaves = true;
}

void Session::leave()
{
  if (has_panicked) return kprintf("the kernel cannot go on after a panic: `reboot` or `exit`\n");
  state.leaves = true;
}

void Session::set_entry_commands(char const *commands)
{
  memset(entry_commands, 0, sizeof entry_commands);
  for (unsigned i = 0; i + 1 < sizeof entry_commands && commands[i]; ++i)
    entry_commands[i] = commands[i];
}

Word Session::frame_pointer()
{
  return state.frame_pointer;
}

// ---- doors ------------------------------------------------------------------------------------

void start()
{
  machine::init();
  is_started = true;
  watches = !kernel_options.has(Kernel_options::No_debugger);
  if (watches)
    Trace::init(kernel_options.has(Kernel_options::Trace_entries) ? kernel_options.tbuf_entries
                                                                  : 0);
  Kernel_options const &options = kernel_options;
  if (can_enter() && options.has(Kernel_options::Serial_esc)) platform::console_enable_input();
  if (options.has(Kernel_options::Debugger_commands))
    Session::enter(Session::Kind::Commands, "", options.jdb_cmd, sizeof options.jdb_cmd);
  if (options.has(Kernel_options::Wait)) Session::enter(Session::Kind::Visit, "option -wait");
}

void panicked()
{
  if (machine::is_owner()) __builtin_trap(); // a bug of the debugger: back to its prompt
  has_panicked = true;
  if (!is_started) return; // the stack walk needs what a CPU has then
  kprintf("called by:\n");
  Console::begin_output(false);
  print_callers(reinterpret_cast<Word>(__builtin_frame_address(0)));
  Session::enter(Session::Kind::Panic, "panic");
}

bool handles_exception(Frame &frame)
{
  return machine::resume_own_exception(frame);
}

void console_input()
{
  for (int c; (c = platform::console_get()) >= 0;) {
    bool enters = c == Esc && can_enter() && kernel_options.has(Kernel_options::Serial_esc);
    if (enters)
      Session::enter(Session::Kind::Visit, "ESC");
    else if (kept_end - kept_first < sizeof kept)
      kept[kept_end++ % sizeof kept] = char(c);
  }
}

int console_get()
{
  console_input(); // a program may poll faster than interrupts come
  if (kept_first == kept_end) return -1;
  return u8(kept[kept_first++ % sizeof kept]);
}

bool enter_by_user(char const *text, Word length)
{
  constexpr Word Max_text = 61 * sizeof(Word); // behind MR1
  if (!can_enter()) return false;
  if (length > Max_text) length = Max_text;
  bool are_commands = length >= 2 && text[0] == '*' && text[1] == '#';
  if (are_commands) {
    Session::enter(Session::Kind::Commands, "", text + 2, length - 2);
    return true;
  }
  char why[Console::Line_length] = "a program asked for it";
  for (Word i = 0; i < length && i + 1 < sizeof why; ++i)
    why[i] = text[i], why[i + 1] = 0;
  Session::enter(Session::Kind::Visit, why);
  return true;
}

} // namespace jdb
