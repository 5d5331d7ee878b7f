/* SPDX-License-Identifier: MIT */
/* Network interfaces: none without a network library. */
#ifndef _NET_IF_H_
#define _NET_IF_H_

#define IF_NAMESIZE 16

#ifdef __cplusplus
extern "C" {
#endif

/* 0 and a null pointer, ENXIO: there is none. `name` has IF_NAMESIZE bytes. */
unsigned if_nametoindex(const char *name);
char *if_indextoname(unsigned index, char *name);

#ifdef __cplusplus
}
#endif

#endif
