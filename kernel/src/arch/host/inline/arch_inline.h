// SPDX-License-Identifier: MIT
// On the host nothing needs to be inline (arch/host/host.cc).
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define FURORE_HOST_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define FURORE_HOST_ASAN 1
#endif
#endif
#ifdef FURORE_HOST_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace arch {

Cpu &this_cpu();
template <class T, Word Offset> inline T cpu_field()
{
  return *reinterpret_cast<T *>(reinterpret_cast<char *>(&this_cpu()) + Offset);
}
u64 ticks();

/// AddressSanitizer reports uses of free kernel memory.
inline void memory_is_free([[maybe_unused]] void *start, [[maybe_unused]] Word bytes)
{
#ifdef FURORE_HOST_ASAN
  __asan_poison_memory_region(start, bytes);
#endif
}
inline void memory_is_used([[maybe_unused]] void *start, [[maybe_unused]] Word bytes)
{
#ifdef FURORE_HOST_ASAN
  __asan_unpoison_memory_region(start, bytes);
#endif
}

} // namespace arch
