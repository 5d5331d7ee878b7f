/* SPDX-License-Identifier: MIT */
extern int lent_value;
int lent_value = 2;
