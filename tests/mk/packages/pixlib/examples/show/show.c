#include <l4/pixlib/pix.h>
#include <l4/util/util.h>

#include <stdio.h>

#ifndef USES_PIX
#error flags of the library
#endif

int main(void)
{
  unsigned words[4] = { 0, 0, 0, 9 };
  pix_fill(words, 5, 3);
  printf("width %u, sum %u, words %u %u, version %d\n", pix_width(), pix_sum(), words[2], words[3],
         PIX_VERSION);
  l4_sleep(10);
  return 0;
}
