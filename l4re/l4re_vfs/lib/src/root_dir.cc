// SPDX-License-Identifier: MIT
/*
 * "/": a path is a named capability and what its name space has under the rest.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <l4/re/env>
#include <l4/re/util/env_ns>
#include <l4/sys/task>

#include <errno.h>
#include <dirent.h>
#include <unistd.h>

namespace L4Re::Vfs {

namespace {

void describe_root(struct stat *buf)
{
  *buf = {};
  buf->st_dev = Dev_root;
  buf->st_ino = 1;
  buf->st_mode = S_IFDIR | 0555;
  buf->st_nlink = 2;
}

/// The object of a path in a slot of our own.
int find(char const *path, Slot *slot)
{
  if (!slot->is_valid()) return -ENOMEM;
  size_t const first = strcspn(path, "/");
  auto const *env = L4Re::Env::env();
  auto const cap = env->get_cap<L4Re::Namespace>(path, static_cast<unsigned>(first));
  if (!cap.is_valid()) return -ENOENT;
  if (!path[first])
    return l4_error(L4Re::This_task->map(L4Re::This_task, cap.fpage(L4_CAP_FPAGE_RWSD),
                                         slot->cap().snd_base())) < 0
               ? -EIO
               : 0;
  return cap->query(path + first + 1, slot->cap()) < 0 ? -ENOENT : 0;
}

int open_object(char const *path, File_ref *file)
{
  Slot slot;
  if (int e = find(path, &slot); e < 0) return e;
  int const e = file_of_object(slot.cap(), file);
  if (e >= 0) slot.release(); // the file's now
  return e;
}

} // namespace

int Root_dir::openat(char const *path, int flags, mode_t, File_ref *file) noexcept
{
  if (!*path) {
    *file = File_ref(new (std::nothrow) Root_dir);
    return *file ? 0 : -ENOMEM;
  }
  int const e = open_object(path, file);
  if (e >= 0) {
    if ((flags & O_CREAT) && (flags & O_EXCL)) return -EEXIST;
    return 0;
  }
  return e == -ENOENT && (flags & O_CREAT) ? -EROFS : e;
}

int Root_dir::fstatat(char const *path, struct stat *buf) noexcept
{
  if (!*path) return fstat(buf);
  File_ref file;
  if (int e = open_object(path, &file); e < 0) return e;
  int const e = file->fstat(buf);
  buf->st_ino = path_number(path, strlen(path));
  return e;
}

int Root_dir::faccessat(char const *path, int mode) noexcept
{
  if (*path) {
    Slot slot;
    if (int e = find(path, &slot); e < 0) return e;
  }
  return mode & W_OK ? -EACCES : 0;
}

int Root_dir::fstat(struct stat *buf) const noexcept
{
  describe_root(buf);
  return 0;
}

void Pseudo_dir::describe(struct stat *buf) noexcept
{
  *buf = {};
  buf->st_dev = Dev_root;
  buf->st_mode = S_IFDIR | 0555;
  buf->st_nlink = 2;
}

/// Types are left open: asking an object for its type would wait for a server that is not there yet.
ssize_t Root_dir::getdents(char *buffer, size_t size) noexcept
{
  size_t used = 0, index = 0;
  for (auto const *e = L4Re::Env::env()->initial_caps(); *e; ++e, ++index) {
    if (index < _next) continue;
    size_t const length = strnlen(e->name, L4RE_ENV_CAP_NAME_MAX);
    size_t const n = add_dirent(buffer + used, size - used, e->name, length,
                                path_number(e->name, length), DT_UNKNOWN,
                                static_cast<off_t>(index + 1));
    if (!n) return used ? static_cast<ssize_t>(used) : -EINVAL;
    used += n;
    _next = index + 1;
  }
  return static_cast<ssize_t>(used);
}

int Root_dir::rewind_dents() noexcept
{
  _next = 0;
  return 0;
}

} // namespace L4Re::Vfs
