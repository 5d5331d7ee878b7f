// SPDX-License-Identifier: MIT
#include "options.h"

#include <ctype.h>
#include <string.h>

namespace Moe {

namespace {

struct Flag {
  char const *name;
  unsigned value;
};

constexpr Flag Debug_flags[] = {
    {"info", Dbg_info},
    {"nfo", Dbg_info},
    {"warn", Dbg_warn},
    {"boot", Dbg_boot},
    {"server", Dbg_server},
    {"svr", Dbg_server},
    {"exceptions", Dbg_exceptions},
    {"exc", Dbg_exceptions},
    {"loader", Dbg_loader},
    {"ldr", Dbg_loader},
    {"ns", Dbg_name_space},
    {"all", Dbg_all},
};

constexpr Flag Loader_flags[] = {
    {"pre_alloc", 1},
    {"eager_map", 1},
    {"all_segs_cow", 2},
    {"pinned_segs", 4},
};

/// Splits a text into words; quotes are removed.
class Words {
public:
  Words(char const *text, char *buffer, l4_size_t size) : _text(text), _pos(buffer), _room(size) {}

  /// \return the next word, NUL-terminated in the buffer; null at the end or when it is full
  char *next()
  {
    while (isspace(*_text))
      ++_text;
    if (!*_text) return nullptr;
    char *const word = _pos;
    char quote = 0;
    for (; *_text && (quote || !isspace(*_text)); ++_text) {
      if (quote ? *_text == quote : *_text == '"' || *_text == '\'')
        quote = quote ? 0 : *_text;
      else if (!put(*_text))
        return nullptr;
    }
    return put('\0') ? word : nullptr;
  }

  bool put(char c)
  {
    if (!_room) {
      _full = true;
      return false;
    }
    --_room;
    *_pos++ = c;
    return true;
  }

  char *position() const { return _pos; }
  void reset(char *position)
  {
    _room += static_cast<l4_size_t>(_pos - position);
    _pos = position;
  }
  bool full() const { return _full; }

private:
  char const *_text;
  char *_pos;
  l4_size_t _room;
  bool _full = false;
};

bool is_separator(char c)
{
  return c == ',' || c == '|' || c == '+';
}

/// \param otherwise  result if the list has no known word
template <unsigned N>
unsigned parse_flags(char const *list, Flag const (&flags)[N], unsigned otherwise,
                     char const *problem, Option_warning *warn)
{
  unsigned value = 0;
  bool any = !*list;
  while (*list) {
    l4_size_t length = 0;
    while (list[length] && !is_separator(list[length]))
      ++length;
    bool known = false;
    for (Flag const &f : flags)
      if (strlen(f.name) == length && memcmp(f.name, list, length) == 0) {
        value |= f.value;
        any = known = true;
      }
    if (!known && length) warn(list, problem);
    list += length;
    if (*list) ++list;
  }
  return any ? value : otherwise;
}

/// \return what follows `prefix` in `word`, or null
char const *value_of(char const *word, char const *prefix)
{
  l4_size_t const length = strlen(prefix);
  return strncmp(word, prefix, length) == 0 ? word + length : nullptr;
}

void parse_option(char const *word, Options *o, Option_warning *warn)
{
  constexpr char const *Bad_debug = "unknown debug class; known are info, warn, boot, server, "
                                    "exceptions, loader, ns, all";
  if (char const *v = value_of(word, "--debug="))
    o->debug = parse_flags(v, Debug_flags, o->debug, Bad_debug, warn);
  else if (char const *v = value_of(word, "--l4re-dbg="))
    o->l4re_debug = parse_flags(v, Debug_flags, o->l4re_debug, Bad_debug, warn);
  else if (char const *v = value_of(word, "--ldr-flags="))
    o->ldr_flags =
        parse_flags(v, Loader_flags, 0,
                    "unknown loader flag; known are eager_map, all_segs_cow, pinned_segs", warn);
  else if (char const *v = value_of(word, "--init="))
    o->init = v;
  else if (value_of(word, "--brk="))
    warn(word, "is only for systems without an MMU; ignored");
  else
    warn(word, "unknown option, ignored; arguments for the init program go behind '--'");
}

} // namespace

bool parse_options(char const *command_line, char *buffer, l4_size_t size, Options *options,
                   Option_warning *warn)
{
  Words words(command_line ? command_line : "", buffer, size);
  char *const name = words.next();
  if (name) words.reset(name); // our own name is of no interest

  char *word;
  while ((word = words.next()) && word[0] == '-' && strcmp(word, "--") != 0) {
    parse_option(word, options, warn);
    if (options->init != word + strlen("--init="))
      words.reset(word); // only the name of the init program is kept
  }
  // Put the program in front of the word that ended the options.
  bool const dashes = word && strcmp(word, "--") == 0;
  l4_size_t const word_size = word && !dashes ? strlen(word) + 1 : 0;
  l4_size_t const init_size = strlen(options->init) + 1;
  if (word) words.reset(word);
  char *const first = words.position();
  if (words.full() || size - static_cast<l4_size_t>(first - buffer) < init_size + word_size)
    return false;
  memmove(first + init_size, first, word_size);
  memcpy(first, options->init, init_size);
  for (l4_size_t i = 0; i < init_size + word_size; ++i)
    words.put(first[i]);
  options->args = first;
  options->args_count = 1 + (word_size ? 1U : 0U);
  while (words.next())
    ++options->args_count;
  options->args_size = static_cast<l4_size_t>(words.position() - first);
  return !words.full();
}

} // namespace Moe
