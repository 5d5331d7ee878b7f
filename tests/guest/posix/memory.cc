// SPDX-License-Identifier: MIT
// Memory by mmap().
#include "posix.h"

#include <sys/mman.h>

namespace {

constexpr size_t Page = 4096;

char *map(size_t size, int prot, int flags, int fd = -1, off_t offset = 0)
{
  return static_cast<char *>(mmap(nullptr, size, prot, flags, fd, offset));
}

CASE("POSIX mmap", "anonymous memory is zero and ours; munmap makes room")
{
  char *const p = map(64 * Page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS);
  REQUIRE(p != MAP_FAILED);
  unsigned sum = 0;
  for (size_t i = 0; i < 64 * Page; i += 512)
    sum += static_cast<unsigned char>(p[i]);
  CHECK_EQ(sum, 0);
  memset(p, 1, 64 * Page);
  CHECK_EQ(munmap(p + Page, 2 * Page), 0);
  CHECK_EQ(p[0] + p[3 * Page], 2);
  CHECK_EQ(munmap(p, 64 * Page), 0);
  CHECK_EQ(munmap(p, 64 * Page), 0);
  CHECK_FAILS(munmap(p + 1, Page), EINVAL);
}

CASE("POSIX mmap", "its errors")
{
  int const rw = PROT_READ | PROT_WRITE;
  errno = 0;
  CHECK(map(0, rw, MAP_PRIVATE | MAP_ANONYMOUS) == MAP_FAILED);
  CHECK_EQ(errno, EINVAL);
  CHECK(map(Page, rw, MAP_ANONYMOUS) == MAP_FAILED);
  CHECK_EQ(errno, EINVAL);
  CHECK(map(Page, rw, MAP_PRIVATE, 99) == MAP_FAILED);
  CHECK_EQ(errno, EBADF);
  CHECK(map(Page, rw, MAP_PRIVATE, 0) == MAP_FAILED);
  CHECK_EQ(errno, ENODEV);
  int const fd = open("/tmp/m", O_RDONLY | O_CREAT, 0600);
  CHECK(map(Page, rw, MAP_SHARED, fd) == MAP_FAILED);
  CHECK_EQ(errno, EACCES);
  CHECK(map(Page, PROT_READ, MAP_SHARED, fd) == MAP_FAILED);
  CHECK_EQ(errno, EINVAL);
  close(fd);
  unlink("/tmp/m");
}

CASE("POSIX mmap", "a shared file: writes go both ways, over several extents")
{
  constexpr size_t Size = 300 << 10;
  int const fd = open("/tmp/m", O_RDWR | O_CREAT, 0600);
  CHECK_EQ(ftruncate(fd, Size), 0);
  char *const p = map(Size, PROT_READ | PROT_WRITE, MAP_SHARED, fd);
  REQUIRE(p != MAP_FAILED);
  strcpy(p + 200000, "by memory");
  char text[16] = {};
  CHECK_EQ(pread(fd, text, 9, 200000), 9);
  CHECK(!strcmp(text, "by memory"));
  CHECK_EQ(pwrite(fd, "by file", 7, 70000), 7);
  CHECK(!strcmp(p + 70000, "by file"));
  CHECK_EQ(msync(p, Size, MS_SYNC), 0);
  close(fd);
  p[0] = 'x'; // the mapping outlives the descriptor
  CHECK_EQ(munmap(p, Size), 0);
  CHECK_EQ(unlink("/tmp/m"), 0);
}

CASE("POSIX mmap", "a private mapping keeps its writes to itself; also of a boot module")
{
  Temporary const file("/tmp/m", "original");
  int fd = open("/tmp/m", O_RDONLY);
  char *p = map(Page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
  REQUIRE(p != MAP_FAILED);
  CHECK(!strcmp(p, "original"));
  strcpy(p, "changed");
  CHECK(holds("/tmp/m", "original"));
  CHECK_EQ(munmap(p, Page), 0);
  close(fd);

  fd = open("/rom/test_posix_io", O_RDONLY);
  p = map(Page, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd);
  REQUIRE(p != MAP_FAILED);
  CHECK(!memcmp(p, "\177ELF", 4));
  p[0] = 'x';
  char c = 0;
  CHECK_EQ(pread(fd, &c, 1, 0), 1);
  CHECK_EQ(c, '\177');
  CHECK_EQ(munmap(p, Page), 0);
  close(fd);
}

CASE("POSIX mmap", "MAP_FIXED replaces, PROT_NONE reserves")
{
  char *const p = map(4 * Page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS);
  REQUIRE(p != MAP_FAILED);
  CHECK_EQ(munmap(p, 4 * Page), 0);
  int const flags = MAP_PRIVATE | MAP_ANONYMOUS;
  char *const q = map(4 * Page, PROT_READ | PROT_WRITE, flags);
  memset(q, 1, 4 * Page);
  CHECK(mmap(q + Page, Page, PROT_READ | PROT_WRITE, flags | MAP_FIXED, -1, 0) == q + Page);
  CHECK_EQ(q[0], 1);
  CHECK_EQ(q[Page], 0);
  CHECK_EQ(q[2 * Page], 1);
  CHECK_EQ(munmap(q, 4 * Page), 0);
}

CASE("process-environment.md 13", "mprotect: no more rights than the mapping has")
{
  int const flags = MAP_PRIVATE | MAP_ANONYMOUS;
  char *const p = map(2 * Page, PROT_READ | PROT_WRITE, flags);
  CHECK_EQ(mprotect(p, 2 * Page, PROT_READ), 0);
  CHECK_EQ(mprotect(p, 2 * Page, PROT_READ | PROT_WRITE), 0);
  char *const q = map(Page, PROT_READ, flags);
  CHECK_FAILS(mprotect(q, Page, PROT_READ | PROT_WRITE), ENOSYS);
  CHECK_EQ(munmap(q, Page), 0);
  CHECK_EQ(munmap(p, 2 * Page), 0);
  CHECK_FAILS(mprotect(p, Page, PROT_READ), ENOMEM);
}

} // namespace
