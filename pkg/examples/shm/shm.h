/* SPDX-License-Identifier: MIT */
/* Memory that two programs share, and how each gets to see it. */
#pragma once

#include <l4/re/c/rm.h>
#include <l4/re/env.h>
#include <l4/sys/semaphore.h>

#include <stdio.h>

struct shared {
  unsigned number;
  char text[60];
};

/* Attach the dataspace `shm` anywhere in the address space; a null pointer if that fails. */
static inline struct shared volatile *attach_shared(l4re_rm_flags_t flags)
{
  void *address = 0;
  long const error = l4re_rm_attach(&address, L4_PAGESIZE, L4RE_RM_F_SEARCH_ADDR | flags,
                                    l4re_env_get_cap("shm"), 0, L4_PAGESHIFT);
  if (error < 0) {
    printf("cannot attach 'shm': %s; see shm.cfg\n", l4sys_errtostr(error));
    return 0;
  }
  return (struct shared volatile *)address;
}
