// SPDX-License-Identifier: MIT
// The functions that the compiler expects to exist. String instructions: they are small, and move
// 8 bytes a step even where the CPU (or its emulator) has no fast path for them.
#include <stddef.h>
#include <stdint.h>

extern "C" {
void *memcpy(void *to, const void *from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *left, const void *right, size_t bytes);
size_t strlen(const char *text);
}

void *memcpy(void *to, const void *from, size_t bytes)
{
  void *target = to;
  size_t words = bytes / 8, rest = bytes % 8;
  asm volatile("rep movsq" : "+D"(target), "+S"(from), "+c"(words) : : "memory");
  asm volatile("rep movsb" : "+D"(target), "+S"(from), "+c"(rest) : : "memory");
  return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
  auto target = static_cast<char *>(to);
  auto source = static_cast<const char *>(from);
  if (target <= source || target >= source + bytes) return memcpy(to, from, bytes);

  // Downward, the odd bytes at the end first; the string instructions point at their last unit.
  size_t words = bytes / 8, rest = bytes % 8;
  target += bytes - 1;
  source += bytes - 1;
  asm volatile("std; rep movsb; cld" : "+D"(target), "+S"(source), "+c"(rest) : : "memory");
  target -= 7;
  source -= 7;
  asm volatile("std; rep movsq; cld" : "+D"(target), "+S"(source), "+c"(words) : : "memory");
  return to;
}

void *memset(void *to, int value, size_t bytes)
{
  void *target = to;
  size_t words = bytes / 8, rest = bytes % 8;
  uint64_t pattern = 0x0101010101010101 * static_cast<uint8_t>(value);
  asm volatile("rep stosq" : "+D"(target), "+c"(words) : "a"(pattern) : "memory");
  asm volatile("rep stosb" : "+D"(target), "+c"(rest) : "a"(pattern) : "memory");
  return to;
}

int memcmp(const void *left, const void *right, size_t bytes)
{
  auto a = static_cast<const uint8_t *>(left);
  auto b = static_cast<const uint8_t *>(right);
  for (size_t i = 0; i < bytes; ++i)
    if (a[i] != b[i]) return a[i] - b[i];
  return 0;
}

size_t strlen(const char *text)
{
  size_t length = 0;
  while (text[length] != '\0')
    ++length;
  return length;
}
