// SPDX-License-Identifier: MIT
// The whole loader on simulated RAM: places, contents, and damaged files.
#include "machine.h"

#include <random>

using namespace boot;

TEST(Loader, usual_system)
{
  Machine machine;
  machine.litter();
  machine.add_base();
  for (unsigned i = 0; i < 20; ++i)
    machine.add(random_bytes(i, i * 20'000), "dir/file arg");
  EXPECT_EQ(machine.load(), 0x400000u);
  machine.expect_loaded();
  EXPECT_TRUE(
      says(take_output(), {"kernel 'furore' test kernel", "root task 'moe'", "20 modules"}));

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
  machine.litter();
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
  bool kept = false;
  for (Mem_desc entry : machine.mem_descs())
    kept |= entry.type() == Mem_type::Bootloader && entry.range().contains(rsdp);
  EXPECT_TRUE(kept) << "the copy's page must not be given away as RAM";
  EXPECT_TRUE(last.range().contains(rsdp));
}

TEST(Loader, random_places)
{
  std::mt19937 random(11);
  for (int round = 0; round < 100; ++round) {
    Machine machine(16 * Mib);
    machine.litter();
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
      ASSERT_TRUE(free.find(module.size(), 16, {from, 12 * Mib}, place) ||
                  free.find(module.size(), 16, {0, 12 * Mib}, place));
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
    Machine machine(12 * Mib);
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
    std::string said = machine.refusal("-modaddr=9M");
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
