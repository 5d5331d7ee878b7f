// SPDX-License-Identifier: MIT
// Names of functions: this test program reads its own file, whole and damaged.
#include "symbols.h"

#include <gtest/gtest.h>

#include <cstring>
#include <fstream>
#include <iterator>
#include <link.h>
#include <random>
#include <string>
#include <vector>

extern "C" char const __ehdr_start;

extern "C" [[gnu::noinline]] int itas_test_function(int x)
{
  return x * 7 + 1;
}

namespace {

std::vector<l4_uint64_t> read_own_file(l4_size_t *size)
{
  std::ifstream in("/proc/self/exe", std::ios::binary);
  std::vector<char> const bytes{std::istreambuf_iterator<char>(in), {}};
  std::vector<l4_uint64_t> words(bytes.size() / 8 + 1);
  memcpy(words.data(), bytes.data(), bytes.size());
  *size = bytes.size();
  return words;
}

/// Where this program was loaded: the first object is the program itself.
l4_addr_t load_address()
{
  l4_addr_t base = 0;
  dl_iterate_phdr(
      [](dl_phdr_info *info, size_t, void *out) {
        *static_cast<l4_addr_t *>(out) = info->dlpi_addr;
        return 1;
      },
      &base);
  return base;
}

struct Own_file : testing::Test {
  l4_size_t size = 0;
  std::vector<l4_uint64_t> file = read_own_file(&size);
  Itas::Symbols symbols;
};

TEST_F(Own_file, functions_are_found_by_addresses_inside_of_them)
{
  symbols.init(file.data(), size);
  ASSERT_FALSE(symbols.empty());
  auto const start = reinterpret_cast<l4_addr_t>(&itas_test_function) - load_address();
  Itas::Symbols::Function const f = symbols.find(start + 3);
  ASSERT_NE(f.name, nullptr);
  EXPECT_STREQ(f.name, "itas_test_function");
  EXPECT_EQ(f.start, start);
  EXPECT_EQ(f.offset, 3U);
  EXPECT_EQ(symbols.find(8).name, nullptr);
  EXPECT_EQ(symbols.find(~0UL).name, nullptr);
}

TEST_F(Own_file, bytes_of_the_file_have_addresses)
{
  symbols.init(file.data(), size);
  l4_addr_t const header = reinterpret_cast<l4_addr_t>(&__ehdr_start) - load_address();
  l4_addr_t address = 1;
  ASSERT_TRUE(symbols.address_of(0, &address));
  EXPECT_EQ(address, header);
  // A byte of the code: the same in the file and in memory.
  l4_addr_t offset = 0;
  auto const code = reinterpret_cast<l4_addr_t>(&itas_test_function) - load_address();
  while (offset < size && !(symbols.address_of(offset, &address) && address == code))
    ++offset;
  ASSERT_LT(offset, size);
  auto const *const bytes = reinterpret_cast<char const *>(file.data());
  EXPECT_EQ(memcmp(bytes + offset, reinterpret_cast<void const *>(&itas_test_function), 8), 0);
  EXPECT_FALSE(symbols.address_of(size - 1, &address)); // names of sections are not loaded
  EXPECT_FALSE(symbols.address_of(~0UL, &address));
}

TEST_F(Own_file, what_is_no_elf_file_or_has_no_table_names_nothing)
{
  symbols.init(file.data(), 0);
  EXPECT_TRUE(symbols.empty());
  symbols.init(file.data(), 64);
  EXPECT_TRUE(symbols.empty());
  symbols.init(file.data(), size / 2); // the tables stand at the end
  EXPECT_TRUE(symbols.empty());
  file[0] = 0;
  symbols.init(file.data(), size);
  EXPECT_TRUE(symbols.empty());
}

/// Header and section headers with random damage: the sanitizers watch every access.
TEST_F(Own_file, damage_is_survived)
{
  auto *const bytes = reinterpret_cast<unsigned char *>(file.data());
  l4_uint64_t sections;
  memcpy(&sections, bytes + 0x28, sizeof(sections));
  std::vector<unsigned char> const good(bytes, bytes + size);
  std::mt19937 random(3);
  unsigned tables = 0;
  for (unsigned round = 0; round < 400; ++round) {
    // A copy of its exact size, so that reading behind it is noticed.
    std::vector<l4_uint64_t> copy((size + 7) / 8);
    memcpy(copy.data(), good.data(), size);
    auto *const p = reinterpret_cast<unsigned char *>(copy.data());
    for (unsigned n = 1 + random() % 4; n; --n) {
      l4_size_t const at = random() % 2 ? random() % 64 : sections + random() % (size - sections);
      p[at] = static_cast<unsigned char>(random());
    }
    symbols.init(copy.data(), round % 3 ? size : random() % size);
    tables += !symbols.empty();
    Itas::Symbols::Function const f = symbols.find(random() % 0x100000);
    if (f.name) {
      EXPECT_LT(strlen(f.name), size);
    }
    l4_addr_t address;
    symbols.address_of(random() % size, &address);
  }
  EXPECT_GT(tables, 20U);
}

std::string readable(char const *symbol, l4_size_t size = 64)
{
  char text[64];
  Itas::readable_name(symbol, text, size);
  return text;
}

TEST(Readable_name, plain_nested_and_local_names)
{
  EXPECT_EQ(readable("main"), "main");
  EXPECT_EQ(readable("_Z4mainv"), "main");
  EXPECT_EQ(readable("_ZN4L4Re4Util3FooC1Ev"), "L4Re::Util::Foo::Foo");
  EXPECT_EQ(readable("_ZN3FooD2Ev"), "Foo::~Foo");
  EXPECT_EQ(readable("_ZNK5Space5Thing6methodEi"), "Space::Thing::method");
  EXPECT_EQ(readable("_ZN12_GLOBAL__N_14helpEv"), "(anonymous)::help");
  EXPECT_EQ(readable("_ZL5localv"), "local");
}

TEST(Readable_name, others_are_copied)
{
  EXPECT_EQ(readable("_ZN3FooIiE3barEv"), "_ZN3FooIiE3barEv");
  EXPECT_EQ(readable("_ZplRK1AS1_"), "_ZplRK1AS1_");
  EXPECT_EQ(readable("_Z"), "_Z");
  EXPECT_EQ(readable("_Z99x"), "_Z99x");
  EXPECT_EQ(readable("_ZN"), "_ZN");
  EXPECT_EQ(readable("_Z99999999999999999999x"), "_Z99999999999999999999x");
  EXPECT_EQ(readable("_ZN4L4Re4Util3FooC1Ev", 8), "L4Re::U");
  EXPECT_EQ(readable("something", 1), "");
}

} // namespace
