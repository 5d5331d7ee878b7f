// SPDX-License-Identifier: MIT
/**
 * Server bases against random requests, and client stubs against random answers. Nobody may be
 * trusted: the sanitizers watch, and an answer must always be a message that can be sent.
 */
#include "environment.h"
#include "fake_kernel.h"

#include <l4/re/console>
#include <l4/re/dma_space>
#include <l4/re/inhibitor>
#include <l4/re/mem_alloc>
#include <l4/re/random>
#include <l4/re/rm>
#include <l4/re/util/dataspace_svr>
#include <l4/re/util/event_svr>
#include <l4/re/util/name_space_svr>
#include <l4/re/util/vcon_svr>
#include <l4/re/util/video/goos_svr>
#include <l4/sys/cxx/ipc_server_loop>
#include <l4/sys/meta>

#include <gtest/gtest.h>
#include <random>

namespace {

constexpr unsigned Rounds = 60000;

struct Buffers : L4::Ipc_svr::Br_manager_no_buffers {
  L4::Cap<void> get_rcv_cap(int) const override { return L4::Cap<void>(0x77000); }
  int realloc_rcv_cap(int) override { return 0; }
};

/// Opcodes, small numbers, and now and then anything.
void random_words(std::mt19937_64 &random, unsigned first_op)
{
  l4_umword_t *const mr = l4_utcb_mr()->mr;
  for (unsigned i = 0; i < L4_UTCB_GENERIC_DATA_SIZE; ++i)
    mr[i] = random() % 4 ? random() % 70 : random();
  mr[0] = (mr[0] & ~0xffffffffUL) | (first_op + random() % 12);
}

template <typename SERVER> void fuzz_server(long protocol)
{
  Fake_kernel kernel;
  kernel.answer(l4_msgtag(1, 0, 0, 0));
  Buffers buffers;
  SERVER server;
  server.set_server(&buffers, L4::Cap<void>(0x42000));
  std::mt19937_64 random(99);
  long const others[] = {L4_PROTO_IRQ, L4_PROTO_META, L4RE_PROTO_EVENT, 0};
  for (unsigned n = 0; n < Rounds; ++n) {
    random_words(random, 0);
    long const label = random() % 8 ? protocol : others[random() % 4];
    l4_msgtag_t const answer = server.dispatch(l4_msgtag(label, random() % 64, random() % 32, 0),
                                               static_cast<unsigned>(random()), l4_utcb());
    ASSERT_LE(answer.words() + 2 * answer.items(), +L4_UTCB_GENERIC_DATA_SIZE);
    kernel.log.clear();
  }
}

struct Directory : L4::Epiface_t<Directory, L4Re::Namespace>,
                   L4Re::Util::Names::Name_space<Directory> {};
struct Source : L4::Epiface_t<Source, L4Re::Event>, L4Re::Util::Event_svr<Source> {
  int get_num_streams() const { return 3; }
  int get_axis_info(l4_umword_t, unsigned n, unsigned const *axes, L4Re::Event_absinfo *out)
  {
    for (unsigned i = 0; i < n; ++i)
      out[i].value = static_cast<l4_int32_t>(axes[i]);
    return 0;
  }
};
struct Screen : L4::Epiface_t<Screen, L4Re::Video::Goos>, L4Re::Util::Video::Goos_svr {};
struct Console : L4::Epiface_t<Console, L4::Vcon>,
                 L4Re::Util::Icu_cap_array_svr<Console>,
                 L4Re::Util::Vcon_svr<Console> {
  unsigned sum = 0;
  void vcon_write(char const *text, unsigned size)
  {
    for (unsigned i = 0; i < size; ++i)
      sum += static_cast<unsigned char>(text[i]);
  }
};
struct Memory : L4::Epiface_t<Memory, L4Re::Dataspace>, L4Re::Util::Dataspace_svr {
  alignas(4096) char bytes[8 * 4096];
  Memory()
  {
    _ds_start = reinterpret_cast<l4_addr_t>(bytes);
    _ds_size = sizeof(bytes) - 5;
    _rw_flags = L4Re::Dataspace::F::RWX;
  }
};

TEST(Fuzz, name_space)
{
  fuzz_server<Directory>(L4RE_PROTO_NAMESPACE);
}
TEST(Fuzz, event)
{
  fuzz_server<Source>(L4RE_PROTO_EVENT);
}
TEST(Fuzz, goos)
{
  fuzz_server<Screen>(L4RE_PROTO_GOOS);
}
TEST(Fuzz, vcon)
{
  fuzz_server<Console>(L4_PROTO_LOG);
}
TEST(Fuzz, dataspace)
{
  fuzz_server<Memory>(L4RE_PROTO_DATASPACE);
}

/// Calls stubs whose server answers anything at all.
template <typename FN> void fuzz_client(FN &&call)
{
  Fake_kernel kernel;
  std::mt19937_64 random(7);
  kernel.handler = [&](Fake_kernel::Invocation const &, l4_umword_t *label) {
    random_words(random, 0);
    l4_umword_t *const mr = l4_utcb_mr()->mr;
    if (random() % 2) mr[0] = random();
    if (label) *label = random();
    if (random() % 16 == 0) {
      l4_utcb_tcr()->error = random() % 32;
      return l4_msgtag(0, 0, 0, L4_MSGTAG_ERROR);
    }
    long const result = random() % 2 ? 0 : static_cast<short>(random());
    return l4_msgtag(result, random() % 64, random() % 32, 0);
  };
  for (unsigned n = 0; n < Rounds / 4; ++n) {
    call(random);
    kernel.log.clear();
  }
}

TEST(Fuzz, answers_with_arrays_and_strings)
{
  fuzz_client([](std::mt19937_64 &random) {
    char text[20];
    L4::Cap<L4Re::Inhibitor> inhibitor(0x1000);
    inhibitor->next_lock_info(text, static_cast<unsigned>(random() % sizeof(text)));
    char bytes[24];
    unsigned long const room = random() % sizeof(bytes);
    L4::Ipc::Array<char, unsigned long> buffer(room, bytes);
    if (L4::Cap<L4Re::Random>(0x1000)->get_random(8, &buffer) >= 0) {
      ASSERT_LE(buffer.length, room);
    }
    unsigned axes[3] = {};
    L4Re::Event_absinfo infos[3];
    L4::Cap<L4Re::Event>(0x1000)->get_axis_info(1, 3, axes, infos);
    L4Re::Event_stream_info info;
    L4::Cap<L4Re::Event>(0x1000)->get_stream_info(1, &info);
  });
}

TEST(Fuzz, answers_of_region_maps_and_name_spaces)
{
  fuzz_client([](std::mt19937_64 &random) {
    L4::Cap<L4Re::Rm> rm(0x1000);
    L4Re::Rm::Region const *list = nullptr;
    long const n = rm->get_regions(0, L4::Ipc::Ret_array<L4Re::Rm::Region>(&list));
    // What the label says must lie in the message registers.
    unsigned long volatile sum = 0;
    for (long i = 0; i < n; ++i)
      sum = sum + list[i].start;
    char text[12];
    L4::Ipc::String<char> name(sizeof(text), text);
    L4Re::Rm::Offset offset;
    rm->get_info(0, name, offset);
    l4_umword_t id;
    L4::Cap<L4Re::Namespace> ns(0x1000);
    ns->query("a/bc/def", 8, L4::Cap<void>(0x2000), 0, &id, random() % 2);
  });
}

TEST(Fuzz, answers_with_numbers)
{
  fuzz_client([](std::mt19937_64 &) {
    L4Re::Mem_alloc::Stats stats;
    L4::Cap<L4Re::Mem_alloc>(0x1000)->info(&stats);
    L4::Cap<L4Re::Dataspace> ds(0x1000);
    ds->size();
    ds->map(0, L4Re::Dataspace::F::R, 0x5000, 0, 0x100000);
    l4_uint64_t size = 5, address = 0;
    L4::Cap<L4Re::Dma_space>(0x1000)->map(ds, 0, &size, &address);
    L4Re::Video::Goos::Info info;
    L4::Cap<L4Re::Video::Goos>(0x1000)->info(&info);
    char text[40];
    L4::Cap<L4::Vcon>(0x1000)->read(text, sizeof(text));
  });
}

} // namespace
