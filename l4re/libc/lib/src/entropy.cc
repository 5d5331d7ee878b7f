// SPDX-License-Identifier: MIT
#include "libc_priv.h"

#include <cpuid.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

namespace {

bool has_rdrand()
{
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_RDRND);
}

/// \return false if the generator is exhausted, which Intel allows for ten tries at most
bool hardware_word(uint64_t *out)
{
  for (unsigned tries = 0; tries < 10; ++tries) {
    unsigned char ok;
    asm volatile("rdrand %0; setc %1" : "=r"(*out), "=qm"(ok) : : "cc");
    if (ok) return true;
  }
  return false;
}

/**
 * Without a hardware generator: the jitter of the time stamp counter, stirred by splitmix64.
 *
 * That is enough to make hash seeds and temporary names differ, and not enough for keys.
 */
uint64_t jitter_word()
{
  static uint64_t state;
  uint64_t z = __atomic_add_fetch(&state, __builtin_ia32_rdtsc() | 1, __ATOMIC_RELAXED) +
               libc_now_us() * 0x9e3779b97f4a7c15ULL;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

} // namespace

/// At most 256 bytes per call, as POSIX says; from RDRAND where the processor has it. EIO when that
/// is exhausted: weak numbers must not pass for strong ones.
extern "C" int getentropy(void *buffer, size_t size)
{
  constexpr size_t Max = 256;
  if (size > Max) {
    errno = EIO;
    return -1;
  }
  static bool const hardware = has_rdrand();
  char *p = static_cast<char *>(buffer);
  while (size) {
    uint64_t word;
    if (!hardware)
      word = jitter_word();
    else if (!hardware_word(&word)) {
      errno = EIO;
      return -1;
    }
    size_t const n = size < sizeof(word) ? size : sizeof(word);
    memcpy(p, &word, n);
    p += n;
    size -= n;
  }
  return 0;
}

/// As getentropy(), of any size; never blocks.
extern "C" ssize_t getrandom(void *buffer, size_t size, unsigned flags)
{
  if (flags & ~(GRND_NONBLOCK | GRND_RANDOM)) {
    errno = EINVAL;
    return -1;
  }
  constexpr size_t Piece = 256;
  char *const p = static_cast<char *>(buffer);
  for (size_t done = 0; done < size; done += Piece)
    if (getentropy(p + done, size - done < Piece ? size - done : Piece) < 0) return -1;
  return static_cast<ssize_t>(size);
}
