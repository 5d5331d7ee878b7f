/* SPDX-License-Identifier: MIT */
#pragma once

#ifdef __cplusplus
extern "C" {
#endif

/* Each answers 0, or the number of the line in c11.c that failed. */
int c11_threads(void);
int c11_times(void);
int c11_atomics(void);

#ifdef __cplusplus
}
#endif
