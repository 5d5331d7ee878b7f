/* SPDX-License-Identifier: MIT */
/* Name of the system. */
#ifndef _SYS_UTSNAME_H_
#define _SYS_UTSNAME_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct utsname {
  char sysname[32], nodename[32], release[32], version[32], machine[32];
};

int uname(struct utsname *name);

#ifdef __cplusplus
}
#endif

#endif
