// SPDX-License-Identifier: MIT
#pragma once

#include "client.h"

namespace Cons {

/// What a multiplexer is attached to: a serial line, and a clock.
class Screen {
public:
  virtual void write(char const *text, size_t length) = 0;
  virtual uint64_t now() = 0; ///< microseconds since boot

protected:
  ~Screen() = default;
};

/**
 * Many clients on one screen. Lines of clients that are shown begin with their name; one client can
 * be attached: it gets what is typed, and its output comes as it is. Without one there is a prompt.
 */
class Mux {
public:
  Mux(Screen *screen, char const *name) : _screen(screen), _name(name) {}

  // Clients (memory is the caller's; a client that is kept must stay until `remove`).
  void add(Client *client);
  void remove(Client *client);
  /// The program is gone. \return false if its history is to be kept
  bool dropped(Client *client);
  Client *find(char const *name) const; ///< by name, or by the begin of exactly one name
  Client *first() const { return _clients; }

  // Output of programs.
  void written(Client *client, char const *text, size_t length);
  /// Show unfinished lines that wait since before now - `patience`. \return when to come again, or
  /// 0
  uint64_t flush(uint64_t patience);

  // Input.
  void key(char c);
  void attach(Client *client);
  void detach();
  Client *attached() const { return _attached; }

  /// Run one line of the prompt.
  void command(char *line);
  /// Show the prompt. To be called once everything is set up.
  void start() { show_prompt(); }

  bool show_new = false; ///< clients that come are shown

private:
  static constexpr size_t Max_command = 120;

  void show_prompt();
  void hide_prompt();
  void print(char const *text);
  template <typename... Args> void printf(char const *format, Args... args);
  void prefix(Client const &client);
  void emit(Client *client, char const *text, size_t length);
  void emit_raw(Client *client, char const *text, size_t length);
  void emit_line(Client *client);
  void show_history(Client const &client, size_t from, char const *pattern = nullptr);
  void list();
  void show_all(bool show);
  void edit(char c);
  void escaped(char c);
  bool client_command(char const *word, char const *name, char const *argument);
  void act(char const *word, Client *client, char const *argument);
  void grep(char const *pattern, char const *name);

  Screen *_screen;
  char const *_name;
  Client *_clients = nullptr;
  Client *_attached = nullptr;
  Client const *_open = nullptr; ///< whose unfinished line the cursor stands in
  bool _prompt = false;          ///< the prompt stands in the last line
  bool _escape = false;          ///< Ctrl-E was typed
  char _line[Max_command + 1] = {};
  size_t _length = 0;
};

} // namespace Cons
