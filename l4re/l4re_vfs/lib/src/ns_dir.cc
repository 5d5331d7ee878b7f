// SPDX-License-Identifier: MIT
/*
 * Name spaces as directories.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

namespace L4Re::Vfs {

Ns_dir::~Ns_dir() noexcept
{
  free(_listing);
}

int Ns_dir::openat(char const *path, int flags, mode_t, File_ref *file) noexcept
{
  Slot slot;
  if (!slot.is_valid()) return -ENOMEM;
  if (ns()->query(path, slot.cap()) < 0) return flags & O_CREAT ? -EROFS : -ENOENT;
  if ((flags & O_CREAT) && (flags & O_EXCL)) return -EEXIST;
  int const e = file_of_object(slot.cap(), file);
  if (e >= 0) slot.release();
  return e;
}

int Ns_dir::fstatat(char const *path, struct stat *buf) noexcept
{
  if (!*path) return fstat(buf);
  File_ref file;
  if (int e = openat(path, O_RDONLY, 0, &file); e < 0) return e;
  int const e = file->fstat(buf);
  buf->st_ino = path_number(path, strlen(path));
  return e;
}

int Ns_dir::faccessat(char const *path, int mode) noexcept
{
  Slot slot;
  if (!slot.is_valid()) return -ENOMEM;
  if (*path && ns()->query(path, slot.cap()) < 0) return -ENOENT;
  return mode & W_OK ? -EACCES : 0;
}

int Ns_dir::fstat(struct stat *buf) const noexcept
{
  *buf = {};
  buf->st_dev = Dev_objects;
  buf->st_mode = S_IFDIR | 0555;
  buf->st_nlink = 2;
  return 0;
}

/// Read the entry .dirinfo once: lines LENGTH:NAME. A name space without it lists as empty.
int Ns_dir::load_listing() noexcept
{
  if (_listing) return 0;
  Slot slot;
  if (!slot.is_valid()) return -ENOMEM;
  if (ns()->query(".dirinfo", slot.cap(), L4Re::Namespace::To_non_blocking) < 0) return 0;
  auto const file = File_ref(
      new (std::nothrow) Ds_file(L4::cap_cast<L4Re::Dataspace>(slot.release())));
  struct stat buf;
  if (!file) return -ENOMEM;
  if (file->fstat(&buf) < 0) return -EIO;
  size_t const size = static_cast<size_t>(buf.st_size);
  char *const text = static_cast<char *>(malloc(size + 1));
  if (!text) return -ENOMEM;
  iovec const all = {text, size};
  ssize_t const n = file->preadv(&all, 1, 0);
  if (n < 0) {
    free(text);
    return static_cast<int>(n);
  }
  text[n] = '\0';
  _length = strlen(text); // what a page holds behind the text is no part of it
  _listing = text;
  return 0;
}

ssize_t Ns_dir::getdents(char *buffer, size_t size) noexcept
{
  Libc::Guard guard(_listing_lock);
  if (int e = load_listing(); e < 0) return e;
  size_t used = 0;
  while (_at < _length) {
    char *name;
    size_t const length = strtoul(_listing + _at, &name, 10);
    size_t const start = static_cast<size_t>(name - _listing) + 1;
    if (*name != ':' || !length || length > _length || start > _length - length) break;
    size_t const end = start + length + 1;
    size_t const n =
        add_dirent(buffer + used, size - used, name + 1, length, path_number(name + 1, length),
                   DT_UNKNOWN, static_cast<off_t>(end));
    if (!n) return used ? static_cast<ssize_t>(used) : -EINVAL;
    used += n;
    _at = end;
  }
  return static_cast<ssize_t>(used);
}

int Ns_dir::rewind_dents() noexcept
{
  Libc::Guard guard(_listing_lock);
  _at = 0;
  return 0;
}

} // namespace L4Re::Vfs
