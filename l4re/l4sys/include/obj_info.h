// SPDX-License-Identifier: MIT
/** Enumeration of kernel objects: l4_debugger_query_obj_infos() fills records of this size. */
#pragma once

#include <l4/sys/debugger.h>

enum {
  /** Size of a record, bytes. */
  L4_KOBJ_INFO_SIZE = 64,
};

/** A record; its words depend on the kind of object, and on the kernel. */
typedef struct L4_kobj_info {
  l4_uint64_t words[L4_KOBJ_INFO_SIZE / sizeof(l4_uint64_t)];
} L4_kobj_info;
