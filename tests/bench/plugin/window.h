// SPDX-License-Identifier: MIT
// Measuring windows: what was executed between a begin and an end marker.
#pragma once

#include "decode.h"

#include <array>
#include <cstdint>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace bench {

constexpr unsigned Line_shift = 6;

/// Facts about an instruction, made once when it is translated.
struct Insn {
  std::uint64_t vaddr;
  std::uint8_t size;
  bool kernel; ///< upper half of the address space
  Decoded what;
};

/// Instructions, lines and expensive instructions of one pass through a window.
struct Sample {
  std::uint64_t user = 0, kernel = 0;
  std::uint32_t code_lines = 0, kernel_code_lines = 0, data_lines = 0, kernel_data_lines = 0;
  std::array<std::uint32_t, std::size_t(Event::Count)> events{};
};

/// Which CPUs write the kernel's data lines. A line is shared if it goes from one CPU to another and comes
/// back; memory that a CPU gives up for good and another one takes is not.
class Writers {
public:
  void note(std::uint64_t line, unsigned cpu);
  std::size_t shared_lines() const;

private:
  struct Writer {
    unsigned last = ~0u, changes = 0;
  };
  std::unordered_map<std::uint64_t, Writer> _writers;
};

/// One operation: all samples with one marker id.
class Window {
public:
  bool open() const { return _open; }
  void begin();
  void end();
  void execute(Insn const &insn);
  /// One data access; both lines of an access that crosses a line count.
  void access(std::uint64_t vaddr, unsigned bytes);

  std::vector<Sample> const &samples() const { return _samples; }
  /// Executions by address, over all samples.
  std::unordered_map<std::uint64_t, std::uint64_t> const &profile() const { return _profile; }
  /// Take over samples and profile of `other`: the windows of several CPUs as one.
  void add(Window const &other);

private:
  bool _open = false;
  Sample _now;
  std::unordered_set<std::uint64_t> _code, _data;
  std::unordered_map<std::uint64_t, std::uint64_t> _profile;
  std::vector<Sample> _samples;
};

} // namespace bench
