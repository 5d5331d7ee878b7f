/* SPDX-License-Identifier: MIT */
/* Space of a file system. Here, not in l4re/l4re_vfs, because libstdc++ looks for it. */
#ifndef _SYS_STATVFS_H
#define _SYS_STATVFS_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif


struct statvfs {
  unsigned long f_bsize;
  unsigned long f_frsize; /* unit of the block counts */
  fsblkcnt_t f_blocks, f_bfree, f_bavail;
  fsfilcnt_t f_files, f_ffree, f_favail;
  unsigned long f_fsid;
  unsigned long f_flag;
  unsigned long f_namemax;
};

#define ST_RDONLY 1
#define ST_NOSUID 2

int statvfs(const char *__restrict path, struct statvfs *__restrict space);
int fstatvfs(int fd, struct statvfs *space);

#ifdef __cplusplus
}
#endif

#endif
