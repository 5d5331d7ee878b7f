// SPDX-License-Identifier: MIT
#include <l4/libtap/objects.h>
#include <l4/libtap/probe.h>
#include <l4/libtap/tap.h>

namespace Tap {

namespace {

constexpr l4_umword_t Kernel_statistics = 0x501;
constexpr unsigned Probe_bits = 24;    ///< the test factory is smaller than 2^24 bytes
constexpr l4_umword_t Low_slots = 32;   ///< the initial capabilities and some more
constexpr unsigned Settle_rounds = 20; ///< of 10 ms

l4_umword_t capabilities()
{
  l4_umword_t count = 0;
  for (l4_umword_t i = 0; i < Low_slots; ++i)
    count += cap_valid(env.task, i << L4_CAP_SHIFT) == 1;
  for (l4_umword_t i = 0; i < env.slots; ++i)
    count += cap_valid(env.task, (env.first_slot + i) << L4_CAP_SHIFT) == 1;
  return count;
}

bool same(Holdings const &a, Holdings const &b)
{
  return a.free_quota == b.free_quota && a.capabilities == b.capabilities &&
         a.kernel_bytes == b.kernel_bytes && a.objects == b.objects && a.mappings == b.mappings &&
         a.threads == b.threads;
}

} // namespace

l4_umword_t free_quota(l4_cap_idx_t of)
{
  Slot slot;
  l4_umword_t best = 0;
  for (int bit = Probe_bits; bit >= 0; --bit) {
    l4_umword_t const limit = best | l4_umword_t(1) << bit;
    if (create(slot, L4_PROTO_FACTORY, {L4_VARG_TYPE_UMWORD | 8 << 16, limit}, {}, of).ok()) {
      best = limit;
      slot.remove();
    }
  }
  return best;
}

void take_quota(l4_cap_idx_t of, l4_cap_idx_t rest, l4_umword_t leave)
{
  l4_umword_t const free = free_quota(of);
  if (!CHECK(free > leave)) return;
  CHECK_LABEL(create(rest, L4_PROTO_FACTORY, {L4_VARG_TYPE_UMWORD | 8 << 16, free - leave}, {}, of),
              0);
}

Holdings holdings()
{
  Holdings h{};
  h.free_quota = free_quota(factory());
  h.capabilities = capabilities();
  Result const r = call(env.debugger, L4_PROTO_DEBUGGER, {Kernel_statistics});
  if (r.checked_label() == 0) {
    h.kernel_bytes = r.words() > 0 ? mr(0) : 0;
    h.threads = r.words() > 1 ? mr(1) : 0;
    h.objects = r.words() > 2 ? mr(2) : 0;
    h.mappings = r.words() > 3 ? mr(3) : 0;
  }
  return h;
}

void check_leaks(Holdings const &before, Holdings const &middle)
{
  Holdings expected = middle;
  expected.free_quota = before.free_quota;
  expected.capabilities = before.capabilities;
  Holdings after = holdings();
  for (unsigned i = 0; i < Settle_rounds && !same(expected, after); ++i) {
    sleep_us(10000);
    after = holdings();
  }
  CHECK_NE(before.free_quota, 0);
  CHECK_EQ(after.free_quota, before.free_quota);
  CHECK_EQ(after.capabilities, before.capabilities);
  CHECK_EQ(after.kernel_bytes, middle.kernel_bytes);
  CHECK_EQ(after.objects, middle.objects);
  CHECK_EQ(after.mappings, middle.mappings);
  CHECK_EQ(after.threads, middle.threads);
}

} // namespace Tap
