// SPDX-License-Identifier: MIT
#include "type_info.h"

#include <l4/l4re_vfs/backend>

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

namespace L4Re::Vfs {

void File::set_path(char *path) noexcept
{
  free(_path);
  _path = path;
}

File::~File() noexcept
{
  free(_path);
}

// ---- any file --------------------------------------------------------------------------------

int Be_file::unlock_all_locks() noexcept
{
  return 0;
}
int Be_file::fstat(struct stat *) const noexcept
{
  return -EINVAL;
}
int Be_file::fchmod(mode_t) noexcept
{
  return -EINVAL;
}
int Be_file::get_status_flags() const noexcept
{
  return flags();
}
int Be_file::set_status_flags(long wanted) noexcept
{
  constexpr int Changeable = O_APPEND | O_NONBLOCK;
  int const kept = flags() & ~Changeable;
  __atomic_store_n(&_flags, kept | (static_cast<int>(wanted) & Changeable), __ATOMIC_RELAXED);
  return 0;
}
int Be_file::utimens(timespec const[2]) noexcept
{
  return -EROFS;
}
int Be_file::statvfs(struct statvfs *) const noexcept
{
  return -ENOSYS;
}

// ---- contents --------------------------------------------------------------------------------

L4::Cap<L4Re::Dataspace> Be_file::data_space() noexcept
{
  return L4::Cap<L4Re::Dataspace>::Invalid;
}
int Be_file::data_space_at(off_t offset, Ds_part *part) noexcept
{
  auto const ds = data_space();
  if (!ds.is_valid()) return -ENODEV;
  l4_uint64_t const size = l4_round_page(ds->size());
  l4_uint64_t const at = static_cast<l4_uint64_t>(offset);
  if (at >= size) return -EINVAL;
  *part = {ds, at, size - at};
  return 0;
}
ssize_t Be_file::readv(iovec const *, int) noexcept
{
  return -EINVAL;
}
ssize_t Be_file::writev(iovec const *, int) noexcept
{
  return -EINVAL;
}
ssize_t Be_file::preadv(iovec const *, int, off_t) noexcept
{
  return -ESPIPE;
}
ssize_t Be_file::pwritev(iovec const *, int, off_t) noexcept
{
  return -ESPIPE;
}
off_t Be_file::lseek(off_t, int) noexcept
{
  return -ESPIPE;
}
int Be_file::ftruncate(off_t) noexcept
{
  return -EINVAL;
}
int Be_file::fsync() const noexcept
{
  return -EINVAL;
}
int Be_file::fdatasync() const noexcept
{
  return fsync();
}
int Be_file::get_lock(struct flock *lock) noexcept
{
  lock->l_type = F_UNLCK;
  return 0;
}
int Be_file::set_lock(struct flock *lock, bool) noexcept
{
  if (lock->l_type == F_RDLCK && !readable()) return -EBADF;
  if (lock->l_type == F_WRLCK && !writable()) return -EBADF;
  bool const known = lock->l_type == F_RDLCK || lock->l_type == F_WRLCK || lock->l_type == F_UNLCK;
  return known ? 0 : -EINVAL;
}

// ---- directories -----------------------------------------------------------------------------

int Be_file::openat(char const *, int, mode_t, File_ref *) noexcept
{
  return -ENOTDIR;
}
int Be_file::fstatat(char const *path, struct stat *buf) noexcept
{
  return *path ? -ENOTDIR : fstat(buf);
}
int Be_file::faccessat(char const *path, int) noexcept
{
  return *path ? -ENOTDIR : 0;
}
int Be_file::mkdir(char const *, mode_t) noexcept
{
  return -EROFS;
}
int Be_file::unlink(char const *) noexcept
{
  return -EROFS;
}
int Be_file::rmdir(char const *) noexcept
{
  return -EROFS;
}
int Be_file::rename(char const *, char const *) noexcept
{
  return -EROFS;
}
int Be_file::link(char const *, char const *) noexcept
{
  return -EPERM;
}
ssize_t Be_file::getdents(char *, size_t) noexcept
{
  return -ENOTDIR;
}
int Be_file::rewind_dents() noexcept
{
  return -ENOTDIR;
}

int Be_file::ioctl(unsigned long, va_list) noexcept
{
  return -ENOTTY;
}

// ---- sockets ---------------------------------------------------------------------------------

int Be_file::bind(sockaddr const *, socklen_t) noexcept
{
  return -ENOTSOCK;
}
int Be_file::connect(sockaddr const *, socklen_t) noexcept
{
  return -ENOTSOCK;
}
ssize_t Be_file::send(void const *, size_t, int) noexcept
{
  return -ENOTSOCK;
}
ssize_t Be_file::recv(void *, size_t, int) noexcept
{
  return -ENOTSOCK;
}
ssize_t Be_file::sendto(void const *, size_t, int, sockaddr const *, socklen_t) noexcept
{
  return -ENOTSOCK;
}
ssize_t Be_file::recvfrom(void *, size_t, int, sockaddr *, socklen_t *) noexcept
{
  return -ENOTSOCK;
}
ssize_t Be_file::sendmsg(msghdr const *, int) noexcept
{
  return -ENOTSOCK;
}
ssize_t Be_file::recvmsg(msghdr *, int) noexcept
{
  return -ENOTSOCK;
}
int Be_file::getsockopt(int, int, void *, socklen_t *) noexcept
{
  return -ENOTSOCK;
}
int Be_file::setsockopt(int, int, void const *, socklen_t) noexcept
{
  return -ENOTSOCK;
}
int Be_file::listen(int) noexcept
{
  return -ENOTSOCK;
}
int Be_file::accept(sockaddr *, socklen_t *, File_ref *) noexcept
{
  return -ENOTSOCK;
}
int Be_file::shutdown(int) noexcept
{
  return -ENOTSOCK;
}
int Be_file::getsockname(sockaddr *, socklen_t *) noexcept
{
  return -ENOTSOCK;
}
int Be_file::getpeername(sockaddr *, socklen_t *) noexcept
{
  return -ENOTSOCK;
}

short Be_file::check_ready(short events) noexcept
{
  return static_cast<short>(events & (POLLIN | POLLRDNORM | POLLOUT | POLLWRNORM));
}
bool Be_file::bind_wakeup(l4_cap_idx_t) noexcept
{
  return false;
}

} // namespace L4Re::Vfs
