// SPDX-License-Identifier: MIT
// What is typed: for the attached client, after Ctrl-E for the multiplexer, else at the prompt.
#include "mux.h"

#include <string.h>

namespace Cons {

namespace {

enum : char {
  Ctrl_c = 3,
  Ctrl_e = 5,
  Backspace = 8,
  Ctrl_u = 21,
  Ctrl_z = 26,
  Escape = 27,
  Delete = 127
};

} // namespace

void Mux::key(char c)
{
  if (_escape) {
    _escape = false;
    escaped(c);
  } else if (c == Ctrl_e)
    _escape = true;
  else if (_attached)
    _attached->type(c);
  else
    edit(c);
}

/// The key after Ctrl-E.
void Mux::escaped(char c)
{
  static constexpr struct {
    char key, typed;
  } Literals[] = {{'e', Ctrl_e}, {'c', Ctrl_c}, {'z', Ctrl_z}, {'q', Escape}};

  for (Client *client = _clients; client; client = client->next)
    if (client->options.key && client->options.key == c) return attach(client);
  if (c == '.' && _attached) return detach();
  if (c == 'h' || c == 's') return show_all(c == 's');
  for (auto const &literal : Literals)
    if (literal.key == c && _attached) _attached->type(literal.typed);
}

/// The prompt: a line without cursor movement.
void Mux::edit(char c)
{
  if (c == '\r' || c == '\n') {
    char line[Max_command + 1];
    memcpy(line, _line, _length);
    line[_length] = 0;
    _length = 0;
    _prompt = false; // its line stays
    print("\n");
    command(line);
    show_prompt();
  } else if ((c == Backspace || c == Delete) && _length) {
    --_length;
    if (_prompt) print("\b \b");
  } else if (c == Ctrl_u) {
    hide_prompt();
    _length = 0;
    show_prompt();
  } else if (c >= ' ' && c < Delete && _length < Max_command) {
    _line[_length++] = c;
    if (_prompt) _screen->write(&c, 1);
  }
}

} // namespace Cons
