/* SPDX-License-Identifier: MIT */
/* Terminals. Flags have the values of the virtual console; others are kept, without effect. */
#ifndef _SYS_TERMIOS_H_
#define _SYS_TERMIOS_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef unsigned tcflag_t;
typedef unsigned char cc_t;
typedef unsigned speed_t;

#define NCCS 32
struct termios {
  tcflag_t c_iflag, c_oflag, c_cflag, c_lflag;
  cc_t c_line;
  cc_t c_cc[NCCS];
  speed_t c_ispeed, c_ospeed;
};

#define VINTR  0
#define VQUIT  1
#define VERASE 2
#define VKILL  3
#define VEOF   4
#define VTIME  5
#define VMIN   6
#define VSTART 8
#define VSTOP  9
#define VSUSP  10
#define VEOL   11

#define BRKINT 000002
#define PARMRK 000010
#define ISTRIP 000040
#define INLCR  000100
#define IGNCR  000200
#define ICRNL  000400
#define IXON   002000
#define IXOFF  010000

#define OPOST  000001
#define ONLCR  000004
#define OCRNL  000010
#define ONLRET 000040

#define CSIZE  000060
#define CS7    000040
#define CS8    000060
#define CREAD  000200
#define PARENB 000400

#define ISIG   000001
#define ICANON 000002
#define ECHO   000010
#define ECHOE  000020
#define ECHOK  000040
#define ECHONL 000100
#define NOFLSH 000200
#define TOSTOP 000400
#define IEXTEN 0100000

#define TCSANOW   0
#define TCSADRAIN 1
#define TCSAFLUSH 2

#define TCIFLUSH  0
#define TCOFLUSH  1
#define TCIOFLUSH 2

#define B0      0
#define B9600   9600
#define B38400  38400
#define B115200 115200

/* Requests for ioctl(). */
#define TCGETS  0x5401
#define TCSETS  0x5402
#define TCSETSW 0x5403
#define TCSETSF 0x5404

int tcgetattr(int fd, struct termios *attributes);
int tcsetattr(int fd, int when, const struct termios *attributes);
int tcflush(int fd, int queue);
int tcdrain(int fd);
#define TCOOFF 0
#define TCOON  1
#define TCIOFF 2
#define TCION  3
int tcflow(int fd, int action);
int tcsendbreak(int fd, int duration);
void cfmakeraw(struct termios *attributes);
speed_t cfgetispeed(const struct termios *attributes);
speed_t cfgetospeed(const struct termios *attributes);
int cfsetispeed(struct termios *attributes, speed_t speed);
int cfsetospeed(struct termios *attributes, speed_t speed);

#ifdef __cplusplus
}
#endif

#endif
