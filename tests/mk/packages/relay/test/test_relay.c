#include <stdio.h>

int main(void)
{
  printf("TAP TEST START\n1..2\nok 1 - starts\nok 2 - ends\nTAP TEST FINISHED\n");
  return 0;
}
