/* SPDX-License-Identifier: MIT */
/* Libraries at run time (POSIX.1, with the usual additions). Only in programs with MODE = shared. */
#ifndef L4_LDSO_DLFCN_H
#define L4_LDSO_DLFCN_H

#ifdef __cplusplus
extern "C" {
#endif

#define RTLD_LAZY     0x001
#define RTLD_NOW      0x002
#define RTLD_NOLOAD   0x004 /* only find what is loaded */
#define RTLD_GLOBAL   0x100
#define RTLD_LOCAL    0
#define RTLD_NODELETE 0x1000

#define RTLD_DEFAULT ((void *)0)
#define RTLD_NEXT    ((void *)-1L)

/* `path` with a slash is opened as it is (its first component is a capability of the program);
   other names are searched for in LD_LIBRARY_PATH and in `rom`. Null: the program itself. */
void *dlopen(char const *path, int mode);
void *dlsym(void *handle, char const *name);
int dlclose(void *handle);
/* What went wrong since the last call, or null. The text is valid until the next error. */
char *dlerror(void);

typedef struct {
  char const *dli_fname; /* the object that holds the address */
  void *dli_fbase;       /* where it begins */
  char const *dli_sname; /* the symbol before the address, or null */
  void *dli_saddr;
} Dl_info;

int dladdr(void const *address, Dl_info *info);

#ifdef __cplusplus
}
#endif

#endif
