// SPDX-License-Identifier: MIT
// What the compiler expects of a C++ run-time library without exceptions.
#include <stdio.h>
#include <stdlib.h>
#include <new>

void *__dso_handle __attribute__((visibility("hidden")));

extern "C" {

void __cxa_pure_virtual()
{
  printf("pure virtual function called from %p\n", __builtin_return_address(0));
  abort();
}

void __cxa_deleted_virtual()
{
  printf("deleted virtual function called from %p\n", __builtin_return_address(0));
  abort();
}

int __cxa_atexit(void (*)(void *), void *, void *)
{
  // Static objects are never destroyed, see exit().
  return 0;
}

// One thread: the guard is only the "done" byte.
int __cxa_guard_acquire(unsigned char *guard)
{
  return !*guard;
}

void __cxa_guard_release(unsigned char *guard)
{
  *guard = 1;
}

void __cxa_guard_abort(unsigned char *)
{
}

} // extern "C"

const std::nothrow_t std::nothrow{};

void *operator new(size_t size, std::nothrow_t const &) noexcept
{
  return malloc(size);
}

void *operator new[](size_t size, std::nothrow_t const &) noexcept
{
  return malloc(size);
}

// Code without exceptions uses the nothrow forms wherever memory may run out.
void *operator new(size_t size)
{
  if (void *p = malloc(size)) return p;
  printf("out of memory: %zu bytes wanted by %p\n", size, __builtin_return_address(0));
  abort();
}

void *operator new[](size_t size)
{
  return operator new(size);
}

void operator delete(void *p) noexcept
{
  free(p);
}
void operator delete[](void *p) noexcept
{
  free(p);
}
void operator delete(void *p, size_t) noexcept
{
  free(p);
}
void operator delete[](void *p, size_t) noexcept
{
  free(p);
}
void operator delete(void *p, std::nothrow_t const &) noexcept
{
  free(p);
}
