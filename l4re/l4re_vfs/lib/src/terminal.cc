// SPDX-License-Identifier: MIT
/*
 * Terminals.
 */
#include <errno.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

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
