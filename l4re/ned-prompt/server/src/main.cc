// SPDX-License-Identifier: MIT
/*
 * `ned-prompt [PROMPT]`: a shell for ned. Needs the capability `svr`, a channel that the boot
 * script serves with L4.server_loop, and a log that has input (moe-ned-sigma0.md section 3.8).
 */
#include "line_editor.h"

#include <l4/ned/cmd_control>
#include <l4/re/env>
#include <l4/re/log>
#include <l4/re/util/cap_alloc>
#include <l4/sys/err.h>
#include <l4/sys/factory>
#include <l4/sys/semaphore>

#include <stdio.h>
#include <string.h>

namespace {

using L4Re::Ned::Cmd_control;
using Ned_prompt::Line_editor;

L4::Cap<L4Re::Log> log_cap()
{
  return L4Re::Env::env()->log();
}

void print(char const *text)
{
  log_cap()->print(text);
}

/// Keys typed at the log. Blocks until there are some.
class Keyboard {
public:
  /// \return false if the log has no input
  bool init()
  {
    _arrived = L4Re::Util::cap_alloc.alloc<L4::Semaphore>();
    if (!_arrived.is_valid()) return false;
    auto const factory = L4Re::Env::env()->factory();
    return l4_error(factory->create(_arrived)) >= 0 && l4_error(log_cap()->bind(0, _arrived)) >= 0;
  }

  char get()
  {
    while (_next == _count) {
      int const n = log_cap()->read(_keys, sizeof(_keys));
      _next = 0;
      _count = n <= 0 ? 0 : n > int{sizeof(_keys)} ? unsigned{sizeof(_keys)} : unsigned(n);
      if (!_count) _arrived->down();
    }
    return _keys[_next++];
  }

private:
  L4::Cap<L4::Semaphore> _arrived;
  char _keys[64];
  unsigned _next = 0, _count = 0;
};

class Ned {
public:
  explicit Ned(L4::Cap<Cmd_control> cap) : _cap(cap) {}

  /**
   * Run a command.
   * \param[out] answer  what it returned, terminated by 0
   * \return 0 or the error number
   */
  long run(char const *command, size_t length, char (&answer)[Cmd_control::Max_result + 1])
  {
    L4::Ipc::Array<char> result(Cmd_control::Max_result, answer);
    long const error = _cap->execute(L4::Ipc::String<>(length + 1, command), result);
    answer[error < 0 ? 0 : result.length] = 0;
    return error;
  }

private:
  L4::Cap<Cmd_control> _cap;
};

class Console final : public Line_editor::Terminal {
public:
  explicit Console(Ned *ned) : _ned(ned) {}

  void write(char const *text, size_t length) override
  {
    log_cap()->printn(text, static_cast<int>(length));
  }

  /// Ned knows the names: L4.__complete([==[text]==]).
  size_t complete(char const *text, size_t length, char *names, size_t size) override
  {
    char command[Cmd_control::Max_command + 1];
    int const n = snprintf(command, sizeof(command), "return L4.__complete([==[%.*s]==])",
                           static_cast<int>(length), text);
    if (n < 0 || static_cast<size_t>(n) >= sizeof(command)) return 0;
    char answer[Cmd_control::Max_result + 1];
    if (_ned->run(command, static_cast<size_t>(n), answer) < 0) return 0;
    size_t const all = strlen(answer);
    size_t const fits = all < size ? all : size;
    memcpy(names, answer, fits);
    return fits;
  }

private:
  Ned *_ned;
};

void execute(Ned *ned, Line_editor const &editor)
{
  if (strspn(editor.line(), " ") == editor.length()) return;
  char answer[Cmd_control::Max_result + 1];
  long const error = ned->run(editor.line(), editor.length(), answer);
  if (error >= 0) {
    if (strcmp(answer, "nil")) {
      print(answer);
      print("\r\n");
    }
  } else if (error != -L4_EINVAL && error != -L4_EIO) { // of those ned has told the reason
    printf("ned-prompt: ned does not answer: %s (%ld)\n", l4sys_errtostr(error), error);
  }
}

} // namespace

int main(int argc, char **argv)
{
  auto const cap = L4Re::Env::env()->get_cap<Cmd_control>("svr");
  if (!cap.is_valid()) {
    printf("ned-prompt: no capability 'svr': start it with caps = { svr = channel } and serve the "
           "channel with L4.server_loop(channel)\n");
    return 1;
  }
  static Keyboard keyboard;
  if (!keyboard.init()) {
    printf("ned-prompt: the log has no input: start it with log = L4.Env.log\n");
    return 1;
  }
  Ned ned(cap);
  Console console(&ned);
  static Line_editor editor(&console, argc > 1 ? argv[1] : "ned> ");
  print("Lua prompt of ned; help() tells more.\r\n");
  for (;;) {
    editor.begin();
    while (!editor.key(keyboard.get())) {
    }
    execute(&ned, editor);
  }
}
