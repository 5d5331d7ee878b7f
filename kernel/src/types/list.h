// SPDX-License-Identifier: MIT
// Intrusive doubly linked lists: rings, whose head and members are all links, and lists whose head is one pointer.
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

/// Insert `member` at the front of a list; it has the fields `next` and `link`, the pointer that points to it.
template <class T> void enlist(T *&head, T &member)
{
  member.next = head;
  member.link = &head;
  if (head) head->link = &member.next;
  head = &member;
}
/// Take it out, wherever it is.
template <class T> void delist(T &member)
{
  *member.link = member.next;
  if (member.next) member.next->link = member.link;
}
