/* SPDX-License-Identifier: MIT */
/*
 * The first program: prints one line per second, for ever.
 *
 * It looks like any C program. What makes it special is what it does not have: the task it runs
 * in holds only the capabilities that its parent gave it. puts() reaches the terminal because one
 * of them is the log; without it the same call would quietly do nothing.
 *
 * ../../examples/sys/main.c prints the same line without puts(), by one system call.
 */
#include <stdio.h>
#include <unistd.h>

int main(void)
{
  for (;;) {
    puts("Hello World!");
    sleep(1);
  }
}
