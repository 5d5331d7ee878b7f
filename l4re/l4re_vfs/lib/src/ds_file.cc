// SPDX-License-Identifier: MIT
/*
 * Dataspaces as files: boot modules, mostly.
 */
#include "objects.h"

#include <l4/re/env>
#include <l4/re/rm>

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace L4Re::Vfs {

Ds_file::~Ds_file() noexcept
{
  if (_content) L4Re::Env::env()->rm()->detach(_content, nullptr);
}

/// The whole dataspace is attached at the first access.
int Ds_file::attach() noexcept
{
  Libc::Guard guard(_attach_lock);
  if (_content) return 0;
  L4Re::Dataspace::Stats stats{};
  if (ds()->info(&stats) < 0) return -EIO;
  _size = static_cast<size_t>(stats.size);
  if (!_size) return 0;
  _writable = stats.flags.w();
  using F = L4Re::Rm::F;
  auto const flags = F::Search_addr | (_writable ? F::RW : F::R);
  char *content = nullptr;
  if (L4Re::Env::env()->rm()->attach(&content, _size, flags,
                                     _writable ? L4::Ipc::make_cap_rw(ds())
                                               : L4::Ipc::make_cap(ds(), L4_CAP_FPAGE_RO)) < 0)
    return -EIO;
  _content = content;
  return 0;
}

off_t Ds_file::size() const noexcept
{
  return static_cast<off_t>(ds()->size());
}

int Ds_file::fstat(struct stat *buf) const noexcept
{
  *buf = {};
  buf->st_dev = Dev_objects;
  buf->st_mode = S_IFREG | 0644;
  buf->st_nlink = 1;
  buf->st_size = size();
  buf->st_blksize = L4_PAGESIZE;
  buf->st_blocks = (buf->st_size + 511) / 512;
  return 0;
}

L4::Cap<L4Re::Dataspace> Ds_file::data_space() noexcept
{
  return ds();
}

int Ds_file::ioctl(unsigned long command, va_list args) noexcept
{
  if (command != FIONREAD) return -ENOTTY;
  off_t const left = size() - lseek(0, SEEK_CUR);
  *va_arg(args, int *) = left > 0 ? static_cast<int>(left) : 0;
  return 0;
}

ssize_t Ds_file::read_at(void *data, size_t size, off_t offset) noexcept
{
  if (int e = attach(); e < 0) return e;
  size_t const at = static_cast<size_t>(offset);
  if (at >= _size) return 0;
  size_t const n = size < _size - at ? size : _size - at;
  memcpy(data, _content + at, n);
  return static_cast<ssize_t>(n);
}

ssize_t Ds_file::write_at(void const *data, size_t size, off_t offset) noexcept
{
  if (int e = attach(); e < 0) return e;
  if (!_writable) return -EROFS;
  size_t const at = static_cast<size_t>(offset);
  if (at >= _size) return -ENOSPC; // a dataspace does not grow
  size_t const n = size < _size - at ? size : _size - at;
  memcpy(_content + at, data, n);
  return static_cast<ssize_t>(n);
}

ssize_t Ds_file::append(void const *data, size_t size, off_t *offset) noexcept
{
  *offset = this->size();
  return write_at(data, size, *offset);
}

} // namespace L4Re::Vfs
