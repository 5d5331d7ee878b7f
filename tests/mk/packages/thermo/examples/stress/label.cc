#include <l4/re/env>
#include <l4/re/error_helper>
#include <l4/thermo/sensor>

#include <cstdio>

int main()
{
  auto sensor = L4Re::chkcap(L4Re::Env::env()->get_cap<Thermo::Sensor>("sensor"), "get the sensor", 0);
  printf("label: %ld %ld\n", sensor->label("kitchen"), sensor->label(""));
}
