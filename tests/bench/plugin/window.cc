// SPDX-License-Identifier: MIT
#include "window.h"

#include <algorithm>

namespace bench {

namespace {
constexpr bool is_kernel_line(std::uint64_t line)
{
  return line >> (63 - Line_shift);
}
} // namespace

void Window::begin()
{
  // A begin without an end (a pass that was left by an error) starts afresh.
  _open = true;
  _now = {};
  _code.clear();
  _data.clear();
}

void Window::end()
{
  if (!_open) return;
  _open = false;
  _now.code_lines = std::uint32_t(_code.size());
  _now.data_lines = std::uint32_t(_data.size());
  _now.kernel_code_lines = std::uint32_t(std::ranges::count_if(_code, is_kernel_line));
  _now.kernel_data_lines = std::uint32_t(std::ranges::count_if(_data, is_kernel_line));
  _samples.push_back(_now);
}

void Window::execute(Insn const &insn)
{
  ++(insn.kernel ? _now.kernel : _now.user);
  ++_now.events[std::size_t(insn.what.event)];
  ++_profile[insn.vaddr];
  _code.insert(insn.vaddr >> Line_shift);
  _code.insert((insn.vaddr + insn.size - 1) >> Line_shift);
}

void Window::access(std::uint64_t vaddr, unsigned bytes)
{
  _data.insert(vaddr >> Line_shift);
  _data.insert((vaddr + bytes - 1) >> Line_shift);
}

void Writers::note(std::uint64_t line, unsigned cpu)
{
  if (!is_kernel_line(line)) return;
  Writer &writer = _writers[line];
  if (writer.last == cpu) return;
  writer.changes += writer.last != ~0u;
  writer.last = cpu;
}

std::size_t Writers::shared_lines() const
{
  return std::size_t(
      std::ranges::count_if(_writers, [](auto const &entry) { return entry.second.changes > 1; }));
}

void Window::add(Window const &other)
{
  _samples.insert(_samples.end(), other._samples.begin(), other._samples.end());
  for (auto const &[vaddr, count] : other._profile)
    _profile[vaddr] += count;
}

} // namespace bench
