// SPDX-License-Identifier: MIT
#include "vfs_impl.h"

namespace L4Re::Vfs {

File_ref Descriptor_table::get(int fd) noexcept
{
  if (!in_range(fd)) return nullptr;
  Libc::Guard guard(_lock);
  return _files[fd];
}

int Descriptor_table::alloc(File_ref const &file, int start, int flags) noexcept
{
  if (start < 0 || start >= Max) return -EINVAL;
  Libc::Guard guard(_lock);
  for (int fd = start; fd < Max; ++fd)
    if (!_files[fd]) {
      _files[fd] = file;
      _flags[fd] = static_cast<unsigned char>(flags & FD_CLOEXEC);
      return fd;
    }
  return -EMFILE;
}

int Descriptor_table::set(int fd, File_ref const &file, int flags) noexcept
{
  if (!in_range(fd)) return -EBADF;
  File_ref old; // dies after the lock is released: closing may block
  Libc::Guard guard(_lock);
  old = _files[fd];
  _files[fd] = file;
  _flags[fd] = static_cast<unsigned char>(flags & FD_CLOEXEC);
  return fd;
}

File_ref Descriptor_table::remove(int fd) noexcept
{
  if (!in_range(fd)) return nullptr;
  Libc::Guard guard(_lock);
  File_ref file = static_cast<File_ref &&>(_files[fd]);
  return file;
}

int Descriptor_table::flags(int fd) noexcept
{
  if (!in_range(fd)) return -EBADF;
  Libc::Guard guard(_lock);
  return _files[fd] ? _flags[fd] : -EBADF;
}

int Descriptor_table::set_flags(int fd, int flags) noexcept
{
  if (!in_range(fd)) return -EBADF;
  Libc::Guard guard(_lock);
  if (!_files[fd]) return -EBADF;
  _flags[fd] = static_cast<unsigned char>(flags & FD_CLOEXEC);
  return 0;
}

} // namespace L4Re::Vfs
