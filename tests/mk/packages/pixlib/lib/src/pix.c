#include "format.h"

#include <l4/pixlib/pix.h>

#include <string.h>

extern struct format const _binary_picture_pix_start;
extern char const _binary_picture_pix_end[];

unsigned pix_width(void)
{
  return memcmp(_binary_picture_pix_start.magic, "PIX!", 4) ? 0 : _binary_picture_pix_start.width;
}

unsigned pix_sum(void)
{
  unsigned sum = 0;
  for (char const *p = (char const *)(&_binary_picture_pix_start + 1); p != _binary_picture_pix_end; ++p)
    sum += *p;
  return sum;
}
