// SPDX-License-Identifier: MIT
// What is read and written byte by byte: boot protocols, option block, descriptors, module list.
#include <gtest/gtest.h>

#include <cstring>

#include "archive.h"
#include "kernel_options.h"
#include "mem_desc_list.h"
#include "module_info.h"
#include "rsdp.h"
#include "simulation.h"

using namespace boot;

namespace {

std::string string(Text text)
{
  return {text.data, text.size};
}

template <typename... Values> void write(Ram &ram, Addr address, Values... values)
{
  ((ram.memory().write(address, values), address += sizeof(values)), ...);
}

void write_text(Ram &ram, Addr address, const char *text)
{
  std::memcpy(ram.at(address), text, std::strlen(text) + 1);
}

Text keep(Boot_info &info, const char *text)
{
  return info.keep_text(Memory(), reinterpret_cast<uintptr_t>(text));
}

} // namespace

TEST(Multiboot1, everything)
{
  Ram ram(0x10000);
  write(ram, 0x1000, 0x4du, 639u, 1000u, 0u, 0x2000u, 2u, 0x3000u, 0u, 0u, 0u, 0u, 48u, 0x4000u);
  write_text(ram, 0x2000, "bootstrap -x=1,2");
  write(ram, 0x3000, 0x8000u, 0x8123u, 0x2100u, 0u, 0x9000u, 0x9000u, 0u, 0u);
  write_text(ram, 0x2100, "dir/kernel -serial_esc");
  write(ram, 0x4000, 20u, uint64_t{0}, uint64_t{0x9fc00}, 1u);
  write(ram, 0x4018, 20u, uint64_t{0x100000}, uint64_t{0x7f00000}, 1u);

  Boot_info info;
  read_multiboot1(ram.memory(), 0x1000, info);
  EXPECT_EQ(string(info.command_line), "bootstrap -x=1,2");
  EXPECT_EQ(info.command_line.data[info.command_line.size], '\0');
  ASSERT_EQ(info.modules.size(), 2u);
  EXPECT_EQ(info.modules[0].data, (Range{0x8000, 0x8123}));
  EXPECT_EQ(string(info.modules[0].command_line), "dir/kernel -serial_esc");
  EXPECT_TRUE(info.modules[1].command_line.empty());
  ASSERT_EQ(info.memory.size(), 2u);
  EXPECT_EQ(info.memory[1].range, (Range{0x100000, 0x8000000}));
}

TEST(Multiboot1, sizes_instead_of_a_map)
{
  Ram ram(0x10000);
  write(ram, 0x1000, 1u, 640u, 0x7c00u);
  Boot_info info;
  read_multiboot1(ram.memory(), 0x1000, info);
  ASSERT_EQ(info.memory.size(), 2u);
  EXPECT_EQ(info.memory[0].range, (Range{0, 0xa0000}));
  EXPECT_EQ(info.memory[1].range, (Range{0x100000, 0x2000000}));
  EXPECT_TRUE(info.modules.empty());
}

TEST(Archive, modules_before_those_of_the_boot_loader)
{
  Ram ram(0x10000);
  write(ram, 0x1000, Archive_magic, 2u, 0x300u);
  write(ram, 0x1010, uint64_t{0x1000}, uint64_t{0x23}, uint64_t{0x200});
  write(ram, 0x1028, uint64_t{0x2000}, uint64_t{1}, uint64_t{0x220});
  write_text(ram, 0x1200, "furore -esc");
  write_text(ram, 0x1220, "sigma0");
  write_text(ram, 0x1300, "bootstrap -modaddr=32M");
  for (bool has_arguments : {false, true}) {
    Boot_info info;
    info.command_line = keep(info, has_arguments ? "image -quiet" : " image ");
    info.modules.push({{0x8000, 0x8010}, keep(info, "last")});
    read_archive(ram.memory(), 0x1000, info);
    ASSERT_EQ(info.modules.size(), 3u);
    EXPECT_EQ(info.modules[0].data, (Range{0x2000, 0x2023}));
    EXPECT_EQ(string(info.modules[0].command_line), "furore -esc");
    EXPECT_EQ(string(info.modules[1].command_line), "sigma0");
    EXPECT_EQ(string(info.modules[2].command_line), "last");
    EXPECT_EQ(string(info.command_line),
              has_arguments ? "image -quiet" : "bootstrap -modaddr=32M");
  }
}

TEST(Multiboot2, everything)
{
  Ram ram(0x10000);
  Addr at = 0x1008;
  write(ram, at, 1u, 18u), write_text(ram, at + 8, "bootstrap"), at += 24;
  write(ram, at, 3u, 23u, 0x8000u, 0x8010u), write_text(ram, at + 16, "kernel"), at += 24;
  write(ram, at, 4u, 16u, 640u, 1000u), at += 16;
  write(ram, at, 6u, 16u + 48, 24u, 0u, uint64_t{0}, uint64_t{0x9f000}, 1u, 0u,
        uint64_t{0xfffffffffffff000}, uint64_t{0x2000}, 2u, 0u),
      at += 64;
  write(ram, at, 14u, 28u), write_text(ram, at + 8, "old"), at += 32;
  write(ram, at, 15u, 44u), write_text(ram, at + 8, "new"), at += 48;
  write(ram, at, 99u, 8u), at += 8;
  write(ram, at, 0u, 8u), at += 8;
  write(ram, 0x1000, static_cast<uint32_t>(at - 0x1000), 0u);

  Boot_info info;
  read_multiboot2(ram.memory(), 0x1000, info);
  EXPECT_EQ(string(info.command_line), "bootstrap");
  ASSERT_EQ(info.modules.size(), 1u);
  EXPECT_EQ(info.modules[0].data, (Range{0x8000, 0x8010}));
  EXPECT_EQ(string(info.modules[0].command_line), "kernel");
  ASSERT_EQ(info.memory.size(), 2u);
  EXPECT_EQ(info.memory[1].range, (Range{0xfffffffffffff000, ~0ull})) << "cut, not wrapped";
  EXPECT_EQ(info.rsdp_size, 36u);
  EXPECT_STREQ(reinterpret_cast<char *>(info.rsdp), "new");
}

TEST(Multiboot2, a_tag_of_no_size_ends_the_list)
{
  Ram ram(0x10000);
  write(ram, 0x1000, 0x1000u, 0u, 1u, 0u);
  Boot_info info;
  read_multiboot2(ram.memory(), 0x1000, info);
  EXPECT_TRUE(info.memory.empty());
}

TEST(Boot_info, too_much_is_named)
{
  Boot_info info;
  for (size_t i = 0; i < info.Max_modules; ++i)
    info.modules.push({});
  try {
    info.modules.push({});
    FAIL();
  } catch (Stopped &stopped) {
    EXPECT_NE(std::string(stopped.what()).find("more than 512 modules"), std::string::npos);
  }
}

TEST(Rsdp, found_by_signature_and_checksum)
{
  Ram ram(0x100000);
  EXPECT_EQ(find_rsdp(ram.memory()), 0u);
  auto place = [&](Addr address, uint8_t revision) {
    write_text(ram, address, "RSD PTR ");
    *ram.at(address + 15) = revision;
    write(ram, address + 20, 36u);
    uint8_t sum = 0;
    for (int i = 0; i < 20; ++i)
      sum += *ram.at(address + i);
    *ram.at(address + 8) -= sum;
  };
  place(0xf5000, 2);
  EXPECT_EQ(find_rsdp(ram.memory()), 0xf5000u);
  EXPECT_EQ(rsdp_size(ram.memory(), 0xf5000), 36u);
  place(0x9fc20, 0);
  EXPECT_EQ(find_rsdp(ram.memory()), 0xf5000u) << "no EBDA is known";
  write(ram, 0x40e, uint16_t{0x9fc0});
  EXPECT_EQ(find_rsdp(ram.memory()), 0x9fc20u);
  EXPECT_EQ(rsdp_size(ram.memory(), 0x9fc20), 20u);
  *ram.at(0x9fc21) ^= 1;
  *ram.at(0xf5010) ^= 1;
  EXPECT_EQ(find_rsdp(ram.memory()), 0u) << "neither signature nor checksum may be wrong";
}

class Kernel_options_version : public testing::TestWithParam<uint32_t> {};

TEST_P(Kernel_options_version, fields)
{
  uint32_t const version = GetParam();
  size_t const shift = version == 6 ? 4 : 0;
  Ram ram(0x2000);
  ram.hide_all();
  ram.show({0x1000, 0x1000 + Kernel_options::size(version)});
  Kernel_options options(ram.memory(), 0x1000, version);
  options.set_words("dir/furore -wait -oneshot-timer -kmemsize=0x10000 -jdb_cmd=lp,g -out_buf=7 "
                    "-tbuf_entries=99 -perf_profile=5 -tbuf_entries=1x -waitx -wait=1 -jdb_cmd");
  options.set_uart({true, 0x2f8, 3, 115200});

  auto word = [&](size_t offset) { return ram.memory().read<uint32_t>(0x1000 + offset); };
  uint32_t flags = 1u << 0 | 1u << 25 | 1u << 17 | 1u << 18 | 1u << 19 | 1u << 20 | 1u << 21 |
                   1u << 22 | 1u << 23 | (version == 6 ? 1u << 26 : 0);
  EXPECT_EQ(word(0x08), flags);
  EXPECT_EQ(word(0x0c), 0x10000u);
  EXPECT_EQ(word(0x10), version == 6 ? 5u : 115200u) << "perf_profile, or the UART's clock";
  EXPECT_EQ(word(0x10 + shift), 115200u);
  EXPECT_EQ(word(0x14 + shift), 115200u);
  EXPECT_EQ(word(0x18 + shift), 0x01000003u) << "interrupt 3, no register shift, I/O port";
  EXPECT_EQ(word(0x1c + shift), 0x2f8u);
  EXPECT_STREQ(reinterpret_cast<char *>(ram.at(0x1024 + shift)), "ns16550a");
  EXPECT_STREQ(reinterpret_cast<char *>(ram.at(0x104c + shift)), "lp,g");
  EXPECT_EQ(word(0xcc + shift), 99u);
  EXPECT_EQ(word(0xd0 + shift), 7u);

  std::string said = take_output();
  for (const char *wrong : {"-tbuf_entries=1x", "'-waitx'", "'-wait=1'", "'-jdb_cmd'"})
    EXPECT_NE(said.find(wrong), std::string::npos) << wrong;
  EXPECT_EQ(said.find("-perf_profile") == std::string::npos, version == 6);
}

TEST_P(Kernel_options_version, a_long_text_is_cut)
{
  Ram ram(0x2000);
  ram.hide_all();
  ram.show({0x1000, 0x1000 + Kernel_options::size(GetParam())});
  Kernel_options options(ram.memory(), 0x1000, GetParam());
  std::string line = "-jdb_cmd=" + std::string(200, 'x'); // no file name in front
  options.set_words(line.c_str());
  auto text = reinterpret_cast<char *>(ram.at(0x104c + (GetParam() == 6 ? 4 : 0)));
  EXPECT_EQ(std::string(text), std::string(127, 'x'));
  EXPECT_NE(take_output().find("was cut after 127"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(both, Kernel_options_version, testing::Values(5u, 6u));

TEST(Mem_desc_list, ranges_are_rounded_and_joined)
{
  Mem_desc_list list;
  list.add_ram({0x401, 0x9fbff});
  list.add_ram({0x100001, 0x1003ff}); // nothing is left of it
  list.add({0x1001, 0x1fff}, Mem_type::Reserved, 0);
  list.add({0x2000, 0x2001}, Mem_type::Reserved, 0);
  list.add({0x2400, 0x2800}, Mem_type::Reserved, 1);
  list.add({0, 0}, Mem_type::Info, 0);
  list.add({0xf000000000, 0x10000000000}, Mem_type::Arch, 0x12);
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(list[0].low, 0x801u);
  EXPECT_EQ(list[0].high, 0x9f7ffu);
  EXPECT_EQ(list[1].range(), (Range{0x1000, 0x2400}));
  EXPECT_EQ(list[2].low, 0x2412u);
  EXPECT_EQ(list[3].low, 0xf00000002fu) << "sub types have four bits";
}

TEST(Mem_desc_list, does_not_overflow)
{
  Mem_desc_list list;
  for (Addr i = 1; i <= 40; ++i)
    list.add_ram({i * 0x100000, i * 0x100000 + i * 0x1000});
  list.add({0x100000, 0x101000}, Mem_type::Reserved, 0); // makes the smallest RAM indispensable
  for (Addr i = 1; i <= 20; ++i)
    list.add({i * 0x10000000, i * 0x10000000 + 1}, Mem_type::Arch, i == 7 ? 3 : 2);

  EXPECT_EQ(list.fit(64), 5u) << "61 entries and 8 for the kernel";
  EXPECT_EQ(list.size(), 56u);
  EXPECT_EQ(list.fit(40), 24u);
  bool acpi = false, first = false;
  for (size_t i = 0; i < list.size(); ++i) {
    acpi |= list[i].type() == Mem_type::Arch && list[i].sub_type() == 3;
    first |= list[i].type() == Mem_type::Conventional && list[i].range().start == 0x100000;
  }
  EXPECT_TRUE(acpi && first);
  EXPECT_THROW(list.fit(10), Stopped);

  Ram ram(0x2000);
  std::memset(ram.at(0x1000), 0xff, 0x1000);
  list.store(ram.memory(), 0x1000, 40);
  EXPECT_EQ(ram.memory().read<Mem_desc>(0x1000).low, list[0].low);
  EXPECT_EQ(ram.memory().read<Mem_desc>(0x1000 + 39 * 16).low, 0u) << "free slots are cleared";
  EXPECT_EQ(*ram.at(0x1000 + 40 * 16), 0xff);
}

TEST(Module_info, layout)
{
  Boot_info info;
  info.command_line = keep(info, "bootstrap -x");
  const char *lines[] = {"a/furore -serial_esc", "sigma0", "moe rom/hello", "f:rw", ""};
  Range places[5];
  for (Addr i = 0; i < 5; ++i) {
    places[i] = {i * 0x10000, i * 0x10000 + i};
    info.modules.push({places[i], keep(info, lines[i])});
  }
  Module_info list(info);
  Ram ram(0x10000);
  ram.hide_all();
  ram.show({0x2000, 0x2000 + list.size()});
  list.store(ram.memory(), 0x2000, {places, 5});

  auto word = [&](Addr address) { return ram.memory().read<uint64_t>(address); };
  auto text = [&](Addr address) {
    return std::string(reinterpret_cast<char *>(ram.at(word(address))));
  };
  EXPECT_EQ(text(0x2008), "bootstrap -x");
  EXPECT_EQ(word(0x2010), 0x2030u);
  EXPECT_EQ(word(0x2018), 5u);
  EXPECT_EQ(word(0x2020), 0u);
  EXPECT_EQ(word(0x2028), 0u);
  uint64_t flags[] = {1, 2, 3, 0, 0};
  for (Addr i = 0; i < 5; ++i) {
    Addr entry = 0x2030 + i * 0x20;
    EXPECT_EQ(word(entry), flags[i]);
    EXPECT_EQ(word(entry + 8), places[i].start);
    EXPECT_EQ(word(entry + 16), places[i].end);
    EXPECT_EQ(text(entry + 24), lines[i]);
  }
}
