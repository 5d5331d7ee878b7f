/* SPDX-License-Identifier: MIT */
/* Functions of a library that fail, for the reports about it. */
#pragma once

#include <l4/sys/types.h>

void library_write(int *p);

/* Calls; nonzero after an error of the IPC. */
int library_ask(l4_cap_idx_t whom);
