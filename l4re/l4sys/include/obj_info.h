// SPDX-License-Identifier: MIT
/** Enumeration of kernel objects: l4_debugger_query_obj_infos() fills records of this size. */
#pragma once

#include <l4/sys/debugger.h>

enum {
  /** Size of a record, bytes. */
  L4_KOBJ_INFO_SIZE = 64,
};
