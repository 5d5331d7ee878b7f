// SPDX-License-Identifier: MIT
/**
 * Virtual machine: a task without threads whose spaces are those of a guest; it is used through
 * the task operations and as the user task of an extended vCPU (kernel-objects.md section 12).
 */
#pragma once

#include <l4/sys/task.h>
#include <l4/sys/__vm-svm.h>
#include <l4/sys/__vm-vmx.h>
