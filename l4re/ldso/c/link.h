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

/* An object, for debuggers; the program is the first. */
struct link_map {
  Elf64_Addr l_addr;  /* address in memory minus address in the file */
  char *l_name;       /* path; "" for the program */
  Elf64_Dyn *l_ld;    /* dynamic section */
  struct link_map *l_next, *l_prev;
};

/* Found by the entry DT_DEBUG of the program's dynamic section. */
struct r_debug {
  int r_version; /* 1 */
  struct link_map *r_map;
  Elf64_Addr r_brk; /* function that is called after each change of the list */
  enum { RT_CONSISTENT, RT_ADD, RT_DELETE } r_state;
  Elf64_Addr r_ldbase;
};

extern ElfW(Dyn) _DYNAMIC[];

#ifdef __cplusplus
}
#endif

#endif
