// SPDX-License-Identifier: MIT
// Compiled with -fno-access-control: a checker that had to ask the kernel for its state would check what the
// kernel says about itself. Objects are found from the root task's capabilities, from task to task.
#include "check.h"

#include "mem/kmem.h"
#include "obj/factory.h"
#include "obj/icu.h"
#include "obj/ipc_gate.h"
#include "obj/semaphore.h"
#include "obj/task.h"
#include "obj/thread.h"
#include "sched/cpu.h"
#include "space/mapping_tree.h"

#include <map>
#include <set>
#include <vector>

namespace fuzz {

namespace {

using State = Thread::State;

struct Found {
  std::set<Kobject *> objects;
  std::vector<Task *> tasks;
  std::vector<Thread *> threads;
};

template <class F> void for_each_slot(Task &task, F visit)
{
  Obj_space &space = task._obj;
  for (unsigned page = 0; page < Obj_space::Pages; ++page) {
    if (space._pages[page] == Obj_space::No_slots) continue;
    for (unsigned i = 0; i < Obj_space::Slots_per_page; ++i)
      visit(space._pages[page][i]);
  }
}

void find(Kobject &object, Found &found)
{
  if (!found.objects.insert(&object).second) return;
  if (object.type() == Kobject::Type::Thread) found.threads.push_back(static_cast<Thread *>(&object));
  if (object.type() != Kobject::Type::Task) return;
  auto &task = static_cast<Task &>(object);
  found.tasks.push_back(&task);
  for_each_slot(task, [&](Cap_slot &slot) {
    if (Cap cap = slot.get(); cap && !cap.object->is_dead()) find(*cap.object, found);
  });
}

Found find_all(Task &root)
{
  Found found;
  find(root, found);
  return found;
}

// ---- queues -----------------------------------------------------------------------------------

void check_ready_queue(Cpu &cpu)
{
  Ready_queue &queue = cpu.ready;
  Prio best = 0;
  for (unsigned prio = 0; prio < 256; ++prio) {
    Link &list = queue._lists[prio];
    bool marked = queue._bitmap[prio / 64] >> prio % 64 & 1;
    if (marked != list.is_linked()) fail("ready queue: bitmap and list of priority %u differ", prio);
    if (marked) best = Prio(prio);
    for (Link *link = list.next(); link != &list; link = link->next()) {
      Thread &t = Ready_queue::of_link(*link);
      if (t.prio() != prio) fail("ready queue: a thread of priority %u on level %u", t.prio(), prio);
      if (!t.is_ready() || t.is_parked()) fail("ready queue: a thread in state %u, parked %d", unsigned(t.state()), t.is_parked());
      if (&t == cpu.current) fail("ready queue: it holds the running thread");
    }
  }
  if (best != queue.best_prio()) fail("ready queue: best priority %u is not %u", queue.best_prio(), best);
}

void check_timeouts(Timeout_node **place, Microseconds above)
{
  Timeout_node *node = *place;
  if (!node) return;
  if (node->_place != place) fail("timeouts: broken link");
  if (node->deadline() < above) fail("timeouts: out of order");
  Thread &t = Thread::of_timeout(*node);
  if (t.state() != State::Sending && t.state() != State::Receiving && t.state() != State::Waiting_gate
      && t.state() != State::Waiting_semaphore)
    fail("timeouts: armed for a thread in state %u", unsigned(t.state()));
  for (Timeout_node *&child : node->_armed.child)
    check_timeouts(&child, node->deadline());
}

void check_senders(Sender_queue &queue)
{
  int above = 256;
  if (queue._first & Sender_queue::Locked) fail("sender queue: locked outside of the kernel");
  for (Sender *head = queue.first(); head; head = queue.next_level(*head)) {
    if (int(head->_queue_prio) >= above) fail("sender queue: levels out of order");
    above = head->_queue_prio;
    Sender *sender = head;
    do {
      if (sender->_queue != &queue) fail("sender queue: a member that does not know it");
      if (sender->_queue_prio != head->_queue_prio) fail("sender queue: priorities mixed");
      if (sender->_kind == Sender::Kind::Thread) {
        State state = static_cast<Thread *>(sender)->state();
        if (state != State::Sending && state != State::Waiting_gate && state != State::Waiting_semaphore)
          fail("sender queue: a thread in state %u", unsigned(state));
      }
      sender = Sender_queue::next_in_ring(*sender);
    } while (sender != head);
  }
}

// ---- threads ----------------------------------------------------------------------------------

void check_links(Thread &t)
{
  if (Thread *caller = t._implicit_reply._caller; caller && caller->_stored_in != &t._implicit_reply)
    fail("reply slot: the caller does not know it");
  if (t._stored_in && t._stored_in->_caller != &t) fail("reply slot: it does not hold its caller");
  // its partner may be sending it an answer without using the slot, in steps
  bool waits = t.state() == State::Receiving || (t.state() == State::Transferring && !t._transfer_sender);
  if (t._stored_in && !waits) fail("reply slot: a caller in state %u", unsigned(t.state()));
  if (Thread *peer = t._transfer_peer) {
    if (peer->_transfer_peer != &t || peer->_transfer_sender == t._transfer_sender) fail("transfer: not mutual");
    bool one = (t.state() == State::Transferring) != (peer->state() == State::Transferring);
    if (!one) fail("transfer: states %u and %u", unsigned(t.state()), unsigned(peer->state()));
  } else if (t.state() == State::Transferring) {
    fail("transfer: without a partner");
  }
  if (t.deletion_irq() && t.deletion_irq()->_deletion_of != &t) fail("deletion IRQ: not mutual");
}

void check_thread(Cpu &cpu, Thread &t)
{
  bool runnable = t.is_ready() && !t.is_parked() && &t != cpu.current && t.prio();
  if (runnable != t.is_enqueued())
    fail("thread: state %u, parked %d, current %d, but %sin the ready queue", unsigned(t.state()), t.is_parked(),
         &t == cpu.current, t.is_enqueued() ? "" : "not ");
  bool waits = t.state() == State::Sending || t.state() == State::Waiting_gate || t.state() == State::Waiting_semaphore;
  if (t.is_queued() && !waits) fail("thread: in a sender queue in state %u", unsigned(t.state()));
  if ((t.state() == State::Waiting_gate || t.state() == State::Waiting_semaphore) && !t.is_queued())
    fail("thread: waits in no queue in state %u", unsigned(t.state()));
  if (t._timeout.is_armed() && !waits && t.state() != State::Receiving) fail("thread: timeout armed in state %u", unsigned(t.state()));
  check_senders(t._senders);
  check_links(t);
}

// ---- spaces -----------------------------------------------------------------------------------

void check_slots(Task &task)
{
  for_each_slot(task, [](Cap_slot &slot) {
    if (!slot._entry) return;
    Cap cap = slot.get();
    if (cap.flags & Cap_slot::Busy) fail("capability slot: busy outside of the kernel");
    if (*slot.link != &slot) fail("capability slot: not in its object's list");
    if (slot.next && slot.next->link != &slot.next) fail("capability slot: broken list");
    if (slot.next && slot.next->get().object != cap.object) fail("capability slot: lists of two objects mixed");
  });
}


void check_node(Map_space &space, Node *node, Page_entry entry, Word address, unsigned level)
{
  if (entry.pinned()) return; // kernel-user memory is in no tree
  if (!node) fail("page %#lx has no node", address);
  if (node->space != &space || node->address() != address) fail("page %#lx: the node belongs to another", address);
  if (node->is_large() != (level == 1)) fail("page %#lx: node of another size", address);
  Node *next = Node::of(node->next), *parent = Node::of(node->parent);
  if (next && next->is_large() == node->is_large()) {
    if (Node::of(next->prev) != node) fail("page %#lx: broken tree", address);
    if (next->depth > node->depth + 1) fail("page %#lx: the next node is too deep", address);
  }
  if (parent && parent->depth + 1 != node->depth) fail("page %#lx: depth %u below %u", address, node->depth, parent->depth);
}

void check_table(Map_space &space, Word *table, unsigned level, Word base)
{
  for (unsigned i = 0; i < 512; ++i) {
    Word address = base + (Word{i} << (12 + 9 * level));
    if (address > space._last) return;
    Page_entry entry(table[i]);
    bool claimed = table[i] & Page_entry::Claimed && !entry.present();
    if (claimed && !entry.pinned()) fail("page %#lx: claimed for ever", address);
    if (!entry.present()) continue;
    if (level && entry.is_table())
      check_table(space, static_cast<Word *>(Kmem::virt_of(entry.frame())), level - 1, address);
    else
      check_node(space, Map_space::node_of(&table[i]), entry, address, level);
  }
}

void check_tables(Map_space &space)
{
  if (Word *root = space.root_table()) check_table(space, root, space._top_level, 0);
}

} // namespace

/// A thread has a reference for its life and one for each that is bound to it; there may be objects that are found no more.
static void check_references(Found const &found)
{
  std::map<Thread *, int> least;
  for (Kobject *object : found.objects) {
    Thread *thread = nullptr;
    if (object->type() == Kobject::Type::Ipc_gate) thread = static_cast<Ipc_gate *>(object)->thread();
    if (object->type() == Kobject::Type::Irq) thread = static_cast<Irq *>(object)->thread();
    if (thread) ++least[thread];
  }
  for (Thread *thread : found.threads)
    ++least[thread];
  for (auto [thread, references] : least)
    if (thread->_keepers < references) fail("thread: %d references, and %d kept count", references, thread->_keepers);
}

void check_scheduling(Task &root)
{
  Cpu &cpu = Cpu::self();
  check_ready_queue(cpu);
  check_timeouts(&cpu.timeouts._root, Microseconds(0));
  Found found = find_all(root);
  for (Thread *thread : found.threads)
    check_thread(cpu, *thread);
  check_references(found);
  for (Kobject *object : found.objects) {
    if (object->type() == Kobject::Type::Ipc_gate) check_senders(static_cast<Ipc_gate *>(object)->_waiters);
    if (object->type() == Kobject::Type::Semaphore) check_senders(static_cast<Semaphore *>(object)->_waiters);
    if (object->type() == Kobject::Type::Irq || object->type() == Kobject::Type::Semaphore) {
      auto &irq = static_cast<Irq_base &>(*object);
      if (irq._chip && *irq._chip->binding(irq._pin) != &irq) fail("interrupt pin %u: bound to another object", irq._pin);
    }
    if (object->type() == Kobject::Type::Factory) {
      auto &factory = static_cast<Factory &>(*object);
      if (factory.limit() && factory.used() > factory.limit()) fail("quota: %lu of %lu used", factory.used(), factory.limit());
    }
  }
}

void check_spaces(Task &root)
{
  for (Task *task : find_all(root).tasks) {
    check_slots(*task);
    check_tables(task->_mem);
    check_tables(task->_io);
  }
}

} // namespace fuzz
