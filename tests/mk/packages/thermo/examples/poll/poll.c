#include <l4/thermo/thermo.h>

#include <stdio.h>

int main(void)
{
  for (int i = 0; i < 3; ++i)
    {
      l4_int32_t value = 0;
      long r = thermo_read("sensor", &value);
      printf("read: %ld, value %d\n", r, (int)value);
    }
  return 0;
}
