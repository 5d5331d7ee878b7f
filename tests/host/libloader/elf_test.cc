// SPDX-License-Identifier: MIT
#include <l4/libloader/elf>
#include <l4/libloader/loader>
#include <l4/sys/err.h>

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <string>
#include <vector>

using namespace Ldr;

namespace {

constexpr l4_addr_t Base = 0x400000;

/// A small valid program: text, data with bss, an interpreter, L4Re elements.
struct File {
  struct Contents {
    Elf64_header header = {};
    Elf64_phdr phdrs[5] = {};
    char interp[16] = "/rom/libld.so.1";
    l4_uint64_t elements[10] = {4, 24, 0x6ffff000, 2, 24, 0x8000, 1, 32, 0x1000000, 0x1ffffff};
  };
  alignas(4096) char bytes[3 * 4096] = {};
  Contents &c = *new (bytes) Contents;

  File()
  {
    Elf64_header &h = c.header;
    unsigned char const ident[] = {0x7f, 'E', 'L', 'F', 2, 1, 1};
    std::memcpy(h.ident, ident, sizeof(ident));
    h.type = 2;
    h.machine = 62;
    h.entry = Base + 0x100;
    h.phoff = offsetof(Contents, phdrs);
    h.phentsize = sizeof(Elf64_phdr);
    h.phnum = 5;
    c.phdrs[0] = {Pt_phdr, Pf_r, 64, Base + 64, Base + 64, 280, 280, 8};
    c.phdrs[1] = {Pt_load, Pf_r | Pf_x, 0, Base, Base, 0x1000, 0x1000, 0x1000};
    c.phdrs[2] = {Pt_load, Pf_r | Pf_w, 0x1010, Base + 0x1010, Base + 0x1010, 0x20, 0x3000, 0x1000};
    c.phdrs[3] = {Pt_interp, Pf_r, offsetof(Contents, interp), 0, 0, sizeof(c.interp), 16, 1};
    c.phdrs[4] = {Pt_l4_aux, Pf_r, offsetof(Contents, elements), 0, 0, sizeof(c.elements), 0, 8};
  }

  Status parse(Elf_image *image) const { return image->parse(bytes, sizeof(bytes)); }
};

TEST(Elf, accepts_a_program_and_finds_its_parts)
{
  File f;
  Elf_image e;
  ASSERT_TRUE(f.parse(&e).ok());
  EXPECT_FALSE(e.relocatable());
  EXPECT_EQ(e.entry(), Base + 0x100);
  EXPECT_EQ(e.start(), Base);
  EXPECT_EQ(e.end(), Base + 0x5000);
  EXPECT_EQ(e.align(), 12);
  EXPECT_EQ(e.phdrs(), Base + 64);
  EXPECT_STREQ(e.interpreter(), "/rom/libld.so.1");
  EXPECT_EQ(e.requests().kip_addr, 0x6ffff000u);
  EXPECT_EQ(e.requests().stack_size, 0x8000u);
  EXPECT_EQ(e.requests().stack_addr, Elf_requests::Not_given);
  int areas = 0;
  Status s = e.for_each_reserved([&](l4_addr_t start, l4_addr_t last) {
    ++areas;
    EXPECT_EQ(start, 0x1000000u);
    EXPECT_EQ(last, 0x1ffffffu);
    return Status{};
  });
  EXPECT_TRUE(s.ok());
  EXPECT_EQ(areas, 1);
}

TEST(Elf, tolerates_padding_between_elements)
{
  File f;
  l4_uint64_t const padded[10] = {0, 4, 24, 0x5000, 0, 0, 2, 24, 0x8000, 0};
  std::memcpy(f.c.elements, padded, sizeof(padded));
  Elf_image e;
  ASSERT_TRUE(f.parse(&e).ok());
  EXPECT_EQ(e.requests().kip_addr, 0x5000u);
  EXPECT_EQ(e.requests().stack_size, 0x8000u);
}

struct Damage {
  std::function<void(File &)> apply;
  char const *message; ///< part of the expected one
};

TEST(Elf, refuses_bad_files_and_says_why)
{
  Damage const list[] = {
      {[](File &f) { f.c.header.ident[1] = 'L'; }, "magic"},
      {[](File &f) { f.c.header.ident[4] = 1; }, "64-bit"},
      {[](File &f) { f.c.header.ident[5] = 2; }, "byte order"},
      {[](File &f) { f.c.header.machine = 183; }, "another processor"},
      {[](File &f) { f.c.header.type = 1; }, "object file"},
      {[](File &f) { f.c.header.phentsize = 32; }, "unknown size"},
      {[](File &f) { f.c.header.phnum = 0; }, "none at all"},
      {[](File &f) { f.c.header.phoff = sizeof(f.bytes) - 56; }, "truncated"},
      {[](File &f) { f.c.header.phoff = ~0UL; }, "truncated"},
      {[](File &f) { f.c.header.phnum = 0xffff; }, "truncated"},
      {[](File &f) { f.c.phdrs[1].filesz = 1 << 20; }, "behind the end"},
      {[](File &f) { f.c.phdrs[1].offset = ~0UL; }, "behind the end"},
      {[](File &f) { f.c.phdrs[2].memsz = 0x10; }, "smaller in memory"},
      {[](File &f) { f.c.phdrs[2].paddr = (1UL << 47) - 0xff0; }, "outside of user space"},
      {[](File &f) { f.c.phdrs[2].memsz = ~0UL; }, "outside of user space"},
      {[](File &f) { f.c.phdrs[1].align = 3; }, "power of two"},
      {[](File &f) { f.c.phdrs[1].paddr += 8; }, "modulo the page size"},
      {[](File &f) { f.c.phdrs[2].paddr = Base + 0x10; }, "overlap"},
      {[](File &f) { f.c.phdrs[1].type = f.c.phdrs[2].type = 0; }, "no segment"},
      {[](File &f) { f.c.header.entry = Base + 0x2000; }, "entry point"},
      {[](File &f) { f.c.interp[15] = 'x'; }, "interpreter"},
      {[](File &f) { f.c.elements[1] = 16; }, "too short"},
      {[](File &f) { f.c.elements[1] = ~7UL; }, "malformed"},
      {[](File &f) { f.c.elements[8] = 0x2000000; }, "reserved address range"},
      {[](File &f) { f.c.elements[0] = 5; }, "ex_regs"},
      {[](File &f) { f.c.phdrs[3] = f.c.phdrs[4]; }, "more than one"},
  };
  for (Damage const &d : list) {
    File f;
    d.apply(f);
    Elf_image e;
    Status const s = f.parse(&e);
    EXPECT_EQ(s.err, -L4_EINVAL) << d.message;
    ASSERT_NE(s.what, nullptr) << d.message;
    EXPECT_NE(std::string(s.what).find(d.message), std::string::npos) << s.what;
  }
}

TEST(Elf, every_truncation_is_refused_or_harmless)
{
  File f;
  for (l4_size_t size = 0; size <= sizeof(f.bytes); size += 8) {
    std::vector<l4_uint64_t> copy(size / 8 + 1);
    std::memcpy(copy.data(), f.bytes, size);
    Elf_image e;
    Status const s = e.parse(copy.data(), size);
    EXPECT_EQ(s.ok(), size >= 0x1030) << size; // the sanitizer watches the reads
  }
}

/// Records what the loader does.
struct Model {
  using Dataspace = int;
  std::vector<std::string> log;
  std::vector<Region> regions;
  long fail_attach = 0;

  long alloc(l4_size_t size, int *ds)
  {
    log.push_back("alloc " + std::to_string(size));
    *ds = 2;
    return 0;
  }
  long copy_in(int dst, l4_addr_t dst_offs, int src, l4_addr_t src_offs, l4_size_t size)
  {
    log.push_back("copy " + std::to_string(src) + "+" + std::to_string(src_offs) + " to " +
                  std::to_string(dst) + "+" + std::to_string(dst_offs) + " " +
                  std::to_string(size));
    return 0;
  }
  long attach(Region const &r, int ds, char const *)
  {
    log.push_back("attach " + std::to_string(ds));
    regions.push_back(r);
    return fail_attach;
  }
  long reserve_area(l4_addr_t *start, l4_size_t, unsigned char, bool search)
  {
    if (search) *start += 0x10000;
    return 0;
  }
  long reserve_never(l4_addr_t, l4_size_t)
  {
    log.push_back("never");
    return 0;
  }
};

TEST(Loader, maps_constant_segments_and_copies_writable_ones)
{
  File f;
  Elf_image e;
  ASSERT_TRUE(f.parse(&e).ok());
  Model m;
  Loaded loaded;
  ASSERT_TRUE(Loader<Model>(&m).load(e, 1, "prog", {}, &loaded).ok());
  std::vector<std::string> const expected = {"never", "attach 1", "alloc 16384",
                                             "copy 1+4096 to 2+0 48", "attach 2"};
  EXPECT_EQ(m.log, expected);
  EXPECT_EQ(m.regions[0].rights, unsigned(Rr_right | Rx_right));
  EXPECT_EQ(m.regions[1].start, Base + 0x1000);
  EXPECT_EQ(m.regions[1].size, 0x4000u);
  EXPECT_EQ(loaded.entry, Base + 0x100);
  EXPECT_EQ(loaded.phdrs, Base + 64);
}

TEST(Loader, places_relocatable_programs)
{
  File f;
  f.c.header.type = 3;
  Elf_image e;
  ASSERT_TRUE(f.parse(&e).ok());
  Model m;
  Loaded loaded;
  Load_options options;
  options.search_from = 0x200000;
  ASSERT_TRUE(Loader<Model>(&m).load(e, 1, "prog", options, &loaded).ok());
  EXPECT_EQ(m.regions[0].start, 0x210000u);
  EXPECT_TRUE(m.regions[0].in_area);
  EXPECT_EQ(loaded.entry, 0x210100u);

  options.base = 0x10000000;
  ASSERT_TRUE(Loader<Model>(&m).load(e, 1, "prog", options, &loaded).ok());
  EXPECT_EQ(loaded.entry, Base + 0x10000100);
}

TEST(Loader, passes_errors_on)
{
  File f;
  Elf_image e;
  ASSERT_TRUE(f.parse(&e).ok());
  Model m;
  m.fail_attach = -L4_EADDRNOTAVAIL;
  Loaded loaded;
  Status const s = Loader<Model>(&m).load(e, 1, "prog", {}, &loaded);
  EXPECT_EQ(s.err, -L4_EADDRNOTAVAIL);
  EXPECT_NE(s.what, nullptr);
}

} // namespace
