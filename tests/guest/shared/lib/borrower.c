/* SPDX-License-Identifier: MIT */
/* Uses libraries that it is not linked with: somebody must have opened them with RTLD_GLOBAL. The
   variable is bound when this library is opened, the function when it is called. */
extern int lent_value;
int lent_call(void);
int borrower_call(void);

int borrower_call(void) { return lent_call() + lent_value; }
