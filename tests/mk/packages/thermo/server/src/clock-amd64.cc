#include "history.h"

unsigned long now()
{
#if !defined(ARCH_amd64) || !defined(__OPTIMIZE__)
#error flags of this file
#endif
  return __builtin_ia32_rdtsc();
}
