// SPDX-License-Identifier: MIT
// The capability space: mapping, granting and unmapping of objects, what happens to a slot in use,
// how long an object lives (kernel-objects.md sections 2 and 2a, ipc.md section 4).
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/task.h>

using namespace Tap;

namespace {

constexpr l4_cap_idx_t There = 50 << L4_CAP_SHIFT; ///< a free slot of a child task

long down(l4_cap_idx_t sem)
{
  return semaphore_down(sem).checked_label();
}

constexpr long Has_s = -long(L4_EIPC_LO) - long(L4_IPC_RETIMEOUT);

} // namespace

CASE("kernel-objects.md 2 map", "needs W on the destination: -EPERM; nothing on the source")
{
  Child_task task;
  Slot no_w, read_only_source;
  Semaphore sem;
  CHECK_LABEL(map_object(env.task, no_w, task, L4_CAP_FPAGE_RS), 0);
  CHECK_LABEL(map_object(no_w, There, sem, L4_CAP_FPAGE_R), -L4_EPERM);
  CHECK_LABEL(map_object(env.task, read_only_source, env.task, L4_CAP_FPAGE_R), 0);
  CHECK_LABEL(task_map(task, read_only_source, Item{There | L4_ITEM_MAP, object_page(sem)}), 0);
  CHECK_EQ(cap_valid(task, There), 1);
}

CASE("kernel-objects.md 2 map", "the S right is kept only if both task capabilities have S")
{
  Child_task task;
  Semaphore sem;
  Slot source_no_s, target_no_s, back;
  CHECK_LABEL(map_object(env.task, source_no_s, env.task, L4_CAP_FPAGE_RW), 0);
  CHECK_LABEL(map_object(env.task, target_no_s, task, L4_CAP_FPAGE_RW), 0);
  struct {
    l4_cap_idx_t target, source;
    long result;
  } const cases[] = {
      {task, env.task, Has_s}, {task, source_no_s, -L4_EPERM}, {target_no_s, env.task, -L4_EPERM}};
  for (auto const &c : cases) {
    CHECK_LABEL(
        task_map(c.target, c.source, Item{There | L4_ITEM_MAP, object_page(sem, L4_CAP_FPAGE_RWS)}),
        0);
    CHECK_LABEL(
        task_map(env.task, task, Item{back | L4_ITEM_MAP, object_page(There, L4_CAP_FPAGE_RWS)}),
        0);
    CHECK_EQ(down(back), c.result);
  }
}

CASE("kernel-objects.md 2 map", "label 0 and nothing mapped: empty source, no R, special flexpage")
{
  Child_task task;
  Semaphore sem;
  Slot empty;
  CHECK_LABEL(map_object(task, There, empty, L4_CAP_FPAGE_RWS), 0);
  CHECK_EQ(cap_valid(task, There), 0);
  CHECK_LABEL(map_object(task, There, sem, L4_CAP_FPAGE_W), 0);
  CHECK_EQ(cap_valid(task, There), 0);
  CHECK_LABEL(task_map(task, env.task, Item{There | L4_ITEM_MAP, l4_fpage_all().raw}), 0);
  CHECK_EQ(cap_valid(task, There), 0);
}

CASE("kernel-objects.md 2 map",
     "rights never grow: W, S, D and the server flavour are lost for good")
{
  Semaphore sem;
  Slot weak, again;
  CHECK_LABEL(map_object(env.task, weak, sem, L4_CAP_FPAGE_R), 0);
  CHECK_LABEL(map_object(env.task, again, weak, L4_CAP_FPAGE_RWSD), 0);
  CHECK_EQ(down(again), -L4_EPERM);
  again.remove(); // no D: only the slot is released
  CHECK(sem.valid());
  Gate gate(env.thread, 0x60);
  Slot client, server;
  CHECK_LABEL(map_object(env.task, client, gate, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, server, client, L4_CAP_FPAGE_RWS, L4_FPAGE_C_IPCGATE_SVR), 0);
  CHECK_EQ(cap_equal(env.task, server, gate), 0);
}

CASE("kernel-objects.md 2 map", "a block of slots, holes are skipped")
{
  Child_task task;
  Semaphore a, b;
  // A free, aligned block of 4 slots of this task far above the ones in use.
  l4_cap_idx_t const block = 4096 << L4_CAP_SHIFT;
  CHECK_LABEL(map_object(env.task, block, a, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, block + 3 * L4_CAP_OFFSET, b, L4_CAP_FPAGE_RWS), 0);
  l4_cap_idx_t const to = 64 << L4_CAP_SHIFT;
  CHECK_LABEL(
      task_map(task, env.task, Item{to | L4_ITEM_MAP, object_page(block, L4_CAP_FPAGE_RWS, 2)}), 0);
  CHECK_EQ(cap_valid(task, to), 1);
  CHECK_EQ(cap_valid(task, to + L4_CAP_OFFSET), 0);
  CHECK_EQ(cap_valid(task, to + 2 * L4_CAP_OFFSET), 0);
  CHECK_EQ(cap_valid(task, to + 3 * L4_CAP_OFFSET), 1);
  CHECK_LABEL(task_unmap(env.task, object_page(block, L4_CAP_FPAGE_RWSD, 2), L4_FP_ALL_SPACES), 0);
  CHECK_EQ(cap_valid(env.task, block), 0);
  CHECK_EQ(cap_valid(env.task, block + 3 * L4_CAP_OFFSET), 0);
}

CASE("kernel-objects.md 2 unmap", "objects are flat: releasing one slot leaves the copies")
{
  Semaphore sem;
  Slot copy, second;
  CHECK_LABEL(map_object(env.task, copy, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, second, copy, L4_CAP_FPAGE_RWS), 0);
  copy.remove(false);
  CHECK(!copy.valid());
  CHECK(second.valid());
  CHECK(sem.valid());
}

CASE("kernel-objects.md 2 unmap", "without ALL_SPACES an object unmap does nothing")
{
  Semaphore sem;
  CHECK_LABEL(task_unmap(env.task, object_page(sem), L4_FP_OTHER_SPACES), 0);
  CHECK(sem.valid());
  CHECK_LABEL(task_unmap(env.task, object_page(sem), 0x40000000), 0);
  CHECK(sem.valid());
}

CASE("kernel-objects.md 2 unmap", "rights without R are withdrawn from this slot only")
{
  Semaphore sem;
  Slot copy;
  CHECK_LABEL(map_object(env.task, copy, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(task_unmap(env.task, object_page(sem, L4_CAP_FPAGE_S), L4_FP_ALL_SPACES), 0);
  CHECK_EQ(down(sem), -L4_EPERM);
  CHECK_EQ(down(copy), Has_s);
}

CASE("kernel-objects.md 2 unmap", "the delete flag destroys with D, and only empties without D")
{
  Semaphore sem;
  Slot without_d;
  CHECK_LABEL(map_object(env.task, without_d, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(task_unmap(env.task, object_page(without_d), L4_FP_DELETE_OBJ), 0);
  CHECK(sem.valid());
  CHECK(!without_d.valid());
  CHECK_LABEL(map_object(env.task, without_d, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(task_unmap(env.task, object_page(sem), L4_FP_DELETE_OBJ), 0);
  CHECK(!sem.valid());
  CHECK(!without_d.valid());
}

CASE("kernel-objects.md 2 unmap", "the delete flag has an effect only if R is named")
{
  Semaphore sem;
  Slot copy;
  CHECK_LABEL(map_object(env.task, copy, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(
      task_unmap(env.task, object_page(sem, L4_CAP_FPAGE_W | L4_CAP_FPAGE_D), L4_FP_DELETE_OBJ), 0);
  CHECK(sem.valid());
  CHECK(copy.valid());
  // D was withdrawn: a delete now only empties the slot.
  CHECK_LABEL(task_unmap(env.task, object_page(sem), L4_FP_DELETE_OBJ), 0);
  CHECK(!sem.valid());
  CHECK(copy.valid());
}

CASE("kernel-objects.md 2 unmap", "answers with the words sent, flags 0; several flexpages at once")
{
  Semaphore a, b;
  Result const r = call(env.task, L4_PROTO_TASK,
                        {L4_TASK_UNMAP_OP, L4_FP_ALL_SPACES, object_page(a), object_page(b)});
  CHECK_LABEL(r, 0);
  CHECK_EQ(r.words(), 4);
  CHECK_EQ(mr(2), object_page(a, 0));
  CHECK_EQ(mr(3), object_page(b, 0));
  CHECK(!a.valid() && !b.valid());
  CHECK_LABEL(call(env.task, L4_PROTO_TASK, {L4_TASK_UNMAP_OP, L4_FP_ALL_SPACES}), 0);
}

CASE("ipc.md 4 lifetime", "an object dies with its last counted reference")
{
  Irq irq;
  CHECK_LABEL(irq.bind(env.thread, 0x1), 0);
  Slot counted, weak;
  CHECK_LABEL(map_object(env.task, counted, irq, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, weak, irq, L4_CAP_FPAGE_RWS, L4_FPAGE_C_NO_REF_CNT), 0);
  irq.remove(false);
  CHECK(weak.valid());
  CHECK(counted.valid());
  counted.remove(false);
  CHECK(!weak.valid());
}

CASE("ipc.md 4 lifetime", "a copy of a weak capability is weak")
{
  Semaphore sem;
  Slot weak, copy;
  CHECK_LABEL(map_object(env.task, weak, sem, L4_CAP_FPAGE_RWS, L4_FPAGE_C_NO_REF_CNT), 0);
  CHECK_LABEL(map_object(env.task, copy, weak, L4_CAP_FPAGE_RWS), 0);
  sem.remove(false);
  CHECK(!copy.valid());
  CHECK(!weak.valid());
}

CASE("kernel-objects.md 2a slot in use", "old capability with D: its object is destroyed")
{
  Semaphore sem;
  Irq irq;
  Slot copy;
  CHECK_LABEL(map_object(env.task, copy, irq, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, irq, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK(!copy.valid());
  CHECK_EQ(down(irq), Has_s);
}

CASE("kernel-objects.md 2a slot in use", "old capability without D: only the slot is released")
{
  Semaphore sem;
  Irq irq;
  Slot slot;
  CHECK_LABEL(map_object(env.task, slot, irq, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, slot, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK(irq.valid());
  CHECK_EQ(down(slot), Has_s);
}

CASE("kernel-objects.md 2a slot in use",
     "nothing is merged: rights are exactly those of the last map")
{
  Semaphore sem;
  Slot slot;
  CHECK_LABEL(map_object(env.task, slot, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, slot, sem, L4_CAP_FPAGE_R), 0);
  CHECK_EQ(down(slot), -L4_EPERM);
}

CASE("kernel-objects.md 2a same object",
     "old slot with D: the object is destroyed, nothing is mapped")
{
  Semaphore sem;
  Slot slot;
  CHECK_LABEL(map_object(env.task, slot, sem, L4_CAP_FPAGE_RWSD), 0);
  CHECK_LABEL(map_object(env.task, slot, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK(!sem.valid());
  CHECK(!slot.valid());
}

CASE("kernel-objects.md 2a own slot", "an object mapped onto its own slot: the slot is emptied")
{
  Semaphore sem;
  Slot slot;
  CHECK_LABEL(map_object(env.task, slot, sem, L4_CAP_FPAGE_RWS), 0);
  CHECK_LABEL(map_object(env.task, slot, slot, L4_CAP_FPAGE_RWS), 0);
  CHECK(!slot.valid());
  CHECK(sem.valid());
}

CASE("kernel-objects.md 2a untouched", "source empty or rights without R: the destination stays")
{
  Semaphore sem;
  Slot empty;
  CHECK_LABEL(map_object(env.task, sem, empty, L4_CAP_FPAGE_RWS), 0);
  CHECK(sem.valid());
  Irq irq;
  CHECK_LABEL(map_object(env.task, sem, irq, L4_CAP_FPAGE_W), 0);
  CHECK_EQ(down(sem), Has_s);
}

CASE("kernel-objects.md 2a grant", "the capability moves; without effective rights it stays")
{
  Semaphore sem;
  Slot to;
  CHECK_LABEL(map_object(env.task, to, sem, L4_CAP_FPAGE_W, L4_MAP_ITEM_GRANT), 0);
  CHECK(sem.valid());
  CHECK_LABEL(map_object(env.task, to, sem, L4_CAP_FPAGE_RWS, L4_MAP_ITEM_GRANT), 0);
  CHECK(!sem.valid());
  CHECK_EQ(down(to), Has_s);
}

CASE("kernel-objects.md 2a grant",
     "granting the last counted reference as weak destroys the object")
{
  Semaphore sem;
  Slot to;
  CHECK_LABEL(map_object(env.task, to, sem, L4_CAP_FPAGE_RWS,
                         l4_umword_t(L4_MAP_ITEM_GRANT) | L4_FPAGE_C_NO_REF_CNT),
              0);
  CHECK(!to.valid());
  CHECK(!sem.valid());
}
