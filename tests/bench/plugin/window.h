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

/// One operation: all samples with one marker id.
class Window {
public:
  bool open() const { return _open; }
  void begin();
  void end();
  void execute(Insn const &insn);
  /// One data access; both lines of an access that crosses a line count.
  void access(std::uint64_t vaddr, unsigned bytes, bool store, unsigned vcpu);

  std::vector<Sample> const &samples() const { return _samples; }
  /// Executions by address, over all samples.
  std::unordered_map<std::uint64_t, std::uint64_t> const &profile() const { return _profile; }
  /// Data lines written by more than one CPU, over all samples.
  std::size_t shared_written_lines() const;

private:
  bool _open = false;
  Sample _now;
  std::unordered_set<std::uint64_t> _code, _data;
  std::unordered_map<std::uint64_t, std::uint64_t> _writers; ///< line -> bit for each CPU
  std::unordered_map<std::uint64_t, std::uint64_t> _profile;
  std::vector<Sample> _samples;
};

} // namespace bench
