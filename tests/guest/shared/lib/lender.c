/* SPDX-License-Identifier: MIT */
int lent_call(void);

int lent_call(void) { return 40; }
