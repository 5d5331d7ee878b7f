// SPDX-License-Identifier: MIT
// FPU state in messages and at the end of its owner (ipc.md section 1 FPU; style.md regression
// classes).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>

#include <new>

using namespace Tap;

namespace {

constexpr l4_umword_t Mine = 0x1111, Theirs = 0x2222;

void set_fpu(l4_umword_t value) { asm volatile("movq %0, %%xmm5" : : "r"(value) : "xmm5"); }
l4_umword_t get_fpu()
{
  l4_umword_t value;
  asm volatile("movq %%xmm5, %0" : "=r"(value));
  return value;
}

/// Takes a message, with or without the wish for FPU state, and answers with its own.
void take_fpu(Worker &me)
{
  bdr() = me.data<bool>() ? l4_umword_t(L4_UTCB_INHERIT_FPU) : 0;
  set_fpu(Mine);
  me.result = wait();
  me.value[0] = get_fpu();
  set_fpu(Mine);
  invoke(Self | L4_SYSF_REPLY | L4_SYSF_SEND, raw_tag(0, 0, 0, L4_MSGTAG_TRANSFER_FPU), Zero);
}

} // namespace

CASE("ipc.md 1 FPU", "it takes all three: the sender's flag, the receiver's wish, and the S right")
{
  for (unsigned flag : {0u, unsigned(L4_MSGTAG_TRANSFER_FPU)})
    for (bool wish : {false, true})
      for (bool s : {false, true}) {
        Worker receiver(take_fpu, &wish);
        unsigned const rights = s ? unsigned(L4_CAP_FPAGE_RS) : unsigned(L4_CAP_FPAGE_R);
        Copy via(receiver.cap(), rights);
        receiver.start();
        set_fpu(Theirs);
        CHECK(!invoke(via | L4_SYSF_SEND, raw_tag(0, 0, 0, flag), Zero).failed());
        CHECK_EQ(get_fpu(), Theirs);
        REQUIRE(receiver.finished());
        CHECK_EQ(receiver.value[0], flag && wish && s ? Theirs : Mine);
      }
}

CASE("ipc.md 1 FPU", "in a reply the S right is that of the call")
{
  for (bool s : {false, true}) {
    bool wish = false;
    Worker server(take_fpu, &wish);
    unsigned const rights = s ? unsigned(L4_CAP_FPAGE_RS) : unsigned(L4_CAP_FPAGE_R);
    Copy via(server.cap(), rights);
    server.start();
    bdr() = L4_UTCB_INHERIT_FPU;
    set_fpu(Theirs);
    CHECK(!invoke(via | L4_SYSF_CALL, raw_tag(0, 0)).failed());
    l4_umword_t const seen = get_fpu();
    no_buffers();
    CHECK_EQ(seen, s ? Mine : Theirs);
  }
}

CASE("style.md regression FPU",
     "the state of a thread that died is nobody's: not saved, not inherited")
{
  for (unsigned round = 0; round < 8; ++round) {
    set_fpu(Mine + round);
    {
      Worker owner([](Worker &) {
        set_fpu(0xdead);
        receive(Self, Never);
      });
      owner.start(); // its registers are live on this CPU when it dies
    }
    CHECK_EQ(get_fpu(), Mine + round);
    Worker next([](Worker &me) {
      me.value[0] = get_fpu();
      set_fpu(0xbeef);
    });
    next.start();
    CHECK_EQ(next.value[0], 0);
    CHECK_EQ(get_fpu(), Mine + round);
  }
}

CASE("style.md regression FPU",
     "a thread dies between the message with its state and the use of it")
{
  bool wish = true;
  Worker receiver(take_fpu, &wish, Prio_low);
  receiver.start();
  sleep_us(500);
  {
    Worker sender(
        [](Worker &me) {
          set_fpu(Theirs);
          me.result = invoke(me.data<Worker>().cap() | L4_SYSF_SEND,
                             raw_tag(0, 0, 0, L4_MSGTAG_TRANSFER_FPU), Zero);
        },
        &receiver);
    sender.start();
    CHECK(!sender.result.failed());
  }
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.value[0], Theirs);
}

CASE("style.md regression special registers", "FPU and FS base do not leak between threads")
{
  auto const body = [](Worker &me) {
    l4_umword_t const mine = me.data<l4_umword_t>();
    bool right = true;
    for (unsigned i = 0; i < 50; ++i) {
      l4_umword_t back;
      __asm__ volatile("movq %1, %%xmm5\n movq %%xmm5, %0" : "=r"(back) : "r"(mine) : "xmm5");
      __asm__ volatile("movq %0, %%xmm7" : : "r"(mine + i));
      sleep_us(20);
      __asm__ volatile("movq %%xmm7, %0" : "=r"(back));
      right = right && back == mine + i;
    }
    me.value[0] = right;
  };
  l4_umword_t a = 0x1111000000000000, b = 0x2222000000000000;
  Worker one(body, &a, Prio_main), two(body, &b, Prio_main);
  one.start();
  two.start();
  REQUIRE(one.finished() && two.finished());
  CHECK_EQ(one.value[0], 1);
  CHECK_EQ(two.value[0], 1);
}

CASE("style.md regression FPU", "what users wrote into the kernel's memory gets into no new thread")
{
  constexpr l4_addr_t Area = 0x7ffc00000000;
  constexpr unsigned Areas = 8, Area_order = 17;
  {
    Child_task task;
    CHECK_LABEL(task.share_image(), 0);
    for (unsigned i = 0; i < Areas; ++i)
      CHECK_LABEL(call(task, L4_PROTO_TASK,
                       {L4_TASK_ADD_KU_MEM_OP,
                        memory_page(Area + (l4_addr_t(i) << Area_order), Area_order, L4_FPAGE_RW)}),
                  0);
    Worker writer(
        [](Worker &me) {
          for (l4_addr_t i = 0; i < l4_addr_t(Areas) << Area_order; i += sizeof(l4_umword_t))
            *reinterpret_cast<l4_umword_t volatile *>(Area + i) = ~0ul;
          me.value[0] = 1;
        },
        nullptr, Prio_high, &task);
    writer.start();
    CHECK_EQ(writer.value[0], 1);
  }
  sleep_us(5000); // the areas are memory of the kernel's again: now threads may get it
  {
    Raw_thread many[100];
  }
  sleep_us(5000);
  auto const use_fpu = [](Worker &me) {
    me.value[1] = get_fpu();
    set_fpu(Mine);
    sleep_us(100);
    me.value[0] = get_fpu();
  };
  alignas(Worker) char room[12][sizeof(Worker)];
  for (auto &place : room)
    (new (place) Worker(use_fpu))->start();
  sleep_us(1000);
  for (auto &place : room) {
    Worker &worker = *reinterpret_cast<Worker *>(place);
    CHECK(worker.finished());
    CHECK_EQ(worker.value[0], Mine);
    CHECK_EQ(worker.value[1], 0);
    worker.~Worker();
  }
}

CASE("kernel-entry.md 7", "a new thread starts with a clean FPU")
{
  __asm__ volatile("movq %0, %%xmm9" : : "r"(0x5ec4e7UL) : "xmm9");
  Worker worker([](Worker &me) {
    l4_umword_t seen;
    unsigned csr;
    __asm__ volatile("movq %%xmm9, %0\n stmxcsr %1" : "=r"(seen), "=m"(csr));
    me.value[0] = seen;
    me.value[1] = csr;
  });
  worker.start();
  REQUIRE(worker.finished());
  CHECK_EQ(worker.value[0], 0);
  CHECK_EQ(worker.value[1] & 0xffc0, 0x1f80);
}

CASE("ipc.md 3 no buffer", "a message that fails in its items brings no FPU state")
{
  Worker receiver([](Worker &me) {
    no_buffers();
    bdr() = L4_UTCB_INHERIT_FPU;
    set_fpu(Mine);
    me.result = wait();
    me.value[0] = get_fpu();
  });
  receiver.start();
  Semaphore sem;
  set_fpu(Theirs);
  l4_umword_t const tag = compose(0, {}, {object(sem)}, L4_MSGTAG_TRANSFER_FPU);
  CHECK_EQ(invoke(receiver.cap() | L4_SYSF_SEND, tag, Zero).error(), L4_IPC_SEMSGCUT);
  REQUIRE(receiver.finished());
  CHECK_EQ(receiver.result.error(), L4_IPC_REMSGCUT);
  CHECK_EQ(receiver.value[0], Mine);
}
