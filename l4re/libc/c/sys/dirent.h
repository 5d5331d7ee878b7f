/* SPDX-License-Identifier: MIT */
/*
 * Directory entries; <dirent.h> of newlib includes this and declares the functions, which are in
 * l4re/l4re_vfs.
 */
#ifndef _SYS_DIRENT_H
#define _SYS_DIRENT_H

#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MAXNAMLEN 255

struct dirent {
  ino_t d_ino;
  off_t d_off;             /* where the next entry begins, for seekdir() */
  unsigned short d_reclen; /* length of this record in getdents() */
  unsigned char d_type;
  char d_name[MAXNAMLEN + 1];
};

#define DT_UNKNOWN 0
#define DT_FIFO    1
#define DT_CHR     2
#define DT_DIR     4
#define DT_BLK     6
#define DT_REG     8
#define DT_LNK     10
#define DT_SOCK    12

/* From and to the type bits of st_mode. */
#define IFTODT(mode) (((mode) & 0170000) >> 12)
#define DTTOIF(type) ((type) << 12)

#define _DIRENT_HAVE_D_TYPE

typedef struct __dirstream DIR;

#ifdef __cplusplus
}
#endif

#endif
