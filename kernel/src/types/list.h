// SPDX-License-Identifier: MIT
// Intrusive doubly linked ring: the list head and the members are all links.
#pragma once

/// A link that is alone points to itself. Removing and inserting take constant time.
class Link {
public:
  constexpr Link() : _next(this), _prev(this) {}
  Link(Link const &) = delete;
  Link &operator=(Link const &) = delete;

  bool is_linked() const { return _next != this; }
  Link *next() const { return _next; }
  /// Insert this lone link in front of `where`; with `where` as a list head: at the end.
  void insert_before(Link *where)
  {
    _next = where;
    _prev = where->_prev;
    where->_prev->_next = this;
    where->_prev = this;
  }
  void insert_after(Link *where) { insert_before(where->_next); }
  void unlink()
  {
    _prev->_next = _next;
    _next->_prev = _prev;
    _next = _prev = this;
  }

private:
  Link *_next, *_prev;
};
