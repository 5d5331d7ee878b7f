// SPDX-License-Identifier: MIT
// Reading directories.
#include "posix.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/mount.h>

namespace {

/// How often a name is in a directory.
int count(char const *path, char const *name)
{
  DIR *const dir = opendir(path);
  if (!dir) return -1;
  int n = 0;
  while (dirent const *const e = readdir(dir))
    if (!strcmp(e->d_name, name)) ++n;
  closedir(dir);
  return n;
}

CASE("POSIX readdir", "the root shows the named capabilities and what is mounted")
{
  CHECK_EQ(count("/", "rom"), 1);
  CHECK_EQ(count("/", "dev"), 1);
  CHECK_EQ(count("/", "tmp"), 1);
  CHECK_EQ(count("/", "."), 1);
  CHECK_EQ(count("/dev", "null"), 1);
  CHECK_EQ(count("/rom", "test_posix_files"), 1);
  CHECK_EQ(count("/missing", "x"), -1);
  CHECK_EQ(errno, ENOENT);
  CHECK_EQ(count("/dev/null", "x"), -1);
  CHECK_EQ(errno, ENOTDIR);
}

CASE("POSIX readdir, seekdir, rewinddir", "200 files, each once, in any order; positions")
{
  CHECK_EQ(mkdir("/tmp/many", 0755), 0);
  char path[] = "/tmp/many/000";
  for (int i = 0; i < 200; ++i) {
    path[10] = static_cast<char>('0' + i / 100);
    path[11] = static_cast<char>('0' + i / 10 % 10);
    path[12] = static_cast<char>('0' + i % 10);
    close(open(path, O_WRONLY | O_CREAT, 0600));
  }
  DIR *const dir = opendir("/tmp/many");
  REQUIRE(dir);
  unsigned seen[200] = {}, others = 0;
  while (dirent const *const e = readdir(dir)) {
    if (e->d_name[0] == '.')
      ++others;
    else
      ++seen[atoi(e->d_name)];
  }
  for (unsigned n : seen)
    CHECK_EQ(n, 1);
  CHECK_EQ(others, 2);
  rewinddir(dir);
  for (int i = 0; i < 50; ++i)
    readdir(dir);
  long const here = telldir(dir);
  ino_t const next = readdir(dir)->d_ino;
  readdir(dir);
  seekdir(dir, here);
  CHECK_EQ(readdir(dir)->d_ino, next);
  // Removing what is listed does no harm.
  rewinddir(dir);
  while (dirent const *const e = readdir(dir))
    if (e->d_name[0] != '.') CHECK_EQ(unlinkat(dirfd(dir), e->d_name, 0), 0);
  CHECK_EQ(closedir(dir), 0);
  CHECK_EQ(rmdir("/tmp/many"), 0);
}

int no_dots(dirent const *e)
{
  return e->d_name[0] != '.';
}

CASE("POSIX scandir", "filtered and sorted")
{
  CHECK_EQ(mkdir("/tmp/d", 0755), 0);
  Temporary const b("/tmp/d/b"), a("/tmp/d/a"), c("/tmp/d/c");
  dirent **names = nullptr;
  int const n = scandir("/tmp/d", &names, no_dots, alphasort);
  CHECK_EQ(n, 3);
  for (int i = 0; i < n; ++i) {
    CHECK_EQ(names[i]->d_name[0], 'a' + i);
    CHECK_EQ(names[i]->d_type, DT_REG);
    free(names[i]);
  }
  free(names);
  for (char const *name : {"/tmp/d/a", "/tmp/d/b", "/tmp/d/c"})
    unlink(name);
  CHECK_EQ(rmdir("/tmp/d"), 0);
}

CASE("c-api-l4re.md 6", "mount: by type, below any path, busy while used, gone after umount")
{
  CHECK_FAILS(mount("", "/mnt/x", "nofs", 0, nullptr), ENODEV);
  CHECK_EQ(mount("", "/mnt/x", "tmpfs", 0, nullptr), 0);
  CHECK_FAILS(mount("", "/mnt/x", "tmpfs", 0, nullptr), EEXIST);
  CHECK_EQ(count("/mnt", "x"), 1);
  {
    Temporary const file("/mnt/x/f", "other tree");
    CHECK(holds("/mnt/x/f", "other tree"));
    CHECK_FAILS(rename("/mnt/x/f", "/tmp/f"), EXDEV);
  }
  struct stat st;
  CHECK_EQ(stat("/mnt", &st), 0);
  CHECK(S_ISDIR(st.st_mode));
  CHECK_EQ(umount("/mnt/x"), 0);
  CHECK_FAILS(umount("/mnt/x"), EINVAL);
  CHECK_FAILS(stat("/mnt", &st), ENOENT);
}

} // namespace
