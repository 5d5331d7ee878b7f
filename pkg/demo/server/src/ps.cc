// SPDX-License-Identifier: MIT
// Prints every few seconds what runs: asks ned, which started it all, line by line.
#include <l4/ned/cmd_control>
#include <l4/re/env>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

namespace {

using L4Re::Ned::Cmd_control;

/// What a piece of Lua returns, as text. False if ned does not answer.
bool ask(L4::Cap<Cmd_control> ned, char const *command, size_t length,
         char (&answer)[Cmd_control::Max_result + 1])
{
  L4::Ipc::Array<char> result(Cmd_control::Max_result, answer);
  if (ned->execute(L4::Ipc::String<>(length + 1, command), result) < 0) return false;
  answer[result.length] = 0;
  return true;
}

} // namespace

int main(int argc, char **argv)
{
  auto const ned = L4Re::Env::env()->get_cap<Cmd_control>("svr");
  if (!ned.is_valid()) {
    puts("There is no capability 'svr'; see assets/demo.cfg");
    return 1;
  }
  unsigned const period = argc > 1 ? static_cast<unsigned>(atoi(argv[1])) : 5;
  for (;;) {
    sleep(period);
    char answer[Cmd_control::Max_result + 1];
    constexpr char Begin[] = "return ps_begin()";
    int const lines = ask(ned, Begin, sizeof(Begin) - 1, answer) ? atoi(answer) : 0;
    for (int i = 1; i <= lines; ++i) {
      char command[40];
      int const length = snprintf(command, sizeof(command), "return ps_line(%d)", i);
      if (ask(ned, command, static_cast<size_t>(length), answer)) puts(answer);
    }
  }
}
