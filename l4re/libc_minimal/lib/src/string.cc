// SPDX-License-Identifier: MIT
#include <string.h>

extern "C" {

int memcmp(void const *a, void const *b, size_t n)
{
  auto x = static_cast<unsigned char const *>(a), y = static_cast<unsigned char const *>(b);
  for (; n; --n, ++x, ++y)
    if (*x != *y) return *x - *y;
  return 0;
}

void *memchr(void const *s, int c, size_t n)
{
  auto p = static_cast<unsigned char const *>(s);
  for (; n; --n, ++p)
    if (*p == static_cast<unsigned char>(c)) return const_cast<unsigned char *>(p);
  return nullptr;
}

size_t strlen(char const *s)
{
  char const *p = s;
  while (*p)
    ++p;
  return static_cast<size_t>(p - s);
}

size_t strnlen(char const *s, size_t max)
{
  size_t n = 0;
  while (n < max && s[n])
    ++n;
  return n;
}

int strcmp(char const *a, char const *b)
{
  for (; *a && *a == *b; ++a, ++b) {
  }
  return static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b);
}

int strncmp(char const *a, char const *b, size_t n)
{
  for (; n && *a && *a == *b; --n, ++a, ++b) {
  }
  return n ? static_cast<unsigned char>(*a) - static_cast<unsigned char>(*b) : 0;
}

char *strchr(char const *s, int c)
{
  for (;; ++s) {
    if (*s == static_cast<char>(c)) return const_cast<char *>(s);
    if (!*s) return nullptr;
  }
}

char *strrchr(char const *s, int c)
{
  char const *last = nullptr;
  for (;; ++s) {
    if (*s == static_cast<char>(c)) last = s;
    if (!*s) return const_cast<char *>(last);
  }
}

char *strstr(char const *s, char const *what)
{
  size_t const length = strlen(what);
  for (; *s; ++s)
    if (strncmp(s, what, length) == 0) return const_cast<char *>(s);
  return length ? nullptr : const_cast<char *>(s);
}

char *strcpy(char *__restrict dst, char const *__restrict src)
{
  memcpy(dst, src, strlen(src) + 1);
  return dst;
}

char *strncpy(char *__restrict dst, char const *__restrict src, size_t n)
{
  size_t const length = strnlen(src, n);
  memcpy(dst, src, length);
  memset(dst + length, 0, n - length);
  return dst;
}

} // extern "C"
