// SPDX-License-Identifier: MIT
/** Singly linked lists whose links are owning pointers: the list keeps its items alive. */
#pragma once

#include <utility>

namespace cxx::Bits {

/** Base of items of type T; PTR is the owning pointer to a T. */
template <typename T, typename PTR> class Smart_ptr_list_item {
  template <typename U> friend class Smart_ptr_list;
  typedef PTR Value_type;
  typedef T Element;

  PTR _n;
};

/** List of items with the base ITEM. Long lists are taken apart in a loop, not by recursion. */
template <typename ITEM> class Smart_ptr_list {
public:
  typedef typename ITEM::Value_type Value_type;
  typedef typename ITEM::Element Element;

  class Iterator {
  public:
    Iterator() = default;
    Element *operator*() const { return _c; }
    Element *operator->() const { return _c; }
    Iterator &operator++()
    {
      _c = next_of(_c).get();
      return *this;
    }
    friend bool operator==(Iterator const &, Iterator const &) = default;

  private:
    friend class Smart_ptr_list;
    explicit Iterator(Element *e) : _c(e) {}
    Element *_c = nullptr;
  };

  Smart_ptr_list() = default;
  Smart_ptr_list(Smart_ptr_list const &) = delete;
  Smart_ptr_list &operator=(Smart_ptr_list const &) = delete;
  Smart_ptr_list(Smart_ptr_list &&o) noexcept { *this = std::move(o); }
  Smart_ptr_list &operator=(Smart_ptr_list &&o) noexcept
  {
    if (this == &o) return *this;
    clear();
    _first = std::move(o._first);
    _last = std::exchange(o._last, nullptr);
    return *this;
  }
  ~Smart_ptr_list() { clear(); }

  bool empty() const { return !_first; }
  Element *front() const { return _first.get(); }
  Element *back() const { return _last; }
  Iterator begin() const { return Iterator(_first.get()); }
  Iterator end() const { return Iterator(); }

  void push_front(Value_type &&e)
  {
    if (!_last) _last = e.get();
    next_of(e.get()) = std::move(_first);
    _first = std::move(e);
  }
  void push_front(Value_type const &e) { push_front(Value_type(e)); }
  void push_back(Value_type &&e)
  {
    Element *const raw = e.get();
    (_last ? next_of(_last) : _first) = std::move(e);
    _last = raw;
  }
  void push_back(Value_type const &e) { push_back(Value_type(e)); }

  /** Take the first item out; an empty pointer if there is none. */
  Value_type pop_front()
  {
    Value_type e = std::move(_first);
    if (!e) return e;
    _first = std::move(next_of(e.get()));
    if (!_first) _last = nullptr;
    return e;
  }
  void clear()
  {
    while (!empty())
      pop_front();
  }

private:
  static Value_type &next_of(Element *e) { return static_cast<ITEM *>(e)->_n; }

  Value_type _first;
  Element *_last = nullptr;
};

} // namespace cxx::Bits
