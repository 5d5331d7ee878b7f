// SPDX-License-Identifier: MIT
/*
 * Operations on names: from a path of a program to a mounted directory and what it says.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

namespace L4Re::Vfs {

// ---- finding ---------------------------------------------------------------------------------

int Vfs::base_of(int dirfd, char const *path, Path *base) noexcept
{
  if (*path == '/') return 0;
  if (dirfd == AT_FDCWD) {
    Libc::Guard guard(_tree_lock);
    return base->assign(_cwd.c_str());
  }
  File_ref const dir = get_file(dirfd);
  if (!dir) return -EBADF;
  return dir->path() ? base->assign(dir->path()) : -ENOTDIR;
}

int Vfs::resolve(Place *place) noexcept
{
  Libc::Guard guard(_tree_lock);
  auto const found = _tree.find(place->path.c_str());
  place->dir = found.dir;
  place->rest = found.rest;
  place->exact = found.exact;
  return found.dir ? 0 : -ENOENT;
}

int Vfs::absolute(int dirfd, char const *path, Path *result) noexcept
{
  Path base;
  if (int e = base_of(dirfd, path, &base); e < 0) return e;
  return result->walk(base.c_str(), path, [this](char const *p) { return directory_status(p); });
}

int Vfs::lookup(int dirfd, char const *path, Place *place) noexcept
{
  if (int e = absolute(dirfd, path, &place->path); e < 0) return e;
  return resolve(place);
}

int Vfs::stat_place(Place const &place, struct stat *buf) noexcept
{
  int const e = place.dir->fstatat(place.rest, buf);
  if (e < 0 && place.exact) {
    Pseudo_dir::describe(buf);
    return 0;
  }
  if (e >= 0 && place.path.names_directory() && !S_ISDIR(buf->st_mode)) return -ENOTDIR;
  return e;
}

/// 0 if there is a directory.
int Vfs::directory_status(char const *path) noexcept
{
  Place place;
  struct stat buf;
  if (int e = place.path.assign(path); e < 0) return e;
  if (int e = resolve(&place); e < 0) return e;
  if (int e = stat_place(place, &buf); e < 0) return e;
  return S_ISDIR(buf.st_mode) ? 0 : -ENOTDIR;
}

// ---- operations ------------------------------------------------------------------------------

int Vfs::open(int dirfd, char const *path, int flags, mode_t mode, File_ref *file) noexcept
{
  Place place;
  if (int e = lookup(dirfd, path, &place); e < 0) return e;
  bool const must_be_directory = place.path.names_directory() || (flags & O_DIRECTORY);
  if (place.path.names_directory() && (flags & O_CREAT)) return -EISDIR;
  int e = place.dir->openat(place.rest, flags, mode & ~current_umask(), file);
  if (e < 0 && place.exact) {
    *file = File_ref(new (std::nothrow) Pseudo_dir);
    e = *file ? 0 : -ENOMEM;
  }
  if (e < 0) return e;
  struct stat buf;
  bool const is_directory = (*file)->fstat(&buf) >= 0 && S_ISDIR(buf.st_mode);
  if (must_be_directory && !is_directory) return -ENOTDIR;
  if (!is_directory) return 0;
  if ((flags & O_ACCMODE) != O_RDONLY) return -EISDIR;
  char *const copy = strdup(place.path.c_str());
  if (!copy) return -ENOMEM;
  (*file)->set_path(copy);
  return 0;
}

int Vfs::stat(int dirfd, char const *path, struct stat *buf) noexcept
{
  Place place;
  if (int e = lookup(dirfd, path, &place); e < 0) return e;
  return stat_place(place, buf);
}

int Vfs::access(int dirfd, char const *path, int mode) noexcept
{
  Place place;
  if (int e = lookup(dirfd, path, &place); e < 0) return e;
  if (int e = place.dir->faccessat(place.rest, mode); e < 0)
    return place.exact && !(mode & W_OK) ? 0 : e;
  struct stat buf;
  return place.path.names_directory() ? stat_place(place, &buf) : 0;
}

int Vfs::mkdir(int dirfd, char const *path, mode_t mode) noexcept
{
  Place place;
  if (int e = lookup(dirfd, path, &place); e < 0) return e;
  if (place.exact) return -EEXIST;
  return place.dir->mkdir(place.rest, mode & ~current_umask());
}

int Vfs::unlink(int dirfd, char const *path, bool directory) noexcept
{
  Place place;
  if (int e = lookup(dirfd, path, &place); e < 0) return e;
  if (place.exact) return -EBUSY;
  if (directory) return place.dir->rmdir(place.rest);
  return place.path.names_directory() ? -EPERM : place.dir->unlink(place.rest);
}

int Vfs::rename(int from_fd, char const *from, int to_fd, char const *to) noexcept
{
  Place a, b;
  if (int e = lookup(from_fd, from, &a); e < 0) return e;
  if (int e = lookup(to_fd, to, &b); e < 0) return e;
  if (a.exact || b.exact) return -EBUSY;
  if (!(a.dir == b.dir)) return -EXDEV;
  struct stat buf;
  if (a.path.names_directory() || b.path.names_directory()) {
    if (int e = a.dir->fstatat(a.rest, &buf); e < 0) return e;
    if (!S_ISDIR(buf.st_mode)) return -ENOTDIR;
  }
  return a.dir->rename(a.rest, b.rest);
}

int Vfs::link(int from_fd, char const *from, int to_fd, char const *to) noexcept
{
  Place a, b;
  if (int e = lookup(from_fd, from, &a); e < 0) return e;
  if (int e = lookup(to_fd, to, &b); e < 0) return e;
  if (b.exact) return -EEXIST;
  if (!(a.dir == b.dir)) return -EXDEV;
  return a.dir->link(a.rest, b.rest);
}

} // namespace L4Re::Vfs
