/* SPDX-License-Identifier: MIT */
/* Mounting file systems that libraries registered (docs/posix.md). */
#ifndef _SYS_MOUNT_H_
#define _SYS_MOUNT_H_

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MS_RDONLY 1

/* ENODEV: no file system of that type; EEXIST: something is mounted there. */
int mount(const char *source, const char *target, const char *type, unsigned long flags,
          const void *data);
int umount(const char *target);

#ifdef __cplusplus
}
#endif

#endif
