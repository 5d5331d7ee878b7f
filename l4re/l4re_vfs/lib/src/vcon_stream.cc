// SPDX-License-Identifier: MIT
/*
 * Virtual consoles as terminals.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <l4/libc/vcon.h>
#include <l4/libc/wait.h>

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>

namespace L4Re::Vfs {

Vcon_stream::~Vcon_stream() noexcept
{
  if (_owned) L4Re::Util::cap_alloc.free(_vcon);
}

int Vcon_stream::fstat(struct stat *buf) const noexcept
{
  *buf = {};
  buf->st_dev = Dev_devices;
  buf->st_ino = static_cast<ino_t>(_vcon.cap() >> L4_CAP_SHIFT);
  buf->st_mode = S_IFCHR | 0666;
  buf->st_nlink = 1;
  return 0;
}

ssize_t Vcon_stream::write(void const *data, size_t size) noexcept
{
  return libc_vcon_write(_vcon.cap(), data, size);
}

/// What is there now; 0: nothing. Callers hold the lock.
ssize_t Vcon_stream::take(void *data, size_t size) noexcept
{
  if (!size) return 0;
  if (_has_ahead) {
    _has_ahead = false;
    *static_cast<char *>(data) = _ahead;
    ssize_t const more = libc_vcon_read(_vcon.cap(), static_cast<char *>(data) + 1, size - 1);
    return more > 0 ? more + 1 : 1;
  }
  return libc_vcon_read(_vcon.cap(), data, size);
}

/// take(), after the interrupt was bound to the calling thread's semaphore if nothing is there: what
/// comes from then on wakes it.
ssize_t Vcon_stream::fetch(void *data, size_t size) noexcept
{
  Libc::Guard guard(_lock);
  ssize_t n = take(data, size);
  if (n || !size || (flags() & O_NONBLOCK)) return n;
  l4_cap_idx_t const own = Libc::Park::prepare();
  if (_bound != own && l4_is_valid_cap(own)) {
    if (l4_error(l4_icu_bind(_vcon.cap(), 0, own)) < 0) return -EIO;
    _bound = own;
    n = take(data, size);
  }
  return n;
}

ssize_t Vcon_stream::read(void *data, size_t size) noexcept
{
  if (!size) return 0;
  for (;;) {
    unsigned const seen = Libc::load(*the_vfs.activity());
    if (ssize_t const n = fetch(data, size)) {
      // Another reader may have bound its semaphore in vain; it looks again.
      the_vfs.notify();
      return n;
    }
    if (flags() & O_NONBLOCK) return -EAGAIN;
    the_vfs.begin_poll();
    int const e = Libc::wait(the_vfs.activity(), seen, Libc::Never, Libc::Wait_mode::Any_wake);
    the_vfs.end_poll();
    if (e == EINTR) {
      the_vfs.notify();
      return -EINTR;
    }
  }
}

/// Whether there is input is only known by reading: a byte is kept for the next read().
short Vcon_stream::check_ready(short events) noexcept
{
  short ready = static_cast<short>(events & (POLLOUT | POLLWRNORM));
  if (!(events & (POLLIN | POLLRDNORM))) return ready;
  Libc::Guard guard(_lock);
  if (!_has_ahead && libc_vcon_read(_vcon.cap(), &_ahead, 1) > 0) _has_ahead = true;
  if (_has_ahead) ready = static_cast<short>(ready | (events & (POLLIN | POLLRDNORM)));
  return ready;
}

bool Vcon_stream::bind_wakeup(l4_cap_idx_t semaphore) noexcept
{
  Libc::Guard guard(_lock);
  if (_bound == semaphore || l4_is_invalid_cap(semaphore)) return true;
  if (l4_error(l4_icu_bind(_vcon.cap(), 0, semaphore)) >= 0) _bound = semaphore;
  return true;
}

namespace {

int get_attributes(L4::Cap<L4::Vcon> vcon, termios *t)
{
  l4_vcon_attr_t attr{};
  if (l4_error(vcon->get_attr(&attr)) < 0) return -EIO;
  *t = {};
  t->c_iflag = static_cast<tcflag_t>(attr.i_flags);
  t->c_oflag = static_cast<tcflag_t>(attr.o_flags) | OPOST;
  t->c_lflag = static_cast<tcflag_t>(attr.l_flags);
  t->c_cflag = CREAD | CS8;
  t->c_cc[VMIN] = 1;
  t->c_ispeed = t->c_ospeed = B115200;
  return 0;
}

int set_attributes(L4::Cap<L4::Vcon> vcon, termios const *t)
{
  l4_vcon_attr_t attr;
  attr.i_flags = t->c_iflag;
  attr.o_flags = t->c_oflag & OPOST ? t->c_oflag & ~OPOST : 0;
  attr.l_flags = t->c_lflag;
  return l4_error(vcon->set_attr(&attr)) < 0 ? -EIO : 0;
}

} // namespace

int Vcon_stream::ioctl(unsigned long command, va_list args) noexcept
{
  switch (command) {
  case TCGETS:
    return get_attributes(_vcon, va_arg(args, termios *));
  case TCSETS:
  case TCSETSW:
  case TCSETSF:
    return set_attributes(_vcon, va_arg(args, termios const *));
  case FIONREAD:
    *va_arg(args, int *) = check_ready(POLLIN) ? 1 : 0;
    return 0;
  default:
    return -ENOTTY;
  }
}

} // namespace L4Re::Vfs
