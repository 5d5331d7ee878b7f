// SPDX-License-Identifier: MIT
/*
 * Terminals.
 */
#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

namespace {

constexpr char Terminal[] = "/dev/tty";

} // namespace

extern "C" {

int tcgetattr(int fd, termios *attributes)
{
  return ioctl(fd, TCGETS, attributes);
}

int tcsetattr(int fd, int when, termios const *attributes)
{
  switch (when) {
  case TCSANOW:
    return ioctl(fd, TCSETS, attributes);
  case TCSADRAIN:
    return ioctl(fd, TCSETSW, attributes);
  case TCSAFLUSH:
    return ioctl(fd, TCSETSF, attributes);
  default:
    errno = EINVAL;
    return -1;
  }
}

/// Output is with the server as soon as write() returns.
int tcdrain(int fd)
{
  termios t;
  return tcgetattr(fd, &t);
}

int tcflush(int fd, int)
{
  return tcdrain(fd);
}

/// Output cannot be stopped by whoever sends it.
int tcflow(int fd, int)
{
  return tcdrain(fd);
}

int tcsendbreak(int fd, int)
{
  return tcdrain(fd);
}

/// The group of the one process.
pid_t tcgetpgrp(int fd)
{
  return tcdrain(fd) < 0 ? -1 : getpgrp();
}

int tcsetpgrp(int fd, pid_t group)
{
  if (tcdrain(fd) < 0) return -1;
  if (group == getpgrp()) return 0;
  errno = EPERM;
  return -1;
}

int ttyname_r(int fd, char *name, size_t size)
{
  if (!isatty(fd)) return errno;
  if (size < sizeof(Terminal)) return ERANGE;
  strcpy(name, Terminal);
  return 0;
}

char *ttyname(int fd)
{
  static char name[sizeof(Terminal)];
  int const error = ttyname_r(fd, name, sizeof(name));
  if (!error) return name;
  errno = error;
  return nullptr;
}

void cfmakeraw(termios *t)
{
  t->c_iflag &= static_cast<tcflag_t>(~(BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON));
  t->c_oflag &= static_cast<tcflag_t>(~OPOST);
  t->c_lflag &= static_cast<tcflag_t>(~(ECHO | ECHONL | ICANON | ISIG | IEXTEN));
  t->c_cflag = (t->c_cflag & static_cast<tcflag_t>(~(CSIZE | PARENB))) | CS8;
}

speed_t cfgetispeed(termios const *t)
{
  return t->c_ispeed;
}

speed_t cfgetospeed(termios const *t)
{
  return t->c_ospeed;
}

int cfsetispeed(termios *t, speed_t speed)
{
  t->c_ispeed = speed;
  return 0;
}

int cfsetospeed(termios *t, speed_t speed)
{
  t->c_ospeed = speed;
  return 0;
}

} // extern "C"
