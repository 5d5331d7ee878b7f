/* SPDX-License-Identifier: MIT */
/* Options of TCP sockets. */
#ifndef _NETINET_TCP_H_
#define _NETINET_TCP_H_

#define TCP_NODELAY 1
#define TCP_MAXSEG  2

#endif
