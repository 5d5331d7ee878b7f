// SPDX-License-Identifier: MIT
/*
 * opendir() and its relatives.
 *
 * A stream reads its directory as a whole when it is opened or rewound, together with what is
 * mounted there: positions are indices, and changes meanwhile do no harm.
 */
#include "result.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

using namespace L4Re::Vfs;

struct __dirstream {
  int fd;
  File_ref file;
  dirent *entries = nullptr;
  size_t count = 0, capacity = 0, next = 0;
};

namespace {

int append(DIR *dir, char const *name, ino_t number, unsigned char type)
{
  for (size_t i = 0; i < dir->count; ++i)
    if (!strcmp(dir->entries[i].d_name, name)) return 0;
  if (dir->count == dir->capacity) {
    size_t const capacity = dir->capacity ? 2 * dir->capacity : 16;
    auto const entries = static_cast<dirent *>(realloc(dir->entries, capacity * sizeof(dirent)));
    if (!entries) return -ENOMEM;
    dir->entries = entries;
    dir->capacity = capacity;
  }
  dirent &e = dir->entries[dir->count++];
  e = {};
  e.d_ino = number;
  e.d_off = static_cast<off_t>(dir->count);
  e.d_reclen = sizeof(dirent);
  e.d_type = type;
  strncpy(e.d_name, name, MAXNAMLEN);
  return 0;
}

int load_listed(DIR *dir)
{
  alignas(dirent) char buffer[4 * sizeof(dirent)];
  if (int e = dir->file->rewind_dents(); e < 0) return e;
  for (;;) {
    ssize_t const n = dir->file->getdents(buffer, sizeof(buffer));
    if (n <= 0) return static_cast<int>(n);
    for (ssize_t at = 0; at < n;) {
      auto const e = reinterpret_cast<dirent const *>(buffer + at);
      if (int error = append(dir, e->d_name, e->d_ino, e->d_type); error < 0) return error;
      at += e->d_reclen;
    }
  }
}

int load_mounted(DIR *dir)
{
  char name[MAXNAMLEN + 1];
  char const *const path = dir->file->path();
  for (size_t i = 0; path && the_vfs.mounted_name(path, i, name, sizeof(name)); ++i)
    if (int e = append(dir, name, path_number(name, strlen(name)), DT_DIR); e < 0) return e;
  return 0;
}

int load(DIR *dir)
{
  dir->count = dir->next = 0;
  int e = append(dir, ".", 1, DT_DIR);
  if (e >= 0) e = append(dir, "..", 1, DT_DIR);
  if (e >= 0) e = load_listed(dir);
  if (e >= 0) e = load_mounted(dir);
  return e;
}

void destroy(DIR *dir)
{
  free(dir->entries);
  delete dir;
}

} // namespace

extern "C" {

DIR *fdopendir(int fd)
{
  auto const dir = new (std::nothrow) DIR{fd, the_vfs.get_file(fd)};
  int e = !dir ? -ENOMEM : !dir->file ? -EBADF : load(dir);
  if (e >= 0) return dir;
  if (dir) destroy(dir);
  result(e);
  return nullptr;
}

DIR *opendir(char const *path)
{
  int const fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  DIR *const dir = fdopendir(fd);
  if (!dir) {
    int const error = errno;
    close(fd);
    errno = error;
  }
  return dir;
}

int closedir(DIR *dir)
{
  int const fd = dir->fd;
  destroy(dir);
  return close(fd);
}

int fdclosedir(DIR *dir)
{
  int const fd = dir->fd;
  destroy(dir);
  return fd;
}

dirent *readdir(DIR *dir)
{
  return dir->next < dir->count ? &dir->entries[dir->next++] : nullptr;
}

int readdir_r(DIR *dir, dirent *entry, dirent **found)
{
  dirent const *const e = readdir(dir);
  *found = e ? entry : nullptr;
  if (e) *entry = *e;
  return 0;
}

void rewinddir(DIR *dir)
{
  load(dir);
}

long telldir(DIR *dir)
{
  return static_cast<long>(dir->next);
}

void seekdir(DIR *dir, long position)
{
  size_t const wanted = static_cast<size_t>(position);
  dir->next = wanted < dir->count ? wanted : dir->count;
}

int dirfd(DIR *dir)
{
  return dir->fd;
}

int alphasort(dirent const **a, dirent const **b)
{
  return strcmp((*a)->d_name, (*b)->d_name);
}

int scandir(char const *path, dirent ***names, int (*filter)(dirent const *),
            int (*compare)(dirent const **, dirent const **))
{
  DIR *const dir = opendir(path);
  if (!dir) return -1;
  auto const list = static_cast<dirent **>(malloc((dir->count + 1) * sizeof(dirent *)));
  size_t n = 0;
  bool full = list;
  while (dirent *const e = full ? readdir(dir) : nullptr) {
    if (filter && !filter(e)) continue;
    list[n] = static_cast<dirent *>(malloc(sizeof(dirent)));
    if (!(full = list[n])) break;
    *list[n++] = *e;
  }
  closedir(dir);
  if (!full) {
    while (n)
      free(list[--n]);
    free(list);
    return result(-ENOMEM);
  }
  if (compare)
    qsort(list, n, sizeof(*list), reinterpret_cast<int (*)(void const *, void const *)>(compare));
  *names = list;
  return static_cast<int>(n);
}

} // extern "C"
