// SPDX-License-Identifier: MIT
#pragma once

#include <stddef.h>

namespace Ned_prompt {

/**
 * One line of text under a cursor, as a terminal sends keys: bytes, and escape sequences of
 * ECMA-48 for arrows and the like.
 *
 * Keys: arrows, Home, End, Delete, Backspace, Tab; Ctrl-A -E -B -F -P -N as arrows do, Ctrl-D
 * deletes, Ctrl-K cuts to the end, Ctrl-U to the begin, Ctrl-W a word, Ctrl-L draws the line
 * again, Ctrl-C drops it.
 */
class Line_editor {
public:
  static constexpr size_t Max_line = 480; ///< bytes; further keys only ring the bell
  static constexpr size_t Max_names = 512;

  /// Where the editor writes, and what it asks.
  class Terminal {
  public:
    virtual void write(char const *text, size_t length) = 0;
    /**
     * Names that may follow the text before the cursor.
     * \param names  the part that is there already, then the candidates, separated by newlines
     * \return bytes written to `names`, at most `size`; 0 if there is nothing
     */
    virtual size_t complete(char const *text, size_t length, char *names, size_t size) = 0;

  protected:
    ~Terminal() = default;
  };

  Line_editor(Terminal *terminal, char const *prompt) : _terminal(terminal), _prompt(prompt) {}

  /// Begin with an empty line.
  void begin();

  /**
   * Take a key.
   * \return true if it ends the line: `line()` holds it, until `begin()`
   */
  bool key(char c);

  char const *line() const { return _line; } ///< terminated by 0
  size_t length() const { return _length; }

private:
  static constexpr unsigned History = 32;

  bool enter();
  void control(char c);
  void escape(char c);
  void insert(char const *text, size_t length);
  void erase(size_t from, size_t to);
  void erase_word();
  void move_to(size_t position);
  void recall(unsigned back);
  void complete();
  void list(char const *names, size_t length);
  void draw();
  void put(char const *text);

  Terminal *_terminal;
  char const *_prompt;
  char _line[Max_line + 1] = "";
  size_t _length = 0, _cursor = 0;
  enum class State : unsigned char { Text, Escape, Sequence } _state = State::Text;
  char _parameter = 0; ///< digit of a sequence such as ESC [ 3 ~
  bool _after_return = false;

  char _history[History][Max_line + 1] = {};
  unsigned _entries = 0; ///< lines ever entered; the newest is at (_entries - 1) % History
  unsigned _back = 0;    ///< how far back the shown line is; 0: the new one
};

} // namespace Ned_prompt
