// SPDX-License-Identifier: MIT
#pragma once

#include "print.h"

namespace boot {

/// A vector without a heap. Going over its capacity ends booting with a message that says what
/// there is too much of.
template <typename T, size_t Capacity> class Fixed_vector {
public:
  explicit constexpr Fixed_vector(const char *contents) : _contents(contents) {}

  void push(T const &value)
  {
    if (_size == Capacity) panic("pass less to the loader", "more than ", Capacity, " ", _contents);
    _items[_size++] = value;
  }
  void insert(size_t position, T const &value)
  {
    push(value);
    for (size_t i = _size - 1; i > position; --i)
      _items[i] = _items[i - 1];
    _items[position] = value;
  }
  void erase(size_t first, size_t last)
  {
    for (size_t i = last; i < _size; ++i)
      _items[first + (i - last)] = _items[i];
    _size -= last - first;
  }
  void truncate(size_t size) { _size = size; }

  size_t size() const { return _size; }
  bool empty() const { return _size == 0; }
  T &operator[](size_t index) { return _items[index]; }
  T const &operator[](size_t index) const { return _items[index]; }
  T *begin() { return _items; }
  T *end() { return _items + _size; }
  T const *begin() const { return _items; }
  T const *end() const { return _items + _size; }

private:
  const char *_contents;
  size_t _size = 0;
  T _items[Capacity] = {};
};

} // namespace boot
