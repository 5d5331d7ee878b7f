// SPDX-License-Identifier: MIT
#include "window.h"

#include <algorithm>
#include <bit>

namespace bench {

namespace {
constexpr unsigned Line_shift = 6;
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

void Window::access(std::uint64_t vaddr, unsigned bytes, bool store, unsigned vcpu)
{
  for (std::uint64_t line : {vaddr >> Line_shift, (vaddr + bytes - 1) >> Line_shift}) {
    _data.insert(line);
    if (store) _writers[line] |= std::uint64_t(1) << (vcpu & 63);
  }
}

std::size_t Window::shared_written_lines() const
{
  return std::size_t(std::ranges::count_if(
      _writers, [](auto const &entry) { return std::popcount(entry.second) > 1; }));
}

} // namespace bench
