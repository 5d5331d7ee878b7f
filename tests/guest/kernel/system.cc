// SPDX-License-Identifier: MIT
// Scheduler, log, platform control, debugger, kernel info page
// (kernel-objects.md sections 8-11; kernel-entry.md section 8).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/kip.h>
#include <l4/sys/memdesc.h>
#include <l4/sys/platform_control.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/vcon.h>

using namespace Tap;

namespace {

Result scheduler(std::initializer_list<l4_umword_t> words, std::initializer_list<Item> items = {})
{
  return call(env.scheduler, L4_PROTO_SCHEDULER, words, items);
}

char const *kip_bytes()
{
  return reinterpret_cast<char const *>(l4_kip());
}

} // namespace

CASE("kernel-objects.md 9 info", "presence map, number of CPUs, classes; three words")
{
  Result const r = scheduler({L4_SCHEDULER_INFO_OP, 0});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 3);
  CHECK_EQ(mr(0) & 1, 1);
  CHECK_GE(mr(1), 1);
  CHECK_EQ(mr(2) & 2, 2);
}

CASE("kernel-objects.md 9 info", "offset beyond the last CPU: -ERANGE; too short: -EMSGTOOSHORT")
{
  CHECK_LABEL(scheduler({L4_SCHEDULER_INFO_OP, 0x10000}), -L4_ERANGE);
  CHECK_LABEL(scheduler({L4_SCHEDULER_INFO_OP}), -L4_EMSGTOOSHORT);
}

CASE("kernel-objects.md 9 info", "granularity: one bit for 2^g CPUs, above 24 as 24")
{
  CHECK_LABEL(scheduler({L4_SCHEDULER_INFO_OP, 24UL << 24}), 0);
  CHECK_EQ(mr(0), 1);
  CHECK_LABEL(scheduler({L4_SCHEDULER_INFO_OP, 0xffUL << 24}), 0);
  CHECK_EQ(mr(0), 1);
}

CASE("kernel-objects.md 9 run_thread", "priority 0, missing words or item: -EINVAL")
{
  Raw_thread thread;
  CHECK_LABEL(scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 0, 0}, {object(thread)}), -L4_EINVAL);
  CHECK_LABEL(scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5}, {object(thread)}), -L4_EINVAL);
  CHECK_LABEL(scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5, 0}), -L4_EINVAL);
  CHECK_LABEL(scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5, 0}, {object(thread)}), 0);
  CHECK_LABEL(scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 5, 0, 9, 9}, {object(thread)}), 0);
}

CASE("kernel-objects.md 9 run_thread", "priorities above 255 are taken as 255")
{
  Worker worker([](Worker &me) { me.value[0] = 1; });
  CHECK_LABEL(scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, 1000, 0}, {object(worker.cap())}), 0);
  worker.start();
  CHECK_EQ(worker.value[0], 1);
}

CASE("kernel-objects.md 9 run_thread", "class records: fixed priority; an unknown class -ERANGE")
{
  Raw_thread thread;
  auto const record = [&](l4_umword_t cls, l4_umword_t length, l4_umword_t prio) {
    return scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, cls, length, 0, prio}, {object(thread)});
  };
  CHECK_LABEL(record(~0UL, 48, 7), 0);
  CHECK_LABEL(record(~0UL, 40, 7), -L4_EINVAL);
  CHECK_LABEL(record(~0UL, 400, 7), -L4_EINVAL);
  CHECK_LABEL(record(~0UL, 48, 0), -L4_EINVAL);
  CHECK_LABEL(record(l4_umword_t(-7), 48, 7), -L4_ERANGE);
  CHECK_LABEL(record(l4_umword_t(-2), 48, 7), -L4_ERANGE); // WFQ
  // all 48 bytes are there, but one word less was sent
  CHECK_LABEL(scheduler({L4_SCHEDULER_RUN_THREAD_OP, 0, 1, ~0UL, 48, 0}, {object(thread)}),
              -L4_EINVAL);
}

CASE("kernel-objects.md 9 run_thread", "a change of priority takes effect at once")
{
  Worker worker([](Worker &me) { me.value[0] = 1; }, nullptr, Prio_low);
  worker.start();
  CHECK_EQ(worker.value[0], 0);
  CHECK_LABEL(run_thread(worker.cap(), Prio_high), 0);
  CHECK_EQ(worker.value[0], 1);
}

CASE("kernel-objects.md 9 run_thread", "lowering the own priority lets a ready thread run")
{
  Worker worker([](Worker &me) { me.value[0] = 1; }, nullptr, Prio_main - 10);
  worker.start();
  CHECK_EQ(worker.value[0], 0);
  CHECK_LABEL(run_thread(env.thread, Prio_low), 0);
  CHECK_EQ(worker.value[0], 1);
  CHECK_LABEL(run_thread(env.thread, Prio_main), 0);
}

CASE("kernel-objects.md 9 run_thread", "round robin among equals when the quantum is over")
{
  static l4_umword_t volatile counter[2], stop;
  counter[0] = 0;
  counter[1] = 0;
  stop = 0;
  auto const spin = [](Worker &me) {
    l4_umword_t volatile &mine = counter[me.data<l4_umword_t>()];
    while (!stop)
      mine = mine + 1;
  };
  l4_umword_t zero = 0, one = 1;
  Worker a(spin, &zero, Prio_low), b(spin, &one, Prio_low);
  CHECK_LABEL(run_thread(a.cap(), Prio_low, 2000), 0);
  CHECK_LABEL(run_thread(b.cap(), Prio_low, 2000), 0);
  a.start();
  b.start();
  sleep_us(40000);
  CHECK_GE(counter[0], 1000);
  CHECK_GE(counter[1], 1000);
  CHECK_LE(counter[0] / 3, counter[1]);
  CHECK_LE(counter[1] / 3, counter[0]);
  stop = 1;
  CHECK(a.finished() && b.finished());
}

CASE("kernel-objects.md 9 run_thread",
     "strict priorities: a lower thread never runs before a higher")
{
  Worker low([](Worker &me) { me.value[0] = 1; }, nullptr, Prio_low);
  low.start();
  l4_uint64_t const until = now() + 30000;
  while (now() < until) {
  }
  CHECK_EQ(low.value[0], 0);
  CHECK(low.finished());
}

CASE("kernel-objects.md 9 idle_time", "one word; too short and empty sets are errors")
{
  Result const r = scheduler({L4_SCHEDULER_IDLE_TIME_OP, 0, 1});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 1);
  l4_umword_t const before = mr(0);
  sleep_us(20000);
  CHECK_LABEL(scheduler({L4_SCHEDULER_IDLE_TIME_OP, 0, 1}), 0);
  CHECK_GE(mr(0), before + 5000);
  CHECK_LABEL(scheduler({L4_SCHEDULER_IDLE_TIME_OP, 0}), -L4_EMSGTOOSHORT);
  CHECK_LABEL(scheduler({L4_SCHEDULER_IDLE_TIME_OP, 0, 0}), -L4_EINVAL);
}

CASE("kernel-objects.md 10 write", "no reply: a call waits for its receive timeout")
{
  mr(0) = L4_VCON_WRITE_OP;
  mr(1) = 0;
  CHECK_EQ(invoke(env.log | L4_SYSF_CALL, raw_tag(L4_PROTO_LOG, 2), pair(0, Half_zero)).error(),
           L4_IPC_RETIMEOUT);
}

CASE("kernel-objects.md 10 write", "longer texts than 488 bytes are dropped")
{
  char const text[] = "\nnot ok 99 - a text of too many bytes was written\n";
  l4_umword_t words[7] = {};
  __builtin_memcpy(words, text, sizeof(text));
  for (l4_umword_t length : {489ul, 500ul, ~0ul}) {
    mr(0) = L4_VCON_WRITE_OP;
    mr(1) = length;
    for (unsigned i = 0; i < 7; ++i)
      mr(2 + i) = words[i];
    CHECK(!invoke(env.log | L4_SYSF_SEND, raw_tag(L4_PROTO_LOG, 10), Zero).failed());
  }
}

CASE("kernel-objects.md 10 read", "needs W; count with the exhausted bit, 0 words announced")
{
  Copy no_w(env.log, L4_CAP_FPAGE_RS);
  CHECK_LABEL(call(no_w, L4_PROTO_LOG, {L4_VCON_READ_OP | 16UL << 16}), -L4_EPERM);
  Result const r = call(env.log, L4_PROTO_LOG, {L4_VCON_READ_OP | 16UL << 16});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 0);
  CHECK_EQ(mr(0) & 0xffffffff, 0x80000000);
}

CASE("kernel-objects.md 10 attributes", "defaults; ONLCR stays set whatever is given")
{
  Result r = call(env.log, L4_PROTO_LOG, {L4_VCON_GET_ATTR_OP});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 4);
  l4_umword_t const in = mr(1), out = mr(2), local = mr(3);
  CHECK_EQ(in, L4_VCON_ICRNL);
  CHECK_EQ(out & L4_VCON_ONLCR, L4_VCON_ONLCR);
  CHECK_EQ(local, L4_VCON_ECHO);
  CHECK_LABEL(call(env.log, L4_PROTO_LOG, {L4_VCON_SET_ATTR_OP, L4_VCON_INLCR, 0, 0}), 0);
  CHECK_LABEL(call(env.log, L4_PROTO_LOG, {L4_VCON_GET_ATTR_OP}), 0);
  CHECK_EQ(mr(1), L4_VCON_INLCR);
  CHECK_EQ(mr(2) & L4_VCON_ONLCR, L4_VCON_ONLCR);
  CHECK_EQ(mr(3), 0);
  CHECK_LABEL(call(env.log, L4_PROTO_LOG, {L4_VCON_SET_ATTR_OP, in, out, local}), 0);
}

CASE("kernel-objects.md 8", "platform control: shutdown wants exactly 2 words, unknown ops -ENOSYS")
{
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {L4_PLATFORM_CTL_SYS_SHUTDOWN_OP}), -L4_EINVAL);
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {L4_PLATFORM_CTL_SYS_SHUTDOWN_OP, 0, 0}),
              -L4_EINVAL);
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {L4_PLATFORM_CTL_SYS_SHUTDOWN_OP, 7}),
              -L4_ENOSYS);
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {L4_PLATFORM_CTL_CPU_ENABLE_OP, 0}), -L4_ENOSYS);
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {L4_PLATFORM_CTL_CPU_DISABLE_OP, 0}),
              -L4_ENOSYS);
  CHECK_LABEL(call(env.icu, L4_PROTO_PLATFORM_CTL, {0x66}), -L4_ENOSYS);
}

CASE("docs/kernel.md 15 figures", "of the threads of a task, one by one")
{
  Child_task task;
  auto const figures = [&](l4_umword_t index) {
    return call(env.debugger, L4_PROTO_DEBUGGER, {0x502, index}, {object(task)});
  };
  CHECK_LABEL(figures(0), -L4_ENOENT);
  CHECK(!task.share_image().failed());
  Worker one([](Worker &) {}, nullptr, 140, &task), two([](Worker &) {}, nullptr, 130, &task);
  one.start();
  two.start();
  CHECK_LABEL(figures(0), 0);
  CHECK_EQ(mr(2) >> 8 & 0xff, 140);
  CHECK_GE(mr(0), 1);
  CHECK_LABEL(figures(1), 0);
  CHECK_EQ(mr(2) >> 8 & 0xff, 130);
  CHECK_LABEL(figures(2), -L4_ENOENT);
  CHECK_LABEL(figures(64), -L4_ERANGE);
  CHECK_LABEL(call(env.debugger, L4_PROTO_DEBUGGER, {0x502, 0}, {object(env.thread)}), -L4_EINVAL);
  CHECK_LABEL(call(env.debugger, L4_PROTO_DEBUGGER, {0x502}, {object(task)}), -L4_EMSGTOOSHORT);
}

CASE("kernel-objects.md 11", "debugger: names can be set and read back, or the slot is empty")
{
  Result const absent = call(env.debugger, L4_PROTO_DEBUGGER, {0x108}, {object(env.task)});
  if (absent.error() == L4_IPC_ENOT_EXISTENT) SKIP("no debugger object");
  SKIP_IF_ABSENT(absent, "names of objects");
  CHECK_LABEL(
      call(env.debugger, L4_PROTO_DEBUGGER, {0x100, 0x006f7262656d6974}, {object(env.thread)}),
      0); // "timbero"
  CHECK_LABEL(call(env.debugger, L4_PROTO_DEBUGGER, {0x108}, {object(env.thread)}), 0);
  CHECK_EQ(mr(0), 0x006f7262656d6974);
  CHECK_LABEL(call(env.debugger, L4_PROTO_DEBUGGER, {0x100, 0}), -L4_EINVAL);
  CHECK_LABEL(call(env.debugger, -99, {0}), -L4_EBADPROTO);
  CHECK_LABEL(call(env.debugger, L4_PROTO_DEBUGGER, {0x302, 0}), 0); // of group 0: an empty text
  CHECK_LABEL(call(env.debugger, L4_PROTO_DEBUGGER, {0x50f, 0}), -L4_ENOSYS);
}

CASE("kernel-entry.md 8 KIP", "magic, version, subversion 3")
{
  CHECK_EQ(l4_kip()->magic, 0x4be6344c);
  CHECK_EQ(l4_kip()->version & 0xff00ffff, 0x87004444);
  CHECK_EQ(l4_kip()->version >> 16 & 0xff, 3);
  CHECK_EQ(*reinterpret_cast<unsigned char const *>(kip_bytes() + 0xc), 0);
}

CASE("kernel-entry.md 8 KIP",
     "feature strings end below 0x900; abiver, segments and mapdb are there")
{
  char const *at = kip_bytes() + 16UL * *(kip_bytes() + 8);
  char const *end = kip_bytes() + 0x900;
  while (at < end && *at)
    ++at; // the version string
  ++at;
  unsigned features = 0;
  while (at < end && *at) {
    ++features;
    while (at < end && *at)
      ++at;
    ++at;
  }
  CHECK(at < end);
  CHECK_GE(features, 3);
  CHECK(l4_kip_kernel_has_feature(l4_kip(), "abiver:3"));
  CHECK(l4_kip_kernel_has_feature(l4_kip(), "segments"));
  CHECK(l4_kip_kernel_has_feature(l4_kip(), "mapdb"));
}

CASE("kernel-entry.md 8 KIP", "memory descriptors: RAM, the user's address range, no temporaries")
{
  auto const *kip = l4_kip();
  CHECK_EQ(kip->mem_descs, 0x90);
  CHECK_EQ(kip->mem_descs_num, 64);
  auto const *d = reinterpret_cast<l4_umword_t const *>(kip_bytes() + kip->mem_descs);
  unsigned ram = 0, user = 0, temporary = 0;
  for (unsigned i = 0; i < kip->mem_descs_num; ++i) {
    l4_umword_t const low = d[2 * i], high = d[2 * i + 1];
    unsigned const type = low & 0xf;
    if (type == 1 && !(low & 0x200)) ++ram;
    if (type == 1 && (low & 0x200)) {
      ++user;
      CHECK_EQ(low & ~0x3ffUL, 0);
      CHECK_EQ(high | 0x3ff, 0x7fffffffffff);
    }
    temporary += type == 7;
  }
  CHECK_GE(ram, 1);
  CHECK_EQ(user, 1);
  CHECK_EQ(temporary, 0);
}

CASE("kernel-entry.md 8 KIP", "read and execute only")
{
  Worker writer([](Worker &) { *const_cast<char volatile *>(kip_bytes() + 0x1000 - 8) = 1; });
  CHECK_LABEL(call(writer.cap(), L4_PROTO_THREAD, {0x10000, env.thread, 0, 0, 0, 0}), 0);
  writer.start();
  CHECK_EQ(wait(pair(0, half(100000))).label(), L4_PROTO_PAGE_FAULT);
}
