#include <l4/re/env>
#include <l4/thermo/sensor>
#include <l4/thermo/thermo.h>

extern "C" long thermo_read(char const *name, l4_int32_t *value)
{
  auto sensor = L4Re::Env::env()->get_cap<Thermo::Sensor>(name);
  if (!sensor)
    return -L4_ENOENT;
  return sensor->read(value);
}
