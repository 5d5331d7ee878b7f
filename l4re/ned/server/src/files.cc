// SPDX-License-Identifier: MIT
/*
 * Files for Lua: `NAME/path` is a dataspace found through the named capability NAME, e.g. the boot
 * module `rom/x.cfg`. Read only. The linker puts these functions in front of those of the C library
 * (option --wrap), which knows the descriptors 0 to 2 only.
 */
#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/re/namespace>
#include <l4/re/rm>
#include <l4/re/util/cap_alloc>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

struct File {
  char const *data = nullptr;
  size_t size = 0;
  size_t pos = 0;
  L4::Cap<L4Re::Dataspace> ds;
  bool used = false;
};

constexpr int First = 3, Max_files = 16;
File files[Max_files];

int fail(int error)
{
  errno = error;
  return -1;
}

File *find(int fd)
{
  if (fd < First || fd >= First + Max_files || !files[fd - First].used) return nullptr;
  return &files[fd - First];
}

/// Look `path` up into the slot `ds`.
long lookup(char const *path, L4::Cap<void> ds)
{
  while (*path == '/' || (path[0] == '.' && path[1] == '/'))
    ++path;
  char const *const slash = strchr(path, '/');
  if (!slash || !slash[1]) return -L4_ENOENT;
  auto const space = L4Re::Env::env()->get_cap<L4Re::Namespace>(
      path, static_cast<unsigned>(slash - path));
  if (!space.is_valid()) return -L4_ENOENT;
  return space->query(slash + 1, ds, L4Re::Namespace::To_non_blocking);
}

void release(File *f)
{
  if (f->data) L4Re::Env::env()->rm()->detach(l4_addr_t(f->data), nullptr);
  if (f->ds.is_valid()) L4Re::Util::cap_alloc.free(f->ds, L4_BASE_TASK_CAP);
  *f = File();
}

int open_file(File *f, char const *path)
{
  f->used = true;
  f->ds = L4Re::Util::cap_alloc.alloc<L4Re::Dataspace>();
  if (!f->ds.is_valid()) return ENOMEM;
  if (lookup(path, f->ds) < 0) return ENOENT;
  L4Re::Dataspace::Stats stats{};
  if (f->ds->info(&stats) < 0) return EIO;
  f->size = stats.size;
  if (!f->size) return 0;
  long const r = L4Re::Env::env()->rm()->attach(
      &f->data, f->size, L4Re::Rm::F::Search_addr | L4Re::Rm::F::R,
      L4::Ipc::make_cap(f->ds, L4_CAP_FPAGE_RO));
  return r < 0 ? ENOMEM : 0;
}

} // namespace

extern "C" {

ssize_t __real_read(int fd, void *data, size_t size);
int __real_close(int fd);
off_t __real_lseek(int fd, off_t offset, int whence);
int __real_fstat(int fd, struct stat *st);
int __real_isatty(int fd);

int __wrap_open(char const *path, int flags, ...)
{
  if ((flags & O_ACCMODE) != O_RDONLY) return fail(EROFS);
  for (int i = 0; i < Max_files; ++i) {
    if (files[i].used) continue;
    int const error = open_file(&files[i], path);
    if (!error) return First + i;
    release(&files[i]);
    return fail(error);
  }
  return fail(EMFILE);
}

ssize_t __wrap_read(int fd, void *data, size_t size)
{
  File *const f = find(fd);
  if (!f) return __real_read(fd, data, size);
  size_t const left = f->pos < f->size ? f->size - f->pos : 0;
  if (size > left) size = left;
  if (size) memcpy(data, f->data + f->pos, size);
  f->pos += size;
  return static_cast<ssize_t>(size);
}

int __wrap_close(int fd)
{
  File *const f = find(fd);
  if (!f) return __real_close(fd);
  release(f);
  return 0;
}

off_t __wrap_lseek(int fd, off_t offset, int whence)
{
  File *const f = find(fd);
  if (!f) return __real_lseek(fd, offset, whence);
  size_t const base = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? f->pos : f->size;
  off_t const pos = static_cast<off_t>(base) + offset;
  if (pos < 0) return fail(EINVAL);
  f->pos = static_cast<size_t>(pos);
  return pos;
}

int __wrap_fstat(int fd, struct stat *st)
{
  File const *const f = find(fd);
  if (!f) return __real_fstat(fd, st);
  *st = {};
  st->st_mode = S_IFREG | 0444;
  st->st_size = static_cast<off_t>(f->size);
  st->st_blksize = L4_PAGESIZE;
  return 0;
}

int __wrap_isatty(int fd)
{
  return find(fd) ? fail(ENOTTY), 0 : __real_isatty(fd);
}

} // extern "C"
