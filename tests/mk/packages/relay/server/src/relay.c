#include <l4/re/env.h>

#include <assert.h>
#include <stdio.h>

int made_value(void);

int main(int argc, char **argv)
{
#if !defined(ALWAYS) || defined(NEVER) || !defined(NDEBUG)
#error flags
#endif
  assert(argc > 1000);
  printf("%s relays %d\n", argv[0], made_value() + (l4re_env()->log != L4_INVALID_CAP));
  return 0;
}
