// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/types.h>

#include <cstdlib>
#include <sys/mman.h>

/// A piece of the host's address space that plays RAM: aligned to its size, zeroed on first touch.
class Arena {
public:
  explicit Arena(unsigned order) : _size(1UL << order)
  {
    void *p = mmap(nullptr, 2 * _size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (p == MAP_FAILED) abort();
    _map = p;
    _start = (reinterpret_cast<l4_addr_t>(p) + _size - 1) & ~(_size - 1);
  }
  ~Arena() { munmap(_map, 2 * _size); }
  Arena(Arena const &) = delete;
  Arena &operator=(Arena const &) = delete;

  l4_addr_t start() const { return _start; }
  l4_addr_t end() const { return _start + _size; }
  l4_size_t size() const { return _size; }

private:
  l4_size_t _size;
  void *_map;
  l4_addr_t _start;
};
