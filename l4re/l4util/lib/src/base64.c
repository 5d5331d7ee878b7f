// SPDX-License-Identifier: MIT
#include <l4/util/base64.h>

static char const alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(char const *in, unsigned in_size, char *out) L4_NOTHROW
{
  unsigned char const *bytes = (unsigned char const *)in;

  for (unsigned i = 0; i < in_size; i += 3) {
    unsigned left = in_size - i;
    unsigned long group = (unsigned long)bytes[i] << 16;
    if (left > 1) group |= (unsigned long)bytes[i + 1] << 8;
    if (left > 2) group |= bytes[i + 2];
    *out++ = alphabet[group >> 18];
    *out++ = alphabet[(group >> 12) & 63];
    *out++ = left > 1 ? alphabet[(group >> 6) & 63] : '=';
    *out++ = left > 2 ? alphabet[group & 63] : '=';
  }
  *out = 0;
}

static int value_of(char c)
{
  for (int i = 0; i < 64; ++i)
    if (alphabet[i] == c) return i;
  return -1;
}

int base64_decode(char const *in, unsigned in_size, char *out) L4_NOTHROW
{
  unsigned long bits = 0;
  unsigned count = 0;
  int size = 0;

  for (unsigned i = 0; i < in_size && in[i] != '='; ++i) {
    int v = value_of(in[i]);
    if (v < 0) continue;
    bits = (bits << 6) | (unsigned long)v;
    count += 6;
    if (count >= 8) {
      count -= 8;
      out[size++] = (char)(bits >> count);
    }
  }
  return size;
}
