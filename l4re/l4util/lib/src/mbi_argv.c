// SPDX-License-Identifier: MIT
#include <l4/util/mbi_argv.h>

int l4util_argc;
char *l4util_argv[L4UTIL_MBI_MAX_ARGS + 1];

static int is_blank(char c)
{
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/** Take the word at `in` out of its quotes, in place. \return what follows the word */
static char *word(char *in)
{
  char *out = in;
  char quote = 0;
  for (; *in && (quote || !is_blank(*in)); ++in) {
    if (quote ? *in == quote : *in == '\'' || *in == '"')
      quote = quote ? 0 : *in;
    else
      *out++ = *in;
  }
  char *const next = *in ? in + 1 : in;
  *out = 0;
  return next;
}

void l4util_mbi_to_argv(l4_mword_t flag, l4util_mb_info_t *mbi) L4_NOTHROW
{
  l4util_argc = 0;
  l4util_argv[0] = 0;
  if (!(flag & L4UTIL_MB_CMDLINE) || !mbi->cmdline) return;
  char *line = (char *)(l4_addr_t)mbi->cmdline;
  for (;;) {
    while (is_blank(*line))
      ++line;
    if (!*line || l4util_argc == L4UTIL_MBI_MAX_ARGS) break;
    l4util_argv[l4util_argc++] = line;
    line = word(line);
  }
  l4util_argv[l4util_argc] = 0;
}
