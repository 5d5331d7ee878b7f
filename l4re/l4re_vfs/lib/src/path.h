// SPDX-License-Identifier: MIT
#pragma once

#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <string.h>

namespace L4Re::Vfs {

/**
 * An absolute path in canonical form: "/" or "/a/b", without "", "." and ".." as components.
 *
 * There are no symbolic links, so ".." is the parent by name. Still "x/.." asks whether x is a
 * directory, as POSIX demands.
 */
class Path {
public:
  static constexpr size_t Max = PATH_MAX;

  /**
   * Walk `path` from `base`.
   *
   * \param base          a canonical path
   * \param is_directory  called with a canonical path: 0, or the errno for using it as a directory
   * \return 0; ENOENT for an empty path, ENAMETOOLONG, or what is_directory() says; negated
   */
  template <typename Is_directory>
  int walk(char const *base, char const *path, Is_directory &&is_directory)
  {
    if (!*path) return -ENOENT;
    if (int e = assign(*path == '/' ? "/" : base)) return e;
    _directory = false;
    while (*path) {
      if (*path == '/') {
        ++path;
        _directory = true;
        continue;
      }
      size_t const length = strcspn(path, "/");
      if (int e = step(path, length, is_directory)) return e;
      path += length;
    }
    return 0;
  }

  /// Take over a canonical path.
  int assign(char const *canonical)
  {
    size_t const length = strlen(canonical);
    if (length >= Max) return -ENAMETOOLONG;
    memcpy(_text, canonical, length + 1);
    _length = length;
    return 0;
  }

  char const *c_str() const { return _text; }
  size_t length() const { return _length; }
  /// The path as written can only be a directory: it ended in "/", "." or "..".
  bool names_directory() const { return _directory; }
  bool is_root() const { return _length == 1; }
  /// The last component; empty for the root.
  char const *name() const { return strrchr(_text, '/') + 1; }

  /// Remove the last component; the root stays.
  void up()
  {
    while (_length > 1 && _text[_length - 1] != '/')
      --_length;
    if (_length > 1) --_length;
    _text[_length] = '\0';
  }

private:
  template <typename Is_directory>
  int step(char const *name, size_t length, Is_directory &&is_directory)
  {
    bool const dot = length == 1 && name[0] == '.';
    bool const dots = length == 2 && name[0] == '.' && name[1] == '.';
    _directory = dot || dots;
    if (dot || dots) {
      if (int e = is_root() ? 0 : is_directory(_text)) return e;
      if (dots) up();
      return 0;
    }
    if (length > NAME_MAX) return -ENAMETOOLONG;
    size_t const slash = is_root() ? 0 : 1;
    if (_length + slash + length >= Max) return -ENAMETOOLONG;
    if (slash) _text[_length++] = '/';
    memcpy(_text + _length, name, length);
    _length += length;
    _text[_length] = '\0';
    return 0;
  }

  char _text[Max] = "/";
  size_t _length = 1;
  bool _directory = false;
};

} // namespace L4Re::Vfs
