// SPDX-License-Identifier: MIT
/*
 * Sockets: the way to a network library, which registers a Socket_factory. Without one there is
 * no address family; socketpair() works within the process.
 */
#include "result.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace L4Re::Vfs;

namespace {

int fd_flags(int type)
{
  return type & SOCK_CLOEXEC ? FD_CLOEXEC : 0;
}

constexpr int Type_flags = SOCK_CLOEXEC | SOCK_NONBLOCK;

/// One end of a connected pair: reads from one pipe, writes to another.
class Pair_end final : public Be_file {
public:
  Pair_end(File_ref const &in, File_ref const &out, int flags) noexcept
      : Be_file(flags), _in(in), _out(out)
  {
  }

  int fstat(struct stat *buf) const noexcept override
  {
    int const e = _in->fstat(buf);
    buf->st_mode = S_IFSOCK | 0600;
    return e;
  }
  int set_status_flags(long flags) noexcept override
  {
    _in->set_status_flags(flags);
    _out->set_status_flags(flags);
    return Be_file::set_status_flags(flags);
  }
  ssize_t readv(iovec const *iov, int count) noexcept override { return _in->readv(iov, count); }
  ssize_t writev(iovec const *iov, int count) noexcept override { return _out->writev(iov, count); }
  ssize_t send(void const *data, size_t size, int) noexcept override
  {
    iovec const iov = {const_cast<void *>(data), size};
    return writev(&iov, 1);
  }
  ssize_t recv(void *data, size_t size, int flags) noexcept override
  {
    if (flags & MSG_PEEK) return -EOPNOTSUPP;
    iovec const iov = {data, size};
    return readv(&iov, 1);
  }
  short check_ready(short events) noexcept override
  {
    short const in = _in->check_ready(static_cast<short>(events & ~(POLLOUT | POLLWRNORM)));
    short const out = _out->check_ready(static_cast<short>(events & (POLLOUT | POLLWRNORM)));
    return static_cast<short>(in | out);
  }
  int ioctl(unsigned long command, va_list args) noexcept override
  {
    return _in->ioctl(command, args);
  }

private:
  File_ref const _in, _out;
};

int make_pair(int type, File_ref *a, File_ref *b)
{
  int const flags = type & SOCK_NONBLOCK ? O_NONBLOCK : 0;
  File_ref in, out, back_in, back_out;
  if (int e = make_pipe(&in, &out, flags); e < 0) return e;
  if (int e = make_pipe(&back_in, &back_out, flags); e < 0) return e;
  *a = File_ref(new (std::nothrow) Pair_end(in, back_out, O_RDWR | flags));
  *b = File_ref(new (std::nothrow) Pair_end(back_in, out, O_RDWR | flags));
  return *a && *b ? 0 : -ENOMEM;
}

} // namespace

extern "C" {

int socket(int domain, int type, int protocol)
{
  File_ref file;
  if (int e = the_vfs.socket(domain, type & ~Type_flags, protocol, &file); e < 0) return result(e);
  if (type & SOCK_NONBLOCK) file->set_status_flags(O_NONBLOCK);
  return result(the_vfs.alloc_fd(file, 0, fd_flags(type)));
}

int socketpair(int domain, int type, int, int fds[2])
{
  if (domain != AF_UNIX) return result(-EAFNOSUPPORT);
  if ((type & ~Type_flags) != SOCK_STREAM) return result(-EPROTONOSUPPORT);
  File_ref a, b;
  if (int e = make_pair(type, &a, &b); e < 0) return result(e);
  int const first = the_vfs.alloc_fd(a, 0, fd_flags(type));
  if (first < 0) return result(first);
  int const second = the_vfs.alloc_fd(b, 0, fd_flags(type));
  if (second < 0) {
    the_vfs.free_fd(first);
    return result(second);
  }
  fds[0] = first;
  fds[1] = second;
  return 0;
}

int bind(int fd, sockaddr const *addr, socklen_t length)
{
  return with_file(fd, [=](File &f) { return f.bind(addr, length); });
}

int connect(int fd, sockaddr const *addr, socklen_t length)
{
  return blocking(fd, [=](File &f) { return f.connect(addr, length); });
}

int listen(int fd, int backlog)
{
  return with_file(fd, [=](File &f) { return f.listen(backlog); });
}

int accept(int fd, sockaddr *addr, socklen_t *length)
{
  File_ref file;
  if (int e = blocking(fd, [&](File &f) { return f.accept(addr, length, &file); }); e < 0) return e;
  return result(the_vfs.alloc_fd(file, 0, 0));
}

ssize_t send(int fd, void const *data, size_t size, int flags)
{
  return blocking(fd, [=](File &f) { return f.send(data, size, flags); });
}

ssize_t recv(int fd, void *data, size_t size, int flags)
{
  return blocking(fd, [=](File &f) { return f.recv(data, size, flags); });
}

ssize_t sendto(int fd, void const *data, size_t size, int flags, sockaddr const *to,
               socklen_t length)
{
  return blocking(fd, [=](File &f) { return f.sendto(data, size, flags, to, length); });
}

ssize_t recvfrom(int fd, void *data, size_t size, int flags, sockaddr *from, socklen_t *length)
{
  return blocking(fd, [=](File &f) { return f.recvfrom(data, size, flags, from, length); });
}

ssize_t sendmsg(int fd, msghdr const *message, int flags)
{
  return blocking(fd, [=](File &f) { return f.sendmsg(message, flags); });
}

ssize_t recvmsg(int fd, msghdr *message, int flags)
{
  return blocking(fd, [=](File &f) { return f.recvmsg(message, flags); });
}

int getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
  return with_file(fd, [=](File &f) { return f.getsockopt(level, option, value, length); });
}

int setsockopt(int fd, int level, int option, void const *value, socklen_t length)
{
  return with_file(fd, [=](File &f) { return f.setsockopt(level, option, value, length); });
}

int shutdown(int fd, int how)
{
  return with_file(fd, [=](File &f) { return f.shutdown(how); });
}

int getsockname(int fd, sockaddr *addr, socklen_t *length)
{
  return with_file(fd, [=](File &f) { return f.getsockname(addr, length); });
}

int getpeername(int fd, sockaddr *addr, socklen_t *length)
{
  return with_file(fd, [=](File &f) { return f.getpeername(addr, length); });
}

} // extern "C"
