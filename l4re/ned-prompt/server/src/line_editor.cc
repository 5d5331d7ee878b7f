// SPDX-License-Identifier: MIT
#include "line_editor.h"

#include <stdio.h>
#include <string.h>

namespace Ned_prompt {

namespace {

enum Key : char {
  Ctrl_A = 1,
  Ctrl_B = 2,
  Ctrl_C = 3,
  Ctrl_D = 4,
  Ctrl_E = 5,
  Ctrl_F = 6,
  Backspace = 8,
  Tab = 9,
  Newline = 10,
  Ctrl_K = 11,
  Ctrl_L = 12,
  Return = 13,
  Ctrl_N = 14,
  Ctrl_P = 16,
  Ctrl_U = 21,
  Ctrl_W = 23,
  Escape = 27,
  Delete = 127,
};

bool is_name(char c)
{
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

} // namespace

void Line_editor::put(char const *text)
{
  _terminal->write(text, strlen(text));
}

/// The line as it is, with the cursor in its place.
void Line_editor::draw()
{
  put("\r");
  put(_prompt);
  _terminal->write(_line, _length);
  put("\x1b[K");
  if (_cursor == _length) return;
  char back[32];
  snprintf(back, sizeof(back), "\x1b[%zuD", _length - _cursor);
  put(back);
}

void Line_editor::begin()
{
  _length = _cursor = _back = 0;
  _line[0] = 0;
  draw();
}

bool Line_editor::key(char c)
{
  // A terminal may send both bytes for the Enter key.
  bool const second_of_pair = c == Newline && _after_return;
  _after_return = c == Return;
  if (second_of_pair) return false;

  if (_state != State::Text) {
    escape(c);
    return false;
  }
  if (c == Return || c == Newline) return enter();
  if (c == Escape)
    _state = State::Escape;
  else if (static_cast<unsigned char>(c) < ' ' || c == Delete)
    control(c);
  else
    insert(&c, 1);
  return false;
}

bool Line_editor::enter()
{
  put("\r\n");
  bool const blank = strspn(_line, " ") == _length;
  bool const again = _entries && !strcmp(_line, _history[(_entries - 1) % History]);
  if (!blank && !again) memcpy(_history[_entries++ % History], _line, _length + 1);
  return true;
}

void Line_editor::control(char c)
{
  switch (c) {
  case Ctrl_A:
    return move_to(0);
  case Ctrl_E:
    return move_to(_length);
  case Ctrl_B:
    return move_to(_cursor ? _cursor - 1 : 0);
  case Ctrl_F:
    return move_to(_cursor + 1);
  case Ctrl_P:
    return recall(_back + 1);
  case Ctrl_N:
    return recall(_back ? _back - 1 : 0);
  case Backspace:
  case Delete:
    return erase(_cursor ? _cursor - 1 : 0, _cursor);
  case Ctrl_D:
    return erase(_cursor, _cursor + 1);
  case Ctrl_K:
    return erase(_cursor, _length);
  case Ctrl_U:
    return erase(0, _cursor);
  case Ctrl_W:
    return erase_word();
  case Ctrl_L:
    return draw();
  case Ctrl_C:
    put("^C\r\n");
    return begin();
  case Tab:
    return complete();
  default:
    return;
  }
}

/// A byte of a sequence: ESC [ A, ESC O H, ESC [ 3 ~.
void Line_editor::escape(char c)
{
  if (_state == State::Escape) {
    _state = c == '[' || c == 'O' ? State::Sequence : State::Text;
    _parameter = 0;
    return;
  }
  if ((c >= '0' && c <= '9') || c == ';') {
    if (!_parameter) _parameter = c;
    return;
  }
  _state = State::Text;
  switch (c == '~' ? _parameter : c) {
  case 'A':
    return control(Ctrl_P);
  case 'B':
    return control(Ctrl_N);
  case 'C':
    return control(Ctrl_F);
  case 'D':
    return control(Ctrl_B);
  case 'H':
  case '1':
    return control(Ctrl_A);
  case 'F':
  case '4':
    return control(Ctrl_E);
  case '3':
    return control(Ctrl_D);
  default:
    return;
  }
}

void Line_editor::insert(char const *text, size_t length)
{
  if (length > Max_line - _length) return put("\a");
  memmove(_line + _cursor + length, _line + _cursor, _length + 1 - _cursor);
  memcpy(_line + _cursor, text, length);
  _length += length;
  _cursor += length;
  if (_cursor == _length)
    _terminal->write(text, length); // no need to draw the rest
  else
    draw();
}

void Line_editor::erase(size_t from, size_t to)
{
  if (to > _length) to = _length;
  if (from >= to) return;
  memmove(_line + from, _line + to, _length + 1 - to);
  _length -= to - from;
  _cursor = from;
  draw();
}

void Line_editor::erase_word()
{
  size_t from = _cursor;
  while (from && !is_name(_line[from - 1]))
    --from;
  while (from && is_name(_line[from - 1]))
    --from;
  erase(from, _cursor);
}

void Line_editor::move_to(size_t position)
{
  _cursor = position < _length ? position : _length;
  draw();
}

/// Show the line entered `back` lines ago; 0 is a new, empty one.
void Line_editor::recall(unsigned back)
{
  if (back > _entries || back > History) return put("\a");
  _back = back;
  _length = 0;
  if (back) {
    char const *const old = _history[(_entries - back) % History];
    _length = strlen(old);
    memcpy(_line, old, _length);
  }
  _line[_length] = 0;
  _cursor = _length;
  draw();
}

/// Insert what all candidates have in common; if that is nothing new show them.
void Line_editor::complete()
{
  char names[Max_names];
  size_t const length = _terminal->complete(_line, _cursor, names, sizeof(names));
  auto const *const end = static_cast<char const *>(memchr(names, '\n', length));
  if (!length || !end) return put("\a");

  size_t const there = static_cast<size_t>(end - names);
  char const *const first = end + 1, *const last = names + length;
  auto const *p = static_cast<char const *>(memchr(first, '\n', static_cast<size_t>(last - first)));
  size_t common = static_cast<size_t>((p ? p : last) - first);
  while (p) {
    char const *const name = ++p;
    p = static_cast<char const *>(memchr(name, '\n', static_cast<size_t>(last - name)));
    size_t const size = static_cast<size_t>((p ? p : last) - name);
    size_t n = 0;
    while (n < common && n < size && name[n] == first[n])
      ++n;
    common = n;
  }
  if (common > there) return insert(first + there, common - there);
  list(first, static_cast<size_t>(last - first));
}

void Line_editor::list(char const *names, size_t length)
{
  put("\r\n");
  for (size_t i = 0; i < length; ++i)
    _terminal->write(names[i] == '\n' ? "  " : names + i, names[i] == '\n' ? 2 : 1);
  put("\r\n");
  draw();
}

} // namespace Ned_prompt
