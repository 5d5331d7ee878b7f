/* SPDX-License-Identifier: MIT */
/* What the generated sources need: the table of their rows, found by the linker. */
#pragma once

#ifdef __cplusplus
#define API_LINKAGE extern "C"
#else
#define API_LINKAGE extern
#endif

struct api_row {
  char const *header;
  char const *name;
  void (*code)(void);
};

/* A use that the compiler cannot see through. */
API_LINKAGE void api_use(void const *object);

#define API_ROWS(table)                                                                            \
  __attribute__((section("api_tables"), used)) static struct api_row const *const table##_entry =  \
      table;
