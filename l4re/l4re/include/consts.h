// SPDX-License-Identifier: MIT
/** Constants of the L4Re environment. */
#pragma once

#include <l4/sys/consts.h>

enum l4re_consts {
  /** Priority of a program's first thread, relative to its scheduler. */
  L4RE_MAIN_THREAD_PRIO = 2,
};

/** Selector of the own task. */
#define L4RE_THIS_TASK_CAP L4_BASE_TASK_CAP
