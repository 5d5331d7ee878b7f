// SPDX-License-Identifier: MIT
#pragma once

#include <gtest/gtest.h>

#include <cstring>

#include "kip.h"
#include "loader.h"
#include "simulation.h"

inline constexpr boot::Range Own_image{0x2d0000, 0x320000};

/// A PC with modules somewhere in its memory.
class Machine {
public:
  explicit Machine(uint64_t ram_size = 64 * boot::Mib) : ram(ram_size), size(ram_size)
  {
    info.protocol = "test";
    info.memory.push({{0, 0x9fc00}, 1});
    info.memory.push({{0x9fc00, 0xa0000}, 2});
    info.memory.push({{0xf0000, 0x100000}, 2});
    info.memory.push({{boot::Mib, size - 0x20000}, 1});
    info.memory.push({{size - 0x20000, size}, 3});
    hide_ram();
  }

  void add(std::vector<uint8_t> const &file, boot::Addr address, const char *command_line)
  {
    boot::Text line = info.keep_text(boot::Memory(), reinterpret_cast<uintptr_t>(command_line));
    info.modules.push({{address, address + file.size()}, line});
    ram.put(address, file);
    contents.push_back(file);
  }

  /// Add a file page aligned behind the last one, as boot loaders do.
  void add(std::vector<uint8_t> const &file, const char *command_line)
  {
    add(file, next, command_line);
    next = boot::round_up(next + file.size(), boot::Page_size);
  }

  /// What an earlier system left in memory. To be called before modules are added.
  void litter()
  {
    ram.show_all();
    std::memset(ram.at(boot::Mib), 0xee, size - boot::Mib);
    hide_ram();
  }

  void add_base(Elf_file const &kernel, Elf_file const &sigma0, Elf_file const &root)
  {
    images = {kernel, sigma0, root};
    add(kernel.bytes(), "dir/furore -serial_esc");
    add(sigma0.bytes(), "dir/sigma0");
    add(root.bytes(), "dir/moe rom/hello");
  }

  void add_base() { add_base(fake_kernel(), small_program(0x100000), small_program(0x140000)); }

  boot::Addr load(const char *command_line = "")
  {
    options = boot::Options::parse(command_line);
    boot::Loader loader(ram.memory(), info, options, Own_image);
    loader.log_places();
    ram.show_all();
    own_before = ram.bytes(Own_image);
    return loader.load();
  }

  boot::Kip kip() { return ram.memory().read<boot::Kip>(0x401000); }
  std::vector<boot::Mem_desc> mem_descs()
  {
    std::vector<boot::Mem_desc> result;
    for (unsigned i = 0; i < 64; ++i) {
      auto entry = ram.memory().read<boot::Mem_desc>(0x401090 + i * 16);
      if (entry.low != 0) result.push_back(entry);
    }
    return result;
  }
  boot::Range module(size_t index)
  {
    boot::Addr entries = ram.memory().read<uint64_t>(kip().user_ptr + 0x10);
    return {ram.memory().read<uint64_t>(entries + index * 0x20 + 8),
            ram.memory().read<uint64_t>(entries + index * 0x20 + 16)};
  }

  /// Segments and modules have arrived, the loader's own memory is untouched.
  void expect_loaded()
  {
    EXPECT_EQ(ram.bytes(Own_image), own_before);
    for (size_t image = 0; image < images.size(); ++image)
      for (size_t s = 0; s < images[image].segments.size(); ++s) {
        auto const &segment = images[image].segments[s];
        if (segment.type != 1 || segment.address == 0x401000) continue; // the KIP is filled in
        auto wanted = images[image].contents(s);
        EXPECT_EQ(ram.bytes(boot::range_at(segment.address, wanted.size())), wanted)
            << "image " << image << " segment " << s;
      }
    boot::Addr area = 0;
    for (size_t i = 3; i < contents.size(); ++i) {
      boot::Range place = module(i);
      EXPECT_EQ(place.start % boot::Page_size, 0u);
      EXPECT_GE(place.start, options.modaddr);
      EXPECT_TRUE(i == 3 || place.start == area) << "module " << i << " follows its predecessor";
      area = place.pages().end;
      EXPECT_EQ(ram.bytes(place), contents[i]) << "module " << i;
      boot::Range tail{place.end, area};
      EXPECT_EQ(ram.bytes(tail), std::vector<uint8_t>(tail.size())) << "behind module " << i;
    }
  }

  /// All but the places where a BIOS leaves data for a loader.
  void hide_ram()
  {
    ram.hide_all();
    ram.show({0x40e, 0x410});
    ram.show({0xe0000, 0x100000});
  }

  std::string refusal(const char *command_line = "")
  {
    try {
      load(command_line);
    } catch (Stopped &stopped) {
      return stopped.what();
    }
    take_output();
    return "loaded";
  }

  Ram ram;
  uint64_t size;
  boot::Boot_info info;
  boot::Options options;
  std::vector<Elf_file> images;
  std::vector<std::vector<uint8_t>> contents;
  std::vector<uint8_t> own_before;
  boot::Addr next = Own_image.end;
};

inline testing::AssertionResult says(std::string const &text,
                                     std::vector<const char *> const &parts)
{
  for (const char *part : parts)
    if (text.find(part) == std::string::npos)
      return testing::AssertionFailure() << "'" << part << "' is missing in:\n" << text;
  return testing::AssertionSuccess();
}
