// SPDX-License-Identifier: MIT
// Contents of files in memory.
#include "posix.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/uio.h>

namespace {

CASE("POSIX write", "2 MiB across extents come back as they were")
{
  constexpr size_t Size = 2 << 20, Piece = 10007;
  int const fd = open("/tmp/big", O_RDWR | O_CREAT, 0600);
  REQUIRE(fd >= 0);
  static unsigned char buffer[Piece];
  for (size_t at = 0; at < Size; at += Piece) {
    for (size_t i = 0; i < Piece; ++i)
      buffer[i] = static_cast<unsigned char>((at + i) * 31 >> 3);
    CHECK_EQ(write(fd, buffer, Piece), Piece);
  }
  unsigned wrong = 0;
  for (size_t at = 0; at < Size; at += Piece) {
    CHECK_EQ(pread(fd, buffer, Piece, static_cast<off_t>(at)), Piece);
    for (size_t i = 0; i < Piece; ++i)
      wrong += buffer[i] != static_cast<unsigned char>((at + i) * 31 >> 3);
  }
  CHECK_EQ(wrong, 0);
  close(fd);
  unlink("/tmp/big");
}

CASE("POSIX lseek, ftruncate", "holes and what comes back after shrinking are zeros")
{
  int const fd = open("/tmp/holes", O_RDWR | O_CREAT, 0600);
  CHECK_EQ(pwrite(fd, "end", 3, 300000), 3);
  char text[8] = "xxxxxxx";
  CHECK_EQ(pread(fd, text, 4, 150000), 4);
  CHECK(!memcmp(text, "\0\0\0\0", 4));
  CHECK_EQ(pwrite(fd, "begin", 5, 0), 5);
  CHECK_EQ(ftruncate(fd, 2), 0);
  CHECK_EQ(ftruncate(fd, 300003), 0);
  CHECK_EQ(pread(fd, text, 6, 0), 6);
  CHECK(!memcmp(text, "be\0\0\0\0", 6));
  CHECK_EQ(pread(fd, text, 3, 300000), 3);
  CHECK(!memcmp(text, "\0\0\0", 3));
  CHECK_FAILS(ftruncate(fd, -1), EINVAL);
  CHECK_FAILS(lseek(fd, -1, SEEK_SET), EINVAL);
  CHECK_FAILS(lseek(fd, 0, 9), EINVAL);
  close(fd);
  CHECK_FAILS(ftruncate(fd, 0), EBADF);
  CHECK_EQ(truncate("/tmp/holes", 0), 0);
  unlink("/tmp/holes");
}

CASE("POSIX open", "O_APPEND writes at the end, O_TRUNC empties, access modes hold")
{
  Temporary const file("/tmp/file", "one");
  int fd = open("/tmp/file", O_WRONLY | O_APPEND);
  CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
  CHECK_EQ(write(fd, "two", 3), 3);
  char c;
  CHECK_FAILS(read(fd, &c, 1), EBADF);
  close(fd);
  CHECK(holds("/tmp/file", "onetwo"));
  fd = open("/tmp/file", O_RDONLY);
  CHECK_FAILS(write(fd, "x", 1), EBADF);
  close(fd);
  close(open("/tmp/file", O_WRONLY | O_TRUNC));
  CHECK(holds("/tmp/file", ""));
}

CASE("POSIX readv, writev, preadv, pwritev", "pieces in order, positions kept or moved")
{
  int const fd = open("/tmp/v", O_RDWR | O_CREAT, 0600);
  char a[] = "first ", b[] = "second", c[16] = {}, d[16] = {};
  iovec const out[2] = {{a, 6}, {b, 6}};
  CHECK_EQ(writev(fd, out, 2), 12);
  iovec const in[2] = {{c, 3}, {d, 9}};
  CHECK_EQ(preadv(fd, in, 2, 0), 12);
  CHECK(!strcmp(c, "fir"));
  CHECK(!strcmp(d, "st second"));
  CHECK_EQ(lseek(fd, 0, SEEK_CUR), 12);
  CHECK_EQ(pwritev(fd, out, 1, 6), 6);
  CHECK_EQ(lseek(fd, 0, SEEK_SET), 0);
  CHECK_EQ(readv(fd, in, 2), 12);
  CHECK(!strcmp(d, "st first "));
  CHECK_FAILS(readv(fd, in, 0), EINVAL);
  close(fd);
  unlink("/tmp/v");
}

CASE("C stdio", "fopen, fprintf, fgets, fseek, tmpfile, remove")
{
  FILE *f = fopen("/tmp/text", "w+");
  REQUIRE(f);
  CHECK(fprintf(f, "line %d\nline %d\n", 1, 2) > 0);
  CHECK_EQ(fseek(f, 0, SEEK_SET), 0);
  char line[32];
  CHECK(fgets(line, sizeof(line), f));
  CHECK(!strcmp(line, "line 1\n"));
  CHECK(fgets(line, sizeof(line), f));
  CHECK(!fgets(line, sizeof(line), f));
  CHECK(feof(f));
  CHECK_EQ(fclose(f), 0);
  CHECK_EQ(remove("/tmp/text"), 0);
  CHECK(!fopen("/tmp/text", "r"));
  f = tmpfile();
  REQUIRE(f);
  CHECK_EQ(fputs("x", f) >= 0, 1);
  CHECK_EQ(fclose(f), 0);
}

void *append_lines(void *)
{
  int const fd = open("/tmp/shared", O_WRONLY | O_APPEND);
  for (int i = 0; i < 100; ++i)
    CHECK_EQ(write(fd, "0123456\n", 8), 8);
  close(fd);
  return nullptr;
}

CASE("POSIX threads and files", "four threads append; no line is lost or torn")
{
  Temporary const file("/tmp/shared");
  pthread_t t[4];
  for (pthread_t &id : t)
    id = start(append_lines);
  for (pthread_t id : t)
    join(id);
  int const fd = open("/tmp/shared", O_RDONLY);
  struct stat st;
  CHECK_EQ(fstat(fd, &st), 0);
  CHECK_EQ(st.st_size, 4 * 100 * 8);
  char line[8];
  unsigned torn = 0;
  while (read(fd, line, 8) == 8)
    torn += memcmp(line, "0123456\n", 8) != 0;
  CHECK_EQ(torn, 0);
  close(fd);
}

} // namespace
