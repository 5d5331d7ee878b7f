// SPDX-License-Identifier: MIT
// A program with an error: after some seconds it writes through a null pointer. Its boot script
// says that it shall be started again.
#include <stdio.h>
#include <unistd.h>

int main()
{
  puts("here I am");
  for (int left = 5; left; --left) {
    printf("%d...\n", left);
    sleep(1);
  }
  puts("I write to where nothing is");
  *static_cast<int volatile *>(nullptr) = 1;
}
