// SPDX-License-Identifier: MIT
// What the loader refuses, and how it says so.
#include "machine.h"

using namespace boot;

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
  EXPECT_TRUE(
      says(refusal([](E &e, uint8_t *) { e.segments[2].address += 8; }), {"is not page aligned"}));
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
  EXPECT_TRUE(
      says(refusal([](E &, uint8_t *k) { k[0x1004] = 4; }), {"expected version 5 or 6, fo"}));
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
