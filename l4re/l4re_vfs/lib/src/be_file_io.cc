// SPDX-License-Identifier: MIT
/*
 * Files with and without a position: how vectors become single reads and writes.
 */
#include "type_info.h"

#include <l4/l4re_vfs/backend>

#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

namespace L4Re::Vfs {

namespace {

/**
 * Call `one(data, size)` for each piece until one gives less than was asked for.
 * \return bytes in all; the error if there is none
 */
template <typename One> ssize_t each(iovec const *iov, int count, One &&one)
{
  ssize_t total = 0;
  for (int i = 0; i < count; ++i) {
    if (!iov[i].iov_len) continue;
    ssize_t const n = one(static_cast<char *>(iov[i].iov_base), iov[i].iov_len);
    if (n < 0) return total ? total : n;
    total += n;
    if (static_cast<size_t>(n) < iov[i].iov_len) break;
  }
  return total;
}

} // namespace

// ---- with a position -------------------------------------------------------------------------

ssize_t Be_file_pos::write_one(void const *data, size_t size, off_t *at) noexcept
{
  ssize_t const n = flags() & O_APPEND ? append(data, size, at) : write_at(data, size, *at);
  if (n > 0) *at += n;
  return n;
}

ssize_t Be_file_pos::readv(iovec const *iov, int count) noexcept
{
  if (!readable()) return -EBADF;
  Libc::Guard guard(_position_lock);
  return each(iov, count, [this](char *data, size_t size) {
    ssize_t const n = read_at(data, size, _position);
    if (n > 0) _position += n;
    return n;
  });
}

ssize_t Be_file_pos::writev(iovec const *iov, int count) noexcept
{
  if (!writable()) return -EBADF;
  Libc::Guard guard(_position_lock);
  return each(iov, count,
              [this](char *data, size_t size) { return write_one(data, size, &_position); });
}

ssize_t Be_file_pos::preadv(iovec const *iov, int count, off_t offset) noexcept
{
  if (!readable()) return -EBADF;
  if (offset < 0) return -EINVAL;
  return each(iov, count, [&](char *data, size_t size) {
    ssize_t const n = read_at(data, size, offset);
    if (n > 0) offset += n;
    return n;
  });
}

ssize_t Be_file_pos::pwritev(iovec const *iov, int count, off_t offset) noexcept
{
  if (!writable()) return -EBADF;
  if (offset < 0) return -EINVAL;
  return each(iov, count, [&](char *data, size_t size) { return write_one(data, size, &offset); });
}

off_t Be_file_pos::lseek(off_t offset, int whence) noexcept
{
  Libc::Guard guard(_position_lock);
  off_t base;
  switch (whence) {
  case SEEK_SET:
    base = 0;
    break;
  case SEEK_CUR:
    base = _position;
    break;
  case SEEK_END:
    base = size();
    break;
  default:
    return -EINVAL;
  }
  off_t wanted;
  if (__builtin_add_overflow(base, offset, &wanted)) return -EOVERFLOW;
  if (wanted < 0) return -EINVAL;
  return _position = wanted;
}

// ---- without ---------------------------------------------------------------------------------

ssize_t Be_file_stream::readv(iovec const *iov, int count) noexcept
{
  if (!readable()) return -EBADF;
  ssize_t total = 0;
  for (int i = 0; i < count; ++i) {
    if (!iov[i].iov_len) continue;
    // What is there is enough: later pieces must not wait.
    if (total && !(check_ready(POLLIN) & POLLIN)) break;
    ssize_t const n = read(iov[i].iov_base, iov[i].iov_len);
    if (n < 0) return total ? total : n;
    total += n;
    if (static_cast<size_t>(n) < iov[i].iov_len) break;
  }
  return total;
}

ssize_t Be_file_stream::writev(iovec const *iov, int count) noexcept
{
  if (!writable()) return -EBADF;
  return each(iov, count, [this](char *data, size_t size) { return write(data, size); });
}

size_t add_dirent(char *buffer, size_t size, char const *name, size_t length, ino_t ino,
                  unsigned char type, off_t next) noexcept
{
  if (length > MAXNAMLEN) length = MAXNAMLEN;
  size_t const needed = (offsetof(dirent, d_name) + length + 1 + 7) & ~size_t{7};
  if (needed > size) return 0;
  auto const entry = reinterpret_cast<dirent *>(buffer);
  entry->d_ino = ino;
  entry->d_off = next;
  entry->d_reclen = static_cast<unsigned short>(needed);
  entry->d_type = type;
  memcpy(entry->d_name, name, length);
  entry->d_name[length] = '\0';
  return needed;
}

} // namespace L4Re::Vfs
