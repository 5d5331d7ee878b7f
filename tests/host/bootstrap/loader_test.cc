// SPDX-License-Identifier: MIT
// The whole loader on simulated RAM: places, contents, refusals, and damaged files.
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "kip.h"
#include "loader.h"
#include "simulation.h"

using namespace boot;

namespace {

constexpr Range Own_image{0x2d0000, 0x320000};

/// A PC with modules somewhere in its memory.
class Machine {
public:
  explicit Machine(uint64_t ram_size = 64 * Mib) : ram(ram_size), size(ram_size)
  {
    info.protocol = "test";
    info.memory.push({{0, 0x9fc00}, 1});
    info.memory.push({{0x9fc00, 0xa0000}, 2});
    info.memory.push({{0xf0000, 0x100000}, 2});
    info.memory.push({{Mib, size - 0x20000}, 1});
    info.memory.push({{size - 0x20000, size}, 3});
    ram.hide_all();
    ram.show({0x40e, 0x410});
    ram.show({0xe0000, 0x100000});
  }

  void add(std::vector<uint8_t> const &file, Addr address, const char *command_line)
  {
    Text line = info.keep_text(Memory(), reinterpret_cast<uintptr_t>(command_line));
    info.modules.push({{address, address + file.size()}, line});
    ram.put(address, file);
    contents.push_back(file);
  }

  /// Add a file page aligned behind the last one, as boot loaders do.
  void add(std::vector<uint8_t> const &file, const char *command_line)
  {
    add(file, next, command_line);
    next = round_up(next + file.size(), Page_size);
  }

  void add_base(Elf_file const &kernel, Elf_file const &sigma0, Elf_file const &root)
  {
    images = {kernel, sigma0, root};
    add(kernel.bytes(), "dir/furore -serial_esc");
    add(sigma0.bytes(), "dir/sigma0");
    add(root.bytes(), "dir/moe rom/hello");
  }

  void add_base() { add_base(fake_kernel(), small_program(0x100000), small_program(0x140000)); }

  Addr load(const char *command_line = "")
  {
    options = Options::parse(command_line);
    Loader loader(ram.memory(), info, options, Own_image);
    loader.log_places();
    ram.show_all();
    own_before = ram.bytes(Own_image);
    return loader.load();
  }

  Kip kip() { return ram.memory().read<Kip>(0x401000); }
  std::vector<Mem_desc> mem_descs()
  {
    std::vector<Mem_desc> result;
    for (unsigned i = 0; i < 64; ++i) {
      auto entry = ram.memory().read<Mem_desc>(0x401090 + i * 16);
      if (entry.low != 0) result.push_back(entry);
    }
    return result;
  }
  Range module(size_t index)
  {
    Addr entries = ram.memory().read<uint64_t>(kip().user_ptr + 0x10);
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
        EXPECT_EQ(ram.bytes(range_at(segment.address, wanted.size())), wanted)
          << "image " << image << " segment " << s;
      }
    Addr area = 0;
    for (size_t i = 3; i < contents.size(); ++i) {
      Range place = module(i);
      EXPECT_EQ(place.start % Page_size, 0u);
      EXPECT_GE(place.start, options.modaddr);
      EXPECT_TRUE(i == 3 || place.start == area) << "module " << i << " follows its predecessor";
      area = place.pages().end;
      EXPECT_EQ(ram.bytes(place), contents[i]) << "module " << i;
    }
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
  Boot_info info;
  Options options;
  std::vector<Elf_file> images;
  std::vector<std::vector<uint8_t>> contents;
  std::vector<uint8_t> own_before;
  Addr next = Own_image.end;
};

testing::AssertionResult says(std::string const &text, std::vector<const char *> const &parts)
{
  for (const char *part : parts)
    if (text.find(part) == std::string::npos)
      return testing::AssertionFailure() << "'" << part << "' is missing in:\n" << text;
  return testing::AssertionSuccess();
}

} // namespace

TEST(Loader, usual_system)
{
  Machine machine;
  machine.add_base();
  for (unsigned i = 0; i < 20; ++i)
    machine.add(random_bytes(i, i * 20'000), "dir/file arg");
  EXPECT_EQ(machine.load(), 0x400000u);
  machine.expect_loaded();
  EXPECT_TRUE(says(take_output(), {"kernel 'furore' test kernel", "root task 'moe'", "20 modules"}));

  Kip kip = machine.kip();
  EXPECT_EQ(kip.sigma0_ip, 0x100008u);
  EXPECT_EQ(kip.root_ip, 0x140008u);
  EXPECT_EQ(kip.acpi_rsdp_addr, 0u);
  EXPECT_STREQ(kip.platform_name, "pc");
  EXPECT_EQ(kip.user_ptr, machine.module(22).pages().end);
  EXPECT_EQ(machine.ram.memory().read<uint32_t>(0x402008) & 2, 2u) << "serial_esc";
}

TEST(Loader, mem_descs)
{
  Machine machine;
  machine.add_base();
  machine.add(random_bytes(1, 0x1800), "file");
  machine.load();
  auto found = machine.mem_descs();
  struct {
    Range range;
    Mem_type type;
    uint8_t sub_type;
  } expected[] = {
    {{0, 0x9fc00}, Mem_type::Conventional, 0},
    {{Mib, 64 * Mib - 0x20000}, Mem_type::Conventional, 0},
    {{0x400000, 0x421000}, Mem_type::Reserved, 0},
    {{0x100000, 0x108000}, Mem_type::Dedicated, 0},
    {{0x140000, 0x143000}, Mem_type::Bootloader, 5},
    {{0x143000, 0x148000}, Mem_type::Bootloader, 6},
    {{0x2000000, 0x2002000}, Mem_type::Bootloader, 0},
    {{0x2002000, 0x2003000}, Mem_type::Bootloader, 7},
    {{0x9fc00, 0xa0000}, Mem_type::Arch, 2},
    {{0xf0000, 0x100000}, Mem_type::Arch, 2},
    {{64 * Mib - 0x20000, 64 * Mib}, Mem_type::Arch, 3},
  };
  ASSERT_EQ(found.size(), std::size(expected));
  for (size_t i = 0; i < found.size(); ++i) {
    EXPECT_EQ(found[i].range(), expected[i].range) << i;
    EXPECT_EQ(found[i].type(), expected[i].type) << i;
    EXPECT_EQ(found[i].sub_type(), expected[i].sub_type) << i;
  }
}

TEST(Loader, modules_in_a_fitting_place_stay)
{
  Machine machine;
  machine.next = 40 * Mib;
  machine.add_base();
  machine.add(random_bytes(1, 0x1800), "one");
  machine.add(random_bytes(2, 0x2800), "two");
  machine.load();
  machine.expect_loaded();
  EXPECT_EQ(machine.module(3), machine.info.modules[3].data);
  EXPECT_EQ(machine.module(4), machine.info.modules[4].data);
  EXPECT_EQ(machine.kip().user_ptr, 32 * Mib);
}

TEST(Loader, rsdp_copy)
{
  Machine machine;
  machine.add_base();
  machine.info.rsdp_size = 36;
  for (size_t i = 0; i < 36; ++i)
    machine.info.rsdp[i] = static_cast<uint8_t>(i);
  machine.load();
  Addr rsdp = machine.kip().acpi_rsdp_addr;
  EXPECT_EQ(rsdp, 0x2001000u);
  EXPECT_EQ(*machine.ram.at(rsdp + 35), 35);
  auto last = machine.mem_descs().back();
  EXPECT_EQ(last.type(), Mem_type::Info);
  EXPECT_TRUE(last.range().contains(rsdp));
}

TEST(Loader, random_places)
{
  std::mt19937 random(11);
  for (int round = 0; round < 150; ++round) {
    Machine machine(16 * Mib);
    auto dice = [&](Addr limit) { return static_cast<Addr>(random()) % limit; };
    Elf_file files[] = {fake_kernel(), small_program(0x100000, 1 + dice(0x10000), dice(0x10000)),
                        small_program(0x140000, 1 + dice(0x80000), dice(0x8000), dice(0x60000))};
    std::vector<uint8_t> modules[10];
    for (int i = 0; i < 10; ++i)
      modules[i] = i < 3 ? files[i].bytes() : random_bytes(random(), dice(0x60000));
    for (Elf_file &file : files)
      machine.images.push_back(file);

    Range_set free;
    free.add({Mib, 12 * Mib});
    free.remove(Own_image);
    for (auto const &module : modules) {
      Range place;
      Addr from = Mib + dice(11 * Mib);
      ASSERT_TRUE(free.find(module.size(), 16, {from, 12 * Mib}, place)
                  || free.find(module.size(), 16, {0, 12 * Mib}, place));
      free.remove(place);
      machine.add(module, place.start, "module");
    }
    machine.load(round % 2 ? "-modaddr=1M" : "-modaddr=9M");
    machine.expect_loaded();
    if (HasFailure()) FAIL() << "round " << round;
    take_output();
  }
}

TEST(Loader, damaged_files)
{
  // Each either loads or is refused; reading or writing elsewhere is caught by the sanitizer and
  // by the comparison of the loader's own memory.
  std::mt19937 random(13);
  std::vector<uint8_t> good[] = {fake_kernel().bytes(), small_program(0x100000).bytes(),
                                 small_program(0x140000).bytes()};
  unsigned loaded = 0, refused = 0;
  for (int round = 0; round < 4000; ++round) {
    Machine machine(48 * Mib);
    std::vector<uint8_t> file[3] = {good[0], good[1], good[2]};
    auto &victim = file[random() % 3];
    if (random() % 8 == 0) victim.resize(random() % victim.size());
    for (unsigned hits = 1 + random() % 3; hits > 0 && !victim.empty(); --hits) {
      size_t header = std::min<size_t>(victim.size(), 64 + 4 * 56);
      size_t where = random() % (random() % 8 ? header : victim.size());
      static constexpr uint8_t Favourites[] = {0, 1, 0x7f, 0x80, 0xff, 2, 0x10, 0x11};
      victim[where] = random() % 2 ? Favourites[random() % 8] : static_cast<uint8_t>(random());
    }
    for (auto const &data : file)
      machine.add(data, "file");
    std::string said = machine.refusal();
    if (said == "loaded") {
      ++loaded;
      ASSERT_EQ(machine.ram.bytes(Own_image), machine.own_before);
    } else {
      ++refused;
      ASSERT_TRUE(says(said, {"cannot boot: ", "what to do: "}));
    }
  }
  EXPECT_GT(loaded, 100u);
  EXPECT_GT(refused, 1000u);
}

TEST(Loader_refuses, bad_modules)
{
  Machine machine;
  EXPECT_TRUE(says(machine.refusal(), {"found 0 modules", "expected at least 3"}));
  machine.add_base();
  machine.info.modules.push({{64 * Mib, 65 * Mib}, "far"});
  EXPECT_TRUE(says(machine.refusal(), {"too little RAM", "module 3 'far'", "0x04000000"}));
  machine.info.modules[3] = {{0x310000, 0x310001}, "in"};
  EXPECT_TRUE(says(machine.refusal(), {"module 3 'in'", "bootstrap at 0x002d0000-0x0031ffff"}));
  machine.info.modules[3] = {machine.info.modules[1].data, "twin"};
  EXPECT_TRUE(says(machine.refusal(), {"module 3 'twin'", "overlaps another module"}));
  machine.info.modules[3] = {{0x500000, 0x4fffff}, "turned"};
  EXPECT_TRUE(says(machine.refusal(), {"module 3 'turned'", "ends at 0x004fffff before"}));
}

TEST(Loader_refuses, bad_places)
{
  struct {
    Addr sigma0, root;
    std::vector<const char *> parts;
  } cases[] = {
    {0x13f000, 0x140000, {"module 2 'moe' (root task)", "region overlap", "'sigma0' 0x0013f000"}},
    {0x100000, 0x2cf000, {"region overlap", "bootstrap 0x002d0000"}},
    {0x100000, 0x3ff000, {"region overlap", "'furore' 0x00400000"}},
    {0, 0x140000, {"module 1 'sigma0'", "BIOS data area 0x00000000-0x00000fff"}},
    {0x9b000, 0x140000, {"outside of RAM", "reserved by the firmware at 0x0009fc00"}},
    {0x100000, 64 * Mib - 0x22000, {"outside of RAM", "in ACPI tables at 0x03fe0000"}},
    {0x100000, 128 * Mib, {"outside of RAM", "RAM ends at 0x03fe0000", "130 MiB or more"}},
    {0x100000, 4096 * Mib, {"above 4 GiB", "RAM below 4 GiB"}},
    {0xffffffffffff0000, 0x140000, {"above 4 GiB"}},
  };
  for (auto const &c : cases) {
    Machine machine;
    machine.add_base(fake_kernel(), small_program(c.sigma0), small_program(c.root));
    EXPECT_TRUE(says(machine.refusal(), c.parts));
  }
}

TEST(Loader_refuses, bad_programs)
{
  auto refusal = [](auto change) {
    Machine machine;
    Elf_file root = small_program(0x140000);
    change(root);
    machine.add_base(fake_kernel(), small_program(0x100000), root);
    return machine.refusal();
  };
  using E = Elf_file;
  EXPECT_TRUE(says(refusal([](E &e) { e.header.ident[0] = 'x'; }), {"no ELF", "found 0x78 0x45"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.ident[4] = 1; }), {"class", "found 1"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.ident[5] = 2; }), {"byte order"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.machine = 243; }), {"found 243 (RISC-V)"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.type = 1; }), {"expected ELF type 2 or 3"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.program_header_count = 0; }), {"no program head"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.program_header_size = 32; }), {"expected 56"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.program_headers = 1 << 20; }), {"truncated"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.header.entry = 0x13ffff; }), {"entry point 0x0013ffff"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.segments[1].memory_size = 1; }), {"but only 1 in memory"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.segments[1].memory_size = ~0ull; }), {"wraps around"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.segments[1].address = 0x141000; }), {"segments overlap"}));
  EXPECT_TRUE(says(refusal([](E &e) { e.segments[0].type = e.segments[1].type = 6; }),
                   {"no segment to load"}));
  EXPECT_TRUE(says(refusal([](E &e) {
                e.segments.push_back({0x101000, {1}, 0, 7, 1});
                e.segments.push_back({0x101000, {}, 1, 7, 2});
                e.header.program_header_count = 4;
              }),
                   {"region overlap", "does not move relocatable programs"}));
  EXPECT_TRUE(says(refusal([](E &e) {
                while (e.segments.size() < 20)
                  e.segments.push_back({0x200000 + e.segments.size(), {1}});
                e.header.program_header_count = 20;
              }),
                   {"more than 16 load segments"}));
}

TEST(Loader_refuses, bad_kernels)
{
  auto refusal = [](auto change, uint32_t version = 5) {
    Machine machine;
    Elf_file kernel = fake_kernel(version);
    change(kernel, kernel.segments[1].data.data());
    machine.add_base(kernel, small_program(0x100000), small_program(0x140000));
    return machine.refusal();
  };
  using E = Elf_file;
  EXPECT_EQ(refusal([](E &, uint8_t *) {}), "loaded");
  EXPECT_EQ(refusal([](E &, uint8_t *) {}, 6), "loaded");
  EXPECT_EQ(refusal([](E &e, uint8_t *) { e.segments[3].type = 7; }), "loaded")
    << "without header 0x11 the option block is on the page behind the KIP";
  EXPECT_TRUE(says(refusal([](E &e, uint8_t *) { e.segments[2].type = 7; }),
                   {"module 0 'furore' (kernel)", "type 0x10 is missing"}));
  EXPECT_TRUE(says(refusal([](E &e, uint8_t *) { e.segments[2].memory_size = 0x87; }),
                   {"expected at least 136 bytes, found 135"}));
  EXPECT_TRUE(says(refusal([](E &e, uint8_t *) { e.segments[2].address += 8; }),
                   {"is not page aligned"}));
  EXPECT_TRUE(says(refusal([](E &e, uint8_t *) { e.segments[2].address += 0x2000; }),
                   {"0x00403000-0x00403087 is not covered"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[0] = 0; }),
                   {"expected magic 0x4be6344c, found 0x4be63400"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[4] = 0; }), {"found 0x87034400"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[0x0d] = 1; }), {"for node 1"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[0x54] = 0x80; }), {"at offset 0x00000080"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[0x59] = 1; }), {"320 memory descriptors"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[0x58] = 10; }), {"10 memory descriptors"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[0x1000] = 0; }),
                   {"expected magic 0x4c344b43, found 0x4c344b00"}));
  EXPECT_TRUE(says(refusal([](E &, uint8_t *k) { k[0x1004] = 4; }), {"expected version 5 or 6, fo"}));
  EXPECT_TRUE(says(refusal([](E &e, uint8_t *) { e.segments[3].memory_size = 0xd7; }),
                   {"expected at least 216 bytes for version 5, found 215"}));
  EXPECT_TRUE(says(refusal([](E &e, uint8_t *) { e.segments[3].memory_size = 0xd8; }, 6),
                   {"expected at least 220 bytes for version 6"}));
  EXPECT_TRUE(says(refusal([](E &e, uint8_t *) { e.segments[3].address = 0x500000; }),
                   {"kernel option block 0x00500000", "is not covered"}));
}

TEST(Loader_refuses, too_little_ram)
{
  Machine machine(40 * Mib);
  machine.add_base();
  machine.add(random_bytes(1, 7 * Mib), "big");
  EXPECT_EQ(machine.refusal(), "loaded");
  machine.info.modules[3].data.end += Mib;
  machine.ram.show_all();
  EXPECT_TRUE(says(machine.refusal(), {"too little RAM: the modules (8192 KiB)",
                                       "modaddr 0x02000000", "RAM ends at 0x027e0000", "42 MiB"}));
  EXPECT_EQ(machine.refusal("-modaddr=24M"), "loaded");
}
