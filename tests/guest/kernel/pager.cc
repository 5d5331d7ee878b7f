// SPDX-License-Identifier: MIT
// Who answers page faults and exceptions, and what their answers do (ipc.md sections 8 and 9;
// kernel-entry.md 5).
#include "patient.h"

#include <l4/sys/rcv_endpoint.h>

using namespace Tap;

namespace {

constexpr l4_addr_t Hole = Free_range + 0x240000000;

void read_hole(Worker &me)
{
  for (unsigned i = 0; i < 6; ++i)
    mr(i) = 0x100 + i;
  me.value[7] = *reinterpret_cast<l4_umword_t volatile *>(Hole);
  for (unsigned i = 0; i < 6; ++i)
    me.value[i] = mr(i);
  me.result.error_code = l4_utcb_tcr()->error;
}

void set_handlers(Worker &w, l4_cap_idx_t pager, l4_cap_idx_t handler)
{
  l4_umword_t const flags = L4_THREAD_CONTROL_SET_PAGER | L4_THREAD_CONTROL_SET_EXC_HANDLER;
  CHECK_LABEL(call(w.cap(), L4_PROTO_THREAD, {flags, pager, handler, 0, 0, 0}), 0);
}

/// A page for the hole; what is there and in the page behind it goes with the destructor.
struct Page {
  Item const item = memory(env.scratch, L4_PAGESHIFT, L4_FPAGE_RW, Hole);
  ~Page()
  {
    task_unmap(env.task, memory_page(Hole, L4_PAGESHIFT + 1, L4_FPAGE_RWX), L4_FP_ALL_SPACES);
  }
};

} // namespace

CASE("ipc.md 8 answer", "label 1 is treated like 0: the instruction is tried again")
{
  Page page;
  Patient patient(read_hole);
  CHECK_LABEL(patient.first(), L4_PROTO_PAGE_FAULT);
  CHECK(!reply(1, {}).failed());
  CHECK_LABEL(wait(), L4_PROTO_PAGE_FAULT);
  CHECK(!reply(0, {}, {page.item}).failed());
  CHECK(patient.finished());
}

CASE("kernel-entry.md 5", "MR0 and MR1 survive a page fault; words of the answer land from MR2 on")
{
  Page page;
  Patient patient(read_hole);
  CHECK_LABEL(patient.first(), L4_PROTO_PAGE_FAULT);
  CHECK(!reply(0, {0xa, 0xb, 0xc, 0xd}, {page.item}).failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 0x100);
  CHECK_EQ(patient.value[1], 0x101);
  CHECK_EQ(patient.value[2], 0xc);
  CHECK_EQ(patient.value[3], 0xd);
}

CASE("kernel-entry.md 5", "the same for return items: those of MR0 and MR1 are nobody's")
{
  Page page;
  Item first = page.item;
  first.control |= L4_ITEM_CONT; // the kernel offers one buffer
  Item const second =
      memory(env.scratch + L4_PAGESIZE, L4_PAGESHIFT, L4_FPAGE_RW, Hole + L4_PAGESIZE);
  Patient patient(read_hole);
  CHECK_LABEL(patient.first(), L4_PROTO_PAGE_FAULT);
  CHECK(!reply(0, {}, {first, second}).failed());
  REQUIRE(patient.finished());
  CHECK_EQ(patient.value[0], 0x100);
  CHECK_EQ(patient.value[1], 0x101);
  CHECK_EQ(patient.value[2] & L4_FPAGE_ADDR_MASK, Hole + L4_PAGESIZE);
  CHECK_EQ(patient.value[2] & 0xf, L4_ITEM_MAP);
}

CASE("ipc.md 8 answer",
     "refused by an answer that waits for the next message: that is the exception")
{
  Patient patient(read_hole);
  CHECK_LABEL(patient.first(), L4_PROTO_PAGE_FAULT);
  l4_umword_t const as_servers_do = pair(Half_zero, Never);
  CHECK_LABEL(invoke(Self | L4_SYSF_REPLY_AND_WAIT, raw_tag(-L4_ENOMEM, 0), as_servers_do),
              L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(mr(Mr_pfa), Hole);
}

CASE("ipc.md 8", "a pager whose gate has lost its thread: 0x04, so an exception to the handler")
{
  Gate gate;
  {
    Worker dies([](Worker &) {});
    dies.start();
    CHECK_LABEL(gate.bind(dies.cap(), 0x10), 0);
  }
  Page page;
  Worker patient(read_hole);
  set_handlers(patient, gate, env.thread);
  patient.start();
  CHECK_LABEL(wait(), L4_PROTO_EXCEPTION);
  CHECK_EQ(mr(Mr_trap), 14);
  CHECK_EQ(mr(Mr_pfa), Hole);
  CHECK_LABEL(task_map(env.task, env.task, page.item), 0);
  CHECK(!answer_state().failed());
  CHECK(patient.finished());
}

CASE("ipc.md 6 unbound", "a pager's gate that nobody has bound: the fault waits for the binding")
{
  Gate gate;
  Page page;
  Worker patient(read_hole);
  set_handlers(patient, gate, L4_INVALID_CAP);
  patient.start();
  CHECK_EQ(wait(Zero).error(), L4_IPC_RETIMEOUT);
  CHECK_LABEL(gate.bind(env.thread, 0x4450), 0);
  Result const fault = wait();
  CHECK_LABEL(fault, L4_PROTO_PAGE_FAULT);
  CHECK_EQ(fault.from & ~3ul, 0x4450);
  CHECK(!reply(0, {}, {page.item}).failed());
  CHECK(patient.finished());
}

CASE("ipc.md 6 unbound",
     "a handler's gate that nobody has bound: the same, and a cancel ends the wait")
{
  Gate gate;
  Worker patient([](Worker &me) {
    asm volatile("int3");
    me.value[0] = 1;
  });
  set_handlers(patient, L4_INVALID_CAP, gate);
  patient.start();
  CHECK_EQ(patient.value[0], 0);
  CHECK_LABEL(ex_regs(patient.cap(), ~0ul, ~0ul, L4_THREAD_EX_REGS_CANCEL), 0);
  CHECK(patient.finished());
}

CASE("kernel-objects.md 3 control",
     "handlers are looked up at each fault, in the thread's own task")
{
  Slot slot;
  Page page;
  Worker patient(read_hole);
  set_handlers(patient, slot, L4_INVALID_CAP);
  CHECK_LABEL(map_object(env.task, slot, env.thread), 0);
  patient.start();
  CHECK_LABEL(wait(), L4_PROTO_PAGE_FAULT);
  CHECK(!reply(0, {}, {page.item}).failed());
  CHECK(patient.finished());
  slot.remove(false);
}
