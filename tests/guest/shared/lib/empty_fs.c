/* SPDX-License-Identifier: MIT */
/* Is called like the library of a file system, but brings none. */
int nothing_here = 1;
