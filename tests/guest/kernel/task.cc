// SPDX-License-Identifier: MIT
// Tasks: what is in their capability space, kernel-user memory, their end (kernel-objects.md
// section 2). Mapping and unmapping of objects: capability.cc.
#include <l4/libtap/objects.h>
#include <l4/libtap/probe.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_cap_idx_t There = 50 << L4_CAP_SHIFT; ///< a free slot of a child task

} // namespace

CASE("kernel-objects.md 2 cap_info", "2 words: is the selector valid in the invoked task?")
{
  Child_task task;
  Semaphore sem;
  CHECK_EQ(cap_valid(env.task, sem), 1);
  CHECK_EQ(cap_valid(task, There), 0);
  CHECK_LABEL(map_object(task, There, sem, L4_CAP_FPAGE_R), 0);
  CHECK_EQ(cap_valid(task, There), 1);
  Result const r = call(task, L4_PROTO_TASK, {L4_TASK_CAP_INFO_OP, There});
  CHECK_EQ(r.words(), 0);
}

CASE("kernel-objects.md 2 cap_info", "special selectors and indices out of range are not valid")
{
  CHECK_EQ(cap_valid(env.task, L4_INVALID_CAP), 0);
  CHECK_EQ(cap_valid(env.task, L4_INVALID_REPLY_CAP), 0);
  CHECK_EQ(cap_valid(env.task, 1UL << 24 << L4_CAP_SHIFT), 0);
  CHECK_EQ(cap_valid(env.task, 0), 0);
}

CASE("kernel-objects.md 2 cap_info", "other word counts: -EINVAL")
{
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {L4_TASK_CAP_INFO_OP}), -L4_EINVAL);
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {L4_TASK_CAP_INFO_OP, 0, 0, 0}), -L4_EINVAL);
}

CASE("kernel-objects.md 2 cap equal", "same object and same W/S rights")
{
  Semaphore sem, other;
  Slot same, fewer, weak, without_d;
  CHECK_LABEL(map_object(env.task, same, sem, L4_CAP_FPAGE_RWSD), 0);
  CHECK_LABEL(map_object(env.task, fewer, sem, L4_CAP_FPAGE_RS), 0);
  CHECK_LABEL(map_object(env.task, weak, sem, L4_CAP_FPAGE_RWS, L4_FPAGE_C_NO_REF_CNT), 0);
  CHECK_LABEL(map_object(env.task, without_d, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_EQ(cap_equal(env.task, sem, sem), 1);
  CHECK_EQ(cap_equal(env.task, sem, same), 1);
  CHECK_EQ(cap_equal(env.task, sem, fewer), 0);
  CHECK_EQ(cap_equal(env.task, sem, weak), 1);
  CHECK_EQ(cap_equal(env.task, sem, without_d), 1);
  CHECK_EQ(cap_equal(env.task, sem, other), 0);
}

CASE("kernel-objects.md 2 cap equal", "a gate's client and server flavour differ")
{
  Gate gate(env.thread, 0);
  Slot client, server;
  CHECK_LABEL(map_object(env.task, client, gate, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, server, gate, L4_CAP_FPAGE_RWS, L4_FPAGE_C_IPCGATE_SVR), 0);
  CHECK_EQ(cap_equal(env.task, gate, client), 0);
  CHECK_EQ(cap_equal(env.task, gate, server), 1);
}

CASE("kernel-objects.md 2 cap equal",
     "empty slots are equal, a special selector equals only itself")
{
  Slot a, b;
  Semaphore sem;
  CHECK_EQ(cap_equal(env.task, a, b), 1);
  CHECK_EQ(cap_equal(env.task, a, sem), 0);
  CHECK_EQ(cap_equal(env.task, L4_INVALID_CAP, L4_INVALID_CAP), 1);
  CHECK_EQ(cap_equal(env.task, L4_INVALID_CAP, sem), 0);
  CHECK_EQ(cap_equal(env.task, L4_INVALID_CAP, a), 0);
}

CASE("kernel-objects.md 2 add_ku_mem", "one word for each area, with its base rounded down")
{
  Child_task task;
  l4_addr_t const area = 0x7ffc00000000;
  Result const r = call(task, L4_PROTO_TASK,
                        {L4_TASK_ADD_KU_MEM_OP, memory_page(area + 0x1000, 13, L4_FPAGE_RW),
                         memory_page(area + 0x4000, 12, L4_FPAGE_RW)});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 2);
  CHECK_EQ(mr(0) & ~0xfUL, memory_page(area, 13, 0));
  CHECK_EQ(mr(1) & ~0xfUL, memory_page(area + 0x4000, 12, 0));
}

CASE("kernel-objects.md 2 add_ku_mem", "zero-filled, readable, writable, not executable")
{
  constexpr unsigned Order = 14;
  static constexpr l4_addr_t Area = 0x7ffc00000000, Words = (1ul << Order) / sizeof(l4_umword_t);
  for (unsigned i = 0; i < 2; ++i) { // the second may get the memory that the first has written to
    Child_task task;
    CHECK_LABEL(task.share_image(), 0);
    CHECK_LABEL(
        call(task, L4_PROTO_TASK, {L4_TASK_ADD_KU_MEM_OP, memory_page(Area, Order, L4_FPAGE_RW)}),
        0);
    Worker user(
        [](Worker &me) {
          auto *words = reinterpret_cast<l4_umword_t volatile *>(Area);
          l4_umword_t found = 0;
          for (unsigned n = 0; n < Words; ++n) {
            found |= words[n];
            words[n] = 0xc3c3c3c3c3c3c3c3; // ret
          }
          me.value[0] = 1 + found;
          reinterpret_cast<void (*)()>(Area)(); // its pager is an empty slot there: the end
          me.value[1] = 1;
        },
        nullptr, Prio_high, &task);
    user.start();
    CHECK_EQ(user.value[0], 1);
    CHECK_EQ(user.value[1], 0);
  }
}

CASE("kernel-objects.md 2 add_ku_mem", "bad flexpages: -EINVAL")
{
  Child_task task;
  auto const add = [&](l4_umword_t fpage) {
    return call(task, L4_PROTO_TASK, {L4_TASK_ADD_KU_MEM_OP, fpage});
  };
  CHECK_LABEL(add(memory_page(0x7ffc00000000, 11, L4_FPAGE_RW)), -L4_EINVAL);
  CHECK_LABEL(add(memory_page(0x7ffc00000000, 18, L4_FPAGE_RW)), -L4_EINVAL);
  CHECK_LABEL(add(memory_page(0x800000000000, 12, L4_FPAGE_RW)), -L4_EINVAL);
  CHECK_LABEL(add(object_page(0, 0, 12)), -L4_EINVAL);
  CHECK_LABEL(add(0), -L4_EINVAL);
}

CASE("kernel-objects.md 2 add_ku_mem", "an area in use: -EEXIST, and nothing of it is added")
{
  Child_task task;
  l4_addr_t const area = 0x7ffc00000000;
  CHECK_LABEL(
      call(task, L4_PROTO_TASK, {L4_TASK_ADD_KU_MEM_OP, memory_page(area, 12, L4_FPAGE_RW)}), 0);
  CHECK_LABEL(
      call(task, L4_PROTO_TASK, {L4_TASK_ADD_KU_MEM_OP, memory_page(area, 13, L4_FPAGE_RW)}),
      -L4_EEXIST);
  CHECK_LABEL(call(task, L4_PROTO_TASK,
                   {L4_TASK_ADD_KU_MEM_OP, memory_page(area + 0x1000, 12, L4_FPAGE_RW)}),
              0);
  CHECK_LABEL(task_map(task, env.task, memory(env.scratch, 12, L4_FPAGE_RW, Free_range)), 0);
  CHECK_LABEL(
      call(task, L4_PROTO_TASK, {L4_TASK_ADD_KU_MEM_OP, memory_page(Free_range, 12, L4_FPAGE_RW)}),
      -L4_EEXIST);
}

CASE("kernel-objects.md 2 add_ku_mem",
     "more than the task's factory can pay: -ENOMEM, nothing is added")
{
  Factory bank(64 * 1024);
  Child_task task(bank);
  constexpr l4_addr_t Area = 0x7ffc00000000;
  auto const add = [&](unsigned order) {
    return call(task, L4_PROTO_TASK,
                {L4_TASK_ADD_KU_MEM_OP, memory_page(Area, order, L4_FPAGE_RW)});
  };
  CHECK_LABEL(add(17), -L4_ENOMEM);
  l4_umword_t const left = free_quota(bank);
  CHECK_LABEL(add(17), -L4_ENOMEM);
  CHECK_EQ(free_quota(bank), left);
  CHECK_LABEL(add(12), 0); // its first page: it was not left behind
  CHECK_EQ(free_quota(bank), left - L4_PAGESIZE);
}

CASE("kernel-objects.md 2 add_ku_mem", "areas before the failing one stay")
{
  Child_task task;
  l4_addr_t const area = 0x7ffc00000000;
  CHECK_LABEL(call(task, L4_PROTO_TASK,
                   {L4_TASK_ADD_KU_MEM_OP, memory_page(area, 12, L4_FPAGE_RW),
                    memory_page(area, 11, L4_FPAGE_RW)}),
              -L4_EINVAL);
  CHECK_LABEL(
      call(task, L4_PROTO_TASK, {L4_TASK_ADD_KU_MEM_OP, memory_page(area, 12, L4_FPAGE_RW)}),
      -L4_EEXIST);
}

CASE("kernel-objects.md 2 add_ku_mem", "no onward mapping, no unmap, no overmap of the area")
{
  Child_task task;
  // Mapped from the child's area to this task: skipped without an error.
  CHECK_LABEL(task_map(env.task, task, memory(Child_task::Utcbs, 12, L4_FPAGE_RW, Free_range)), 0);
  CHECK_LABEL(call(env.task, L4_PROTO_TASK,
                   {L4_TASK_UNMAP_OP, L4_FP_ALL_SPACES, memory_page(Free_range, 12, L4_FPAGE_RWX)}),
              0);
  CHECK_EQ(mr(2) & 0xf, 0);
  CHECK_LABEL(task_unmap(task, memory_page(Child_task::Utcbs, 12, L4_FPAGE_RWX), L4_FP_ALL_SPACES),
              0);
  CHECK_LABEL(task_map(task, env.task, memory(env.scratch, 12, L4_FPAGE_RW, Child_task::Utcbs)), 0);
  CHECK_LABEL(call(task, L4_PROTO_TASK,
                   {L4_TASK_ADD_KU_MEM_OP, memory_page(Child_task::Utcbs, 12, L4_FPAGE_RW)}),
              -L4_EEXIST);
}

CASE("kernel-objects.md 2 destroy", "a task's death releases its counted capabilities")
{
  Slot sem;
  CHECK_LABEL(create(sem, L4_PROTO_SEMAPHORE), 0);
  Slot weak;
  CHECK_LABEL(map_object(env.task, weak, sem, L4_CAP_FPAGE_RWS, L4_FPAGE_C_NO_REF_CNT), 0);
  {
    Child_task task;
    CHECK_LABEL(map_object(task, There, sem, L4_CAP_FPAGE_RWS), 0);
    sem.remove(false);
    CHECK(weak.valid());
  }
  for (unsigned i = 0; i < 20 && weak.valid(); ++i)
    sleep_us(5000);
  CHECK(!weak.valid());
}

CASE("kernel-objects.md 2 quirk", "operations run even without a send flag")
{
  mr(0) = L4_TASK_CAP_INFO_OP;
  mr(1) = env.thread;
  Result const r = invoke(env.task | L4_SYSF_RECV, raw_tag(L4_PROTO_TASK, 2));
  CHECK_LABEL(r, 1);
}

CASE("kernel-objects.md 2 ldt_set_x86", "-ENOSYS where it is not built in")
{
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {0x11, 0, 0}), -L4_ENOSYS);
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {0x12, 0}), -L4_ENOSYS);
}
