#include <l4/cxx/exceptions>
#include <l4/cxx/ipc_stream>
#include <l4/re/env>
#include <l4/re/error_helper>
#include <l4/re/util/cap_alloc>
#include <l4/re/util/object_registry>
#include <l4/sys/cxx/ipc_epiface>
#include <l4/sys/factory>
#include <l4/thermo/sensor>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "history.h"

extern char const _binary_greeting_txt_start[], _binary_greeting_txt_end[];

static L4Re::Util::Registry_server<> server;

namespace {

class Sensor : public L4::Epiface_t<Sensor, Thermo::Sensor>
{
public:
  explicit Sensor(std::string name, int base) : _name(std::move(name)), _value(base) {}

  long op_read(Thermo::Sensor::Rights, l4_int32_t &value)
  {
    value = _value++;
    _history.add(value);
    return L4_EOK;
  }

  long op_label(Thermo::Sensor::Rights, L4::Ipc::String<> text)
  {
    if (text.length <= 1)
      return -L4_EINVAL;
    _name = text.data;
    printf("%s: a sensor is called '%s' after %zu values\n", THERMO_NAME, _name.c_str(),
           _history.values.size());
    return L4_EOK;
  }

private:
  std::string _name;
  int _value;
  History _history;
};

class Factory : public L4::Epiface_t<Factory, L4::Factory>
{
public:
  long op_create(L4::Factory::Rights, L4::Ipc::Cap<void> &res, l4_mword_t type,
                 L4::Ipc::Varg_list<> &&args)
  {
    if (type != 0)
      return -L4_ENODEV;
    if (_sensors.size() == CONFIG_THERMO_SENSORS)
      return -L4_ENOMEM;

    std::string name = "unnamed";
    for (L4::Ipc::Varg arg : args)
      if (arg.is_of<char const *>())
        name.assign(arg.value<char const *>(), arg.length() - 1);

    auto sensor = std::make_unique<Sensor>(name, 20 * (_sensors.size() + 1));
    L4Re::chkcap(server.registry()->register_obj(sensor.get()), "register a sensor");
    res = L4::Ipc::make_cap_rw(sensor->obj_cap());
    _sensors.push_back(std::move(sensor));
    return L4_EOK;
  }

private:
  std::vector<std::unique_ptr<Sensor>> _sensors;
};

}

int main(int argc, char **argv)
{
  try
    {
      static Factory factory;
      L4Re::chkcap(server.registry()->register_obj(&factory, argc > 1 ? argv[1] : "thermo"),
                   "register the factory");
      fwrite(_binary_greeting_txt_start, 1,
             _binary_greeting_txt_end - _binary_greeting_txt_start, stdout);
      now();
      server.loop();
    }
  catch (L4::Runtime_error &e)
    {
      fprintf(stderr, "FATAL: %s: %s\n", e.str(), e.extra_str());
      return 1;
    }
  return 0;
}
