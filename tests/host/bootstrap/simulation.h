// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "boot_info.h"
#include "elf.h"

/// What boot::stop throws: everything that was printed before.
struct Stopped : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// All that was printed since the last call.
std::string take_output();

/// Physical memory from 0. Only what the test has made accessible may be read by the loader
/// (with AddressSanitizer; else all is).
class Ram {
public:
  explicit Ram(size_t size);
  ~Ram();
  Ram(Ram const &) = delete;

  boot::Memory memory() const { return boot::Memory(reinterpret_cast<uintptr_t>(_base)); }
  uint8_t *at(boot::Addr address) { return _base + address; }
  std::vector<uint8_t> bytes(boot::Range range);
  void put(boot::Addr address, std::vector<uint8_t> const &bytes);
  void hide_all();
  void show(boot::Range range);
  void show_all() { show({0, _size}); }

private:
  uint8_t *_base;
  size_t _size;
};

std::vector<uint8_t> random_bytes(unsigned seed, size_t size);

/// An ELF file under construction.
struct Elf_file {
  struct Segment {
    boot::Addr address;
    std::vector<uint8_t> data;
    uint64_t memory_size = 0; ///< 0: that of the data
    uint32_t flags = 7;
    uint32_t type = 1;
  };

  boot::Elf_header header{};
  std::vector<Segment> segments;

  Elf_file(boot::Addr entry, std::vector<Segment> parts);
  std::vector<uint8_t> bytes() const;
  std::vector<uint8_t> contents(size_t segment) const;
};

/// A program with code and data at `address`, as sigma0 and the root task are.
Elf_file small_program(boot::Addr address, size_t code = 0x2345, size_t data = 0x1234,
                       size_t bss = 0x3210);

/// A file with all that a kernel needs, at 4 MiB: code, KIP at 0x401000, options at 0x402000.
Elf_file fake_kernel(uint32_t options_version = 5);
