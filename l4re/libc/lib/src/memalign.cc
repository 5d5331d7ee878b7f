// SPDX-License-Identifier: MIT
/*
 * Aligned memory that is given by an argument (POSIX); newlib has the others.
 */
#include <errno.h>
#include <malloc.h>
#include <stdlib.h>

extern "C" int posix_memalign(void **memory, size_t alignment, size_t size)
{
  if (alignment < sizeof(void *) || (alignment & (alignment - 1))) return EINVAL;
  int const old = errno;
  void *const p = memalign(alignment, size);
  errno = old;
  if (!p) return ENOMEM;
  *memory = p;
  return 0;
}
