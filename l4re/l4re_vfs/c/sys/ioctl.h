/* SPDX-License-Identifier: MIT */
/* Requests to special files. */
#ifndef _SYS_IOCTL_H_
#define _SYS_IOCTL_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define FIONREAD   0x541b /* int *: bytes that can be read at once */
#define FIONBIO    0x5421 /* int *: not 0 sets O_NONBLOCK */
#define TIOCGWINSZ 0x5413

struct winsize {
  unsigned short ws_row, ws_col, ws_xpixel, ws_ypixel;
};

int ioctl(int fd, unsigned long request, ...);

#ifdef __cplusplus
}
#endif

#endif
