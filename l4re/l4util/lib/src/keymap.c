// SPDX-License-Identifier: MIT
#include <l4/util/keymap.h>

/** Characters of keys 0 to 58, without and with shift; 0 where there is none. */
static char const Plain[] =
    "\0\0331234567890-=\b\tqwertyuiop[]\n\0asdfghjkl;'`\0\\zxcvbnm,./\0*\0 ";
static char const Shifted[] =
    "\0\033!@#$%^&*()_+\b\tQWERTYUIOP{}\n\0ASDFGHJKL:\"~\0|ZXCVBNM<>?\0*\0 ";

/** Keys 71 to 83: the number block. */
static char const Block[] = "789-456+1230.";

int l4util_map_event_to_keymap(unsigned key, unsigned shift) L4_NOTHROW
{
  enum { First_block = 71, Block_enter = 96, Block_slash = 98, Key_102nd = 86 };
  if (key < sizeof(Plain) - 1) return (shift ? Shifted : Plain)[key];
  if (key >= First_block && key < First_block + sizeof(Block) - 1) return Block[key - First_block];
  switch (key) {
  case Block_enter:
    return '\n';
  case Block_slash:
    return '/';
  case Key_102nd:
    return shift ? '>' : '<';
  default:
    return 0;
  }
}
