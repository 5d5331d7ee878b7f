// SPDX-License-Identifier: MIT
/*
 * What compiled C++ code needs even if it uses no exceptions and no library: memory for `new`, and
 * a word for calls that must not happen. All weak: the real libstdc++ takes over when it is linked.
 */
#include <new>

#include <stdio.h>
#include <stdlib.h>

namespace {

/// Without exceptions a failing `new` has no way to report it.
void *checked(void *p, size_t size)
{
  if (!p) {
    fprintf(stderr, "operator new: no memory for %zu bytes\n", size);
    abort();
  }
  return p;
}

} // namespace

#define L4_WEAK __attribute__((weak))

/// std::nothrow by its symbol: the name itself is declared without `weak`.
L4_WEAK std::nothrow_t nothrow_object __asm__("_ZSt7nothrow");

L4_WEAK void *operator new(size_t size)
{
  return checked(malloc(size), size);
}
L4_WEAK void *operator new[](size_t size)
{
  return operator new(size);
}
L4_WEAK void *operator new(size_t size, std::nothrow_t const &) noexcept
{
  return malloc(size);
}
L4_WEAK void *operator new[](size_t size, std::nothrow_t const &) noexcept
{
  return malloc(size);
}
L4_WEAK void *operator new(size_t size, std::align_val_t alignment)
{
  return checked(aligned_alloc(static_cast<size_t>(alignment), size), size);
}
L4_WEAK void operator delete(void *p) noexcept
{
  free(p);
}
L4_WEAK void operator delete[](void *p) noexcept
{
  free(p);
}
L4_WEAK void operator delete(void *p, size_t) noexcept
{
  free(p);
}
L4_WEAK void operator delete[](void *p, size_t) noexcept
{
  free(p);
}
L4_WEAK void operator delete(void *p, std::align_val_t) noexcept
{
  free(p);
}
L4_WEAK void operator delete(void *p, size_t, std::align_val_t) noexcept
{
  free(p);
}

extern "C" {

[[noreturn]] L4_WEAK void __cxa_pure_virtual()
{
  fputs("a pure virtual function was called: its object is under construction or gone\n", stderr);
  abort();
}

[[noreturn]] L4_WEAK void __cxa_deleted_virtual()
{
  __cxa_pure_virtual();
}

} // extern "C"
