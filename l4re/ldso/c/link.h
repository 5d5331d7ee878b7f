/* SPDX-License-Identifier: MIT */
/* The objects of the program, for code that needs their program headers. */
#ifndef L4_LDSO_LINK_H
#define L4_LDSO_LINK_H

#include <elf.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ElfW(type) Elf64_##type

struct dl_phdr_info {
  Elf64_Addr dlpi_addr; /* address in memory minus address in the file */
  char const *dlpi_name;
  Elf64_Phdr const *dlpi_phdr;
  Elf64_Half dlpi_phnum;
  unsigned long long dlpi_adds, dlpi_subs; /* objects that ever came and went */
  size_t dlpi_tls_modid;                   /* 0: no thread-local variables */
  void *dlpi_tls_data;                     /* the calling thread's instance, or null */
};

/* Calls `function` for each object until it returns other than 0; returns its last value. */
int dl_iterate_phdr(int (*function)(struct dl_phdr_info *, size_t, void *), void *data);

#ifdef __cplusplus
}
#endif

#endif
