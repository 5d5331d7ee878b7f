// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>
#include <stdint.h>

namespace Cons {

/// The last bytes that a program wrote. Older ones make room for new ones.
class History {
public:
  History() = default;
  ~History() { delete[] _bytes; }
  History(History const &) = delete;
  History &operator=(History const &) = delete;

  /// \return false if there is no memory; then nothing is kept.
  bool allocate(size_t size);
  void append(char const *text, size_t length);
  void clear() { _begin = _used = 0; }
  size_t size() const { return _used; }
  char at(size_t index) const { return _bytes[(_begin + index) % _capacity]; }
  /// Where the last `lines` lines begin.
  size_t tail(unsigned lines) const;

private:
  char *_bytes = nullptr;
  size_t _capacity = 0, _begin = 0, _used = 0;
};

struct Client_options {
  bool show = false;          ///< its output appears although it is not attached
  bool keep = false;          ///< its output stays when the program is gone
  bool line_buffering = true; ///< unfinished lines wait for their end, at most for a while
  bool timestamp = false;     ///< lines begin with the time
  char key = 0;               ///< Ctrl-E and this key attach it
  size_t buffer_size = 40960; ///< bytes of history
};

/// A program's side of the console: what it wrote, what was typed for it. No IPC, no memory beyond
/// the history.
class Client {
public:
  static constexpr size_t Max_name = 24, Line_size = 256;

  Client(char const *name, unsigned colour, Client_options const &options);
  virtual ~Client() = default;

  char const *name() const { return _name; }
  unsigned colour() const { return _colour; }

  /// What was typed for the program. False: it has not read what came before.
  bool type(char c);
  /// \return bytes that are there; at most `size` of them were taken
  size_t read(char *buffer, size_t size);

  /// Something to read has come. Called for the first byte only.
  virtual void notify() {}

  Client *next = nullptr;
  Client_options options;
  History history;
  bool gone = false;          ///< the program dropped its console; only its history is left
  uint64_t pending_since = 0; ///< microseconds; when the unfinished line began
  char line[Line_size];       ///< unfinished line that was not shown yet
  size_t line_length = 0;

private:
  char _name[Max_name + 1];
  unsigned _colour;
  char _typed[128];
  size_t _first = 0, _count = 0;
};

/// 0..7, 8..15 for the bright ones: "n r g y b m c w", capital letters, or a number; 7 if unknown.
unsigned colour_of(char const *text);

} // namespace Cons
