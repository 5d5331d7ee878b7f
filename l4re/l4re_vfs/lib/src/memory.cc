// SPDX-License-Identifier: MIT
#include "result.h"

#include <sys/mman.h>

using namespace L4Re::Vfs;

extern "C" {

void *mmap(void *start, size_t size, int prot, int flags, int fd, off_t offset)
{
  void *at = MAP_FAILED;
  return result(the_vfs.mmap(start, size, prot, flags, fd, offset, &at)) < 0 ? MAP_FAILED : at;
}

int munmap(void *start, size_t size)
{
  return result(the_vfs.munmap(start, size));
}

int mprotect(void const *start, size_t size, int prot)
{
  return result(the_vfs.mprotect(start, size, prot));
}

int msync(void *start, size_t size, int flags)
{
  return result(the_vfs.msync(start, size, flags));
}

int madvise(void *start, size_t size, int advice)
{
  return result(the_vfs.madvise(start, size, advice));
}

int posix_madvise(void *start, size_t size, int advice)
{
  return -the_vfs.madvise(start, size, advice);
}

/// Nothing is ever paged out.
int mlock(void const *, size_t)
{
  return 0;
}

int munlock(void const *, size_t)
{
  return 0;
}

int mlockall(int)
{
  return 0;
}

int munlockall()
{
  return 0;
}

} // extern "C"
