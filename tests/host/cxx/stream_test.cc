// SPDX-License-Identifier: MIT
#include "../l4sys/fake_kernel.h"

#include <gtest/gtest.h>
#include <l4/cxx/basic_ostream>
#include <l4/cxx/ipc_server>
#include <l4/cxx/list_alloc>
#include <random>
#include <string>

namespace {

struct Text : L4::IOBackend {
  std::string text;
  void write(char const *s, unsigned n) override { text.append(s, n); }
};

TEST(Ostream, numbers)
{
  Text out;
  L4::BasicOStream s(&out);
  s << "a" << 'b' << -12 << ' ' << L4::hex << 255 << L4::dec << 255 << ' ' << L4::n_hex(10, 4)
    << ' ' << 0UL << ' ' << (-9223372036854775807L - 1);
  EXPECT_EQ(out.text, "ab-12 ff255 000a 0 -9223372036854775808");
}

/** The message of a declared interface, in the older style. */
struct Old_server : L4::Server_object {
  int dispatch(l4_umword_t obj, Ipc::Iostream &ios) override
  {
    L4::Opcode op;
    l4_uint32_t flags;
    char name[4];
    unsigned long n = sizeof(name);
    ios >> op >> flags >> Ipc::str_cp_in(name, n);
    L4::Ipc::Snd_fpage item;
    ios >> item;
    ios << static_cast<unsigned long>(flags) << name;
    return static_cast<int>(obj & 3) + (item.is_valid() ? 10 : 0);
  }
};

TEST(Ipc_stream, client_and_server)
{
  Fake_kernel kernel;
  Old_server server;
  kernel.handler = [&](Fake_kernel::Invocation const &call, l4_umword_t *) {
    L4::Epiface &e = server;
    return e.dispatch(call.tag, 1, l4_utcb());
  };
  Ipc::Iostream s(l4_utcb());
  s << L4::Opcode(1) << 5U << "text" << L4::Cap<void>(0x7000);
  s >> L4::Ipc::Small_buf(0x9000);
  EXPECT_EQ(11, s.call(0x42000, 0x4001).label());
  auto const &call = kernel.last();
  EXPECT_EQ(call.tag.label(), 0x4001);
  EXPECT_EQ(call.words, (std::vector<l4_umword_t>{1 | (5UL << 32), 5, 0x74786574, 8, 0x7037}));
  EXPECT_EQ(call.buffers, std::vector<l4_umword_t>{0x900a});

  unsigned long flags, n = 16;
  char name[16];
  s >> flags >> Ipc::buf_cp_in(name, n);
  EXPECT_EQ(flags, 5U);
  EXPECT_EQ(n, 4U);
  EXPECT_STREQ(name, "tex"); // cut by the server
}

TEST(Ipc_stream, message_that_does_not_fit_is_not_sent)
{
  Fake_kernel kernel;
  Ipc::Iostream s(l4_utcb());
  s << std::string(600, 'x').c_str();
  EXPECT_EQ(-L4_EMSGTOOLONG, s.call(0x42000, 1).label());
  EXPECT_TRUE(kernel.log.empty());
}

TEST(Ipc_stream, lengths_are_not_believed)
{
  Fake_kernel kernel;
  l4_utcb_mr()->mr[0] = ~0UL;
  Ipc::Iostream s(l4_utcb(), l4_msgtag(0, 2, 0, 0));
  char text[8] = {};
  unsigned long n = sizeof(text);
  s >> Ipc::buf_cp_in(text, n);
  EXPECT_LE(n, 8U);
  Ipc::Iostream t(l4_utcb(), l4_msgtag(0, 2, 0, 0));
  char *place = nullptr;
  t >> Ipc::buf_in(place, n);
  EXPECT_EQ(n, 0U);
  EXPECT_EQ(place, nullptr);
}

TEST(List_alloc, blocks_do_not_overlap_and_everything_comes_back)
{
  alignas(64) static char memory[1 << 16];
  cxx::List_alloc alloc;
  alloc.free(memory + 3, sizeof(memory) - 3, true);
  unsigned long all = alloc.avail();
  struct Block {
    char *p;
    unsigned long size;
    char value;
  };
  std::vector<Block> blocks;
  std::mt19937 random(3);
  for (unsigned i = 0; i < 5000; ++i) {
    if (random() % 2) {
      unsigned long size = random() % 700 + 1, align = 1UL << (random() % 8);
      auto *p = static_cast<char *>(alloc.alloc(size, align));
      if (!p) continue;
      ASSERT_EQ(reinterpret_cast<unsigned long>(p) % align, 0U);
      char value = static_cast<char>(i);
      memset(p, value, size);
      blocks.push_back({p, size, value});
    } else if (!blocks.empty()) {
      unsigned long pick = random() % blocks.size();
      Block b = blocks[pick];
      for (unsigned long k = 0; k < b.size; ++k)
        ASSERT_EQ(b.p[k], b.value);
      alloc.free(b.p, b.size);
      blocks.erase(blocks.begin() + static_cast<long>(pick));
    }
  }
  for (Block &b : blocks)
    alloc.free(b.p, b.size);
  EXPECT_EQ(alloc.avail(), all);
  EXPECT_TRUE(alloc.alloc(all)); // one block again
  EXPECT_FALSE(alloc.alloc(1));
}

} // namespace
