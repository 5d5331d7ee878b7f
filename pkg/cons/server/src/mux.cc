// SPDX-License-Identifier: MIT
// Clients, and their output on the screen.
#include "mux.h"

#include <stdio.h>
#include <string.h>

namespace Cons {

void Mux::add(Client *client)
{
  Client **last = &_clients;
  while (*last)
    last = &(*last)->next;
  *last = client;
}

void Mux::remove(Client *client)
{
  if (_attached == client) detach();
  if (_open == client) _open = nullptr;
  for (Client **i = &_clients; *i; i = &(*i)->next)
    if (*i == client) {
      *i = client->next;
      return;
    }
}

bool Mux::dropped(Client *client)
{
  emit_line(client);
  client->gone = true;
  if (_attached == client) detach();
  if (client->options.keep) return false;
  remove(client);
  return true;
}

Client *Mux::find(char const *name) const
{
  Client *found = nullptr;
  size_t const length = strlen(name);
  for (Client *c = _clients; c; c = c->next) {
    if (!strcmp(c->name(), name)) return c;
    if (strncmp(c->name(), name, length)) continue;
    if (found) return nullptr;
    found = c;
  }
  return length ? found : nullptr;
}

// --- output
// ---------------------------------------------------------------------------------------

void Mux::print(char const *text)
{
  _screen->write(text, strlen(text));
}

void Mux::hide_prompt()
{
  if (_prompt) print("\r\033[K");
  _prompt = false;
}

void Mux::show_prompt()
{
  // An unfinished line of a client stays as it is; the prompt comes when it ends.
  if (_attached || _prompt || _open) return;
  _prompt = true;
  print(_name);
  print("> ");
  _screen->write(_line, _length);
}

void Mux::prefix(Client const &client)
{
  char text[80];
  unsigned const colour = client.colour();
  int length = snprintf(text, sizeof(text), "\033[%s3%um%-8.16s\033[0m| ", colour >= 8 ? "1;" : "",
                        colour % 8, client.name());
  _screen->write(text, size_t(length));
  if (!client.options.timestamp) return;
  unsigned long const ms = static_cast<unsigned long>(_screen->now() / 1000);
  length = snprintf(text, sizeof(text), "[%5lu.%03lu] ", ms / 1000, ms % 1000);
  _screen->write(text, size_t(length));
}

/// Text of an attached client: as it is.
void Mux::emit_raw(Client *client, char const *text, size_t length)
{
  if (!length) return;
  hide_prompt();
  if (_open && _open != client) print("\n");
  _screen->write(text, length);
  _open = text[length - 1] == '\n' ? nullptr : client;
}

/// Text of a client that is shown, with its name in front of each line.
void Mux::emit(Client *client, char const *text, size_t length)
{
  hide_prompt();
  if (_open && _open != client) {
    print("\n");
    _open = nullptr;
  }
  while (length) {
    if (!_open) prefix(*client);
    auto const *const end = static_cast<char const *>(memchr(text, '\n', length));
    size_t const part = end ? size_t(end - text) + 1 : length;
    _screen->write(text, part);
    _open = end ? nullptr : client;
    text += part;
    length -= part;
  }
  show_prompt();
}

/// The part of a line that waited.
void Mux::emit_line(Client *client)
{
  size_t const length = client->line_length;
  client->line_length = 0;
  if (length && (client->options.show || client == _attached)) emit(client, client->line, length);
}

void Mux::written(Client *client, char const *text, size_t length)
{
  client->history.append(text, length);
  if (client == _attached) return emit_raw(client, text, length);
  if (!client->options.show) return;
  if (!client->options.line_buffering) return emit(client, text, length);
  for (size_t i = 0; i < length; ++i) {
    if (!client->line_length) client->pending_since = _screen->now();
    client->line[client->line_length++] = text[i];
    if (text[i] == '\n' || client->line_length == Client::Line_size) emit_line(client);
  }
}

uint64_t Mux::flush(uint64_t patience)
{
  uint64_t const now = _screen->now();
  uint64_t next = 0;
  for (Client *c = _clients; c; c = c->next) {
    if (!c->line_length) continue;
    if (c->pending_since + patience <= now)
      emit_line(c);
    else if (!next || c->pending_since + patience < next)
      next = c->pending_since + patience;
  }
  return next;
}

void Mux::show_history(Client const &client, size_t from, char const *pattern)
{
  char line[Client::Line_size + 1];
  size_t length = 0;
  for (size_t i = from; i < client.history.size(); ++i) {
    line[length++] = client.history.at(i);
    bool const last = i + 1 == client.history.size();
    if (line[length - 1] != '\n' && length < Client::Line_size && !last) continue;
    line[length] = 0;
    if (!pattern || strstr(line, pattern)) {
      if (pattern) prefix(client);
      print(line);
      if (line[length - 1] != '\n') print("\n");
    }
    length = 0;
  }
}

void Mux::attach(Client *client)
{
  hide_prompt();
  if (_open) print("\n");
  _open = nullptr;
  _attached = nullptr;
  emit_line(client);
  _attached = client;
  print("--- attached to ");
  print(client->name());
  print("; Ctrl-E . detaches ---\n");
}

void Mux::detach()
{
  if (_open) print("\n");
  _open = nullptr;
  if (_attached) print("--- detached ---\n");
  _attached = nullptr;
  show_prompt();
}

} // namespace Cons
