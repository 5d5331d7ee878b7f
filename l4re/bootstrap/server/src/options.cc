// SPDX-License-Identifier: MIT
#include "options.h"
#include "print.h"

namespace boot {
namespace {

/// True if `word` is the option `name`; `value` is then what follows it: "-name=value" or, as
/// older module lists have it, "-name value".
bool has_value(Text word, Text name, Text &rest, Text &value)
{
  if (word == name) {
    value = next_word(rest);
    return true;
  }
  if (!word.starts_with(name) || !word.from(name.size).starts_with("=")) return false;
  value = word.from(name.size + 1);
  return true;
}

} // namespace

Options Options::parse(Text rest)
{
  Options options;
  for (bool first = true;; first = false) {
    Text word = next_word(rest);
    if (word.empty()) return options;
    if (first && !word.starts_with("-")) continue; // the loader's own file name
    if (!options.take(word, rest) && options._not_understood.empty())
      options._not_understood = word;
  }
}

bool Options::take(Text word, Text &rest)
{
  if (word == "-quiet") return quiet = true;
  if (word == "-exit-on-panic") return exit_on_panic = true;
  if (word == "-noserial") {
    uart.present = false;
    return true;
  }

  Text value;
  uint64_t number = 0;
  if (has_value(word, "-modaddr", rest, value)) return parse_size(value, modaddr);
  if (has_value(word, "-comport", rest, value))
    return parse_number(value, number) && set_com_port(number);
  if (has_value(word, "-comirq", rest, value)) {
    if (!parse_number(value, number) || number > 0xffff) return false;
    uart.irq = static_cast<uint16_t>(number);
    return _irq_given = true;
  }
  return false;
}

bool Options::set_com_port(uint64_t number_or_address)
{
  static constexpr uint16_t Ports[] = {0x3f8, 0x2f8, 0x3e8, 0x2e8};
  if (number_or_address >= 1 && number_or_address <= 4) {
    uart.port = Ports[number_or_address - 1];
    if (!_irq_given) uart.irq = number_or_address % 2 == 1 ? 4 : 3;
    return true;
  }
  if (number_or_address < 0x100 || number_or_address > 0xfff8) return false;
  uart.port = static_cast<uint16_t>(number_or_address);
  return true;
}

void Options::report() const
{
  if (!_not_understood.empty())
    warn("bootstrap option '", _not_understood,
         "' is unknown or has a bad value and was ignored; known are -modaddr=ADDR -comport=N"
         " -comirq=N -noserial -quiet -exit-on-panic");
}

} // namespace boot
