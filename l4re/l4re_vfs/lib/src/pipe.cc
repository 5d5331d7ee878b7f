// SPDX-License-Identifier: MIT
/*
 * Pipes: a ring of bytes with two ends.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <l4/libc/wait.h>

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>

namespace L4Re::Vfs {

namespace {

/// What both ends share.
class Ring {
public:
  static constexpr size_t Size = 16384;

  void add_ref() noexcept { __atomic_fetch_add(&_references, 1, __ATOMIC_RELAXED); }
  int remove_ref() noexcept { return __atomic_sub_fetch(&_references, 1, __ATOMIC_ACQ_REL); }

  ssize_t read(char *data, size_t size, bool nonblock) noexcept;
  ssize_t write(char const *data, size_t size, bool nonblock) noexcept;
  void close_reader() noexcept;
  void close_writer() noexcept;

  size_t filled() const noexcept { return Libc::load(_tail) - Libc::load(_head); }
  bool has_reader() const noexcept { return Libc::load(_reader); }
  bool has_writer() const noexcept { return Libc::load(_writer); }

private:
  void changed(unsigned *word) noexcept;
  size_t put(char const *data, size_t size) noexcept;

  int _references = 0;
  Libc::Mutex _lock;
  bool _reader = true, _writer = true;
  size_t _head = 0, _tail = 0; ///< bytes read and written so far
  unsigned _filled_epoch = 0;  ///< waited on by readers
  unsigned _freed_epoch = 0;   ///< waited on by writers
  char _bytes[Size];
};

void Ring::changed(unsigned *word) noexcept
{
  __atomic_fetch_add(word, 1, __ATOMIC_SEQ_CST);
  Libc::wake(word, Libc::All);
  the_vfs.notify();
}

ssize_t Ring::read(char *data, size_t size, bool nonblock) noexcept
{
  if (!size) return 0;
  for (;;) {
    unsigned const seen = Libc::load(_filled_epoch);
    size_t n;
    {
      Libc::Guard guard(_lock);
      size_t const at = _head % Size;
      n = _tail - _head;
      if (n > size) n = size;
      size_t const first = n < Size - at ? n : Size - at;
      memcpy(data, _bytes + at, first);
      memcpy(data + first, _bytes, n - first);
      Libc::store(_head, _head + n);
      if (!n && !_writer) return 0;
    }
    if (n) {
      changed(&_freed_epoch);
      return static_cast<ssize_t>(n);
    }
    if (nonblock) return -EAGAIN;
    if (Libc::wait(&_filled_epoch, seen, Libc::Never, Libc::Wait_mode::Interruptible) == EINTR)
      return -EINTR;
  }
}

size_t Ring::put(char const *data, size_t size) noexcept
{
  size_t const at = _tail % Size;
  size_t n = Size - (_tail - _head);
  if (n > size) n = size;
  size_t const first = n < Size - at ? n : Size - at;
  memcpy(_bytes + at, data, first);
  memcpy(_bytes, data + first, n - first);
  Libc::store(_tail, _tail + n);
  return n;
}

/// Up to PIPE_BUF bytes appear at once; more may mix with what others write.
ssize_t Ring::write(char const *data, size_t size, bool nonblock) noexcept
{
  size_t done = 0;
  while (done < size) {
    unsigned const seen = Libc::load(_freed_epoch);
    size_t n = 0;
    {
      Libc::Guard guard(_lock);
      if (!_reader) {
        if (done) break;
        n = ~size_t{0};
      } else if (size > PIPE_BUF || Size - (_tail - _head) >= size)
        n = put(data + done, size - done);
    }
    if (n == ~size_t{0}) {
      raise(SIGPIPE);
      return -EPIPE;
    }
    if (n) {
      done += n;
      changed(&_filled_epoch);
      continue;
    }
    if (nonblock) return done ? static_cast<ssize_t>(done) : -EAGAIN;
    if (Libc::wait(&_freed_epoch, seen, Libc::Never, Libc::Wait_mode::Interruptible) == EINTR)
      return done ? static_cast<ssize_t>(done) : -EINTR;
  }
  return static_cast<ssize_t>(done);
}

void Ring::close_reader() noexcept
{
  {
    Libc::Guard guard(_lock);
    Libc::store(_reader, false);
  }
  changed(&_freed_epoch);
}

void Ring::close_writer() noexcept
{
  {
    Libc::Guard guard(_lock);
    Libc::store(_writer, false);
  }
  changed(&_filled_epoch);
}

using Ring_ref = cxx::Ref_ptr<Ring>;

class Pipe_end : public Be_file_stream {
public:
  Pipe_end(Ring_ref const &ring, int flags) noexcept : Be_file_stream(flags), _ring(ring) {}

  int fstat(struct stat *buf) const noexcept override
  {
    *buf = {};
    buf->st_dev = Dev_pipes;
    buf->st_ino = static_cast<ino_t>(reinterpret_cast<l4_addr_t>(_ring.get()) >> 4);
    buf->st_mode = S_IFIFO | 0600;
    buf->st_nlink = 1;
    buf->st_blksize = PIPE_BUF;
    return 0;
  }

  int ioctl(unsigned long command, va_list args) noexcept override
  {
    if (command != FIONREAD) return -ENOTTY;
    *va_arg(args, int *) = static_cast<int>(_ring->filled());
    return 0;
  }

protected:
  ssize_t read(void *, size_t) noexcept override { return -EBADF; }
  ssize_t write(void const *, size_t) noexcept override { return -EBADF; }
  bool nonblock() const noexcept { return flags() & O_NONBLOCK; }

  Ring_ref const _ring;
};

class Reader final : public Pipe_end {
public:
  using Pipe_end::Pipe_end;
  ~Reader() noexcept { _ring->close_reader(); }

  short check_ready(short events) noexcept override
  {
    short ready = _ring->filled() ? POLLIN | POLLRDNORM : 0;
    if (!_ring->has_writer()) ready = static_cast<short>(ready | POLLHUP);
    return static_cast<short>(ready & (events | POLLHUP));
  }

protected:
  ssize_t read(void *data, size_t size) noexcept override
  {
    return _ring->read(static_cast<char *>(data), size, nonblock());
  }
};

class Writer final : public Pipe_end {
public:
  using Pipe_end::Pipe_end;
  ~Writer() noexcept { _ring->close_writer(); }

  short check_ready(short events) noexcept override
  {
    if (!_ring->has_reader()) return POLLERR;
    bool const room = Ring::Size - _ring->filled() >= PIPE_BUF;
    return static_cast<short>(room ? events & (POLLOUT | POLLWRNORM) : 0);
  }

protected:
  ssize_t write(void const *data, size_t size) noexcept override
  {
    return _ring->write(static_cast<char const *>(data), size, nonblock());
  }
};

} // namespace

int make_pipe(File_ref *reader, File_ref *writer, int flags) noexcept
{
  int const kept = flags & O_NONBLOCK;
  Ring_ref const ring(new (std::nothrow) Ring);
  if (!ring) return -ENOMEM;
  *reader = File_ref(new (std::nothrow) Reader(ring, O_RDONLY | kept));
  if (!*reader) return -ENOMEM;
  *writer = File_ref(new (std::nothrow) Writer(ring, O_WRONLY | kept));
  return *writer ? 0 : -ENOMEM;
}

} // namespace L4Re::Vfs
