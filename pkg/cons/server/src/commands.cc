// SPDX-License-Identifier: MIT
// Commands of the prompt.
#include "mux.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace Cons {

namespace {

constexpr char Help[] =
    "  list                  all clients (ls)\n"
    "  connect NAME          what is typed goes to NAME (c); Ctrl-E . comes back\n"
    "  show NAME, hide NAME  whether the output of NAME appears; showall, hideall\n"
    "  tail NAME [LINES]     the last lines of NAME; cat NAME: all that is kept\n"
    "  grep TEXT [NAME]      kept lines with TEXT\n"
    "  clear NAME            forget what NAME wrote; drop NAME: and NAME itself, if it has ended\n"
    "  keep NAME             keep the output when NAME ends\n"
    "  key NAME C            Ctrl-E C connects to NAME\n"
    "  timestamp NAME        lines of NAME with the time, or without\n"
    "  info NAME, help\n"
    "A name may be shortened. After Ctrl-E: . detach, s show all, h hide all, e c z q Ctrl-E "
    "Ctrl-C "
    "Ctrl-Z Escape\n";

constexpr char const *Client_commands[] = {"connect",   "c",     "show", "hide", "tail",
                                           "cat",       "clear", "drop", "keep", "key",
                                           "timestamp", "info",  "kick"};
constexpr unsigned Tail_lines = 20;

} // namespace

template <typename... Args> void Mux::printf(char const *format, Args... args)
{
  char text[160];
  snprintf(text, sizeof(text), format, args...);
  print(text);
}

void Mux::command(char *line)
{
  char *rest = nullptr;
  char const *const word = strtok_r(line, " ", &rest);
  if (!word) return;
  char const *const name = strtok_r(nullptr, " ", &rest);
  char const *const argument = strtok_r(nullptr, " ", &rest);

  if (!strcmp(word, "help")) return print(Help);
  if (!strcmp(word, "list") || !strcmp(word, "ls")) return list();
  if (!strcmp(word, "showall") || !strcmp(word, "hideall")) return show_all(word[0] == 's');
  if (!strcmp(word, "grep")) return grep(name, argument);
  if (!client_command(word, name, argument))
    printf("There is no command '%.40s'; help lists them\n", word);
}

/// A command that is about one client. \return false if it is none
bool Mux::client_command(char const *word, char const *name, char const *argument)
{
  for (auto const *known : Client_commands)
    if (!strcmp(word, known)) {
      Client *const client = name ? find(name) : _attached;
      if (client)
        act(word, client, argument);
      else if (name)
        printf("There is no client '%.40s', or several begin like that; see list\n", name);
      else
        printf("Say which client: %s NAME\n", word);
      return true;
    }
  return false;
}

void Mux::act(char const *word, Client *client, char const *argument)
{
  if (!strcmp(word, "connect") || !strcmp(word, "c"))
    attach(client);
  else if (!strcmp(word, "show"))
    client->options.show = true;
  else if (!strcmp(word, "hide"))
    client->options.show = false;
  else if (!strcmp(word, "cat"))
    show_history(*client, 0);
  else if (!strcmp(word, "tail")) {
    int const lines = argument ? atoi(argument) : int{Tail_lines};
    show_history(*client, client->history.tail(lines > 0 ? unsigned(lines) : 1));
  } else if (!strcmp(word, "clear"))
    client->history.clear();
  else if (!strcmp(word, "drop")) {
    if (client->gone)
      remove(client);
    else
      printf("%s has not ended\n", client->name());
  } else if (!strcmp(word, "keep"))
    client->options.keep = !client->options.keep;
  else if (!strcmp(word, "key"))
    client->options.key = argument ? argument[0] : '\0';
  else if (!strcmp(word, "timestamp"))
    client->options.timestamp = !client->options.timestamp;
  else if (!strcmp(word, "kick")) {
    if (client == _attached) detach();
  } else
    printf("%s: %zu bytes kept of %zu, %s%s%s%s\n", client->name(), client->history.size(),
           client->options.buffer_size, client->options.show ? "shown" : "hidden",
           client->options.keep ? ", kept" : "", client->options.timestamp ? ", with time" : "",
           client->gone ? ", has ended" : "");
}

void Mux::list()
{
  if (!_clients) print("No client\n");
  for (Client *c = _clients; c; c = c->next)
    printf("%c %-16s %s%s%s %c\n", c == _attached ? '>' : ' ', c->name(),
           c->options.show ? "shown " : "hidden", c->options.keep ? " keep" : "",
           c->gone ? " ended" : "", c->options.key ? c->options.key : ' ');
}

void Mux::show_all(bool show)
{
  show_new = show;
  for (Client *c = _clients; c; c = c->next)
    c->options.show = show;
}

void Mux::grep(char const *pattern, char const *name)
{
  if (!pattern) return print("Say what to look for: grep TEXT [NAME]\n");
  Client const *const only = name ? find(name) : nullptr;
  if (name && !only) return printf("There is no client '%.40s'; see list\n", name);
  for (Client *c = _clients; c; c = c->next)
    if (!only || c == only) show_history(*c, 0, pattern);
}

} // namespace Cons
