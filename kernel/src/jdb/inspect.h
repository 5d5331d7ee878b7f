// SPDX-License-Identifier: MIT
// The one place through which the debugger sees the private parts of the kernel's classes. It only
// reads.
#pragma once

#include "mem/kmem.h"
#include "obj/ipc_gate.h"
#include "obj/semaphore.h"
#include "obj/task.h"
#include "obj/thread.h"
#include "sched/cpu.h"
#include "space/mapping_tree.h"

/// Friend of the classes it looks into.
struct Inspect {
  // ---- threads ----
  static u64 partner_id(Thread const &t) { return t._partner_id; }
  static Thread *transfer_peer(Thread const &t) { return t._transfer_peer; }
  static u32 pager(Thread const &t) { return t._pager; }
  static u32 exception_handler(Thread const &t) { return t._exc_handler; }
  static u32 quantum(Thread const &t) { return t._quantum_us; }
  static Timeout_node const &timeout(Thread const &t) { return t._timeout; }
  static Word last_selector(Thread const &t) { return t.frame().rdx; }
  static Thread const &thread_of(Timeout_node const &node)
  {
    return Thread::of_timeout(const_cast<Timeout_node &>(node));
  }

  // ---- CPUs ----
  static Thread const *idle(Cpu const &cpu) { return cpu._idle; }
  /// Of the timeouts in `tree` the one that follows `last` (null: the first), by deadline and address; else `best`.
  static Timeout_node const *after(Timeout_node const *last, Timeout_node const *tree,
                                   Timeout_node const *best = nullptr)
  {
    auto precedes = [](Timeout_node const *a, Timeout_node const *b) {
      return a->deadline() < b->deadline() || (a->deadline() == b->deadline() && a < b);
    };
    if (!tree) return best;
    if ((!last || precedes(last, tree)) && (!best || precedes(tree, best))) best = tree;
    return after(last, tree->_armed.child[1], after(last, tree->_armed.child[0], best));
  }
  /// Call f(Thread const &) for the ready threads of one priority; at most `most`.
  template <class F> static void for_each_ready(Ready_queue const &queue, Prio prio, F &&f)
  {
    constexpr unsigned Most = 10000;
    Link const *list = &queue._lists[prio];
    unsigned left = Most;
    for (Link const *link = list->next(); link != list && left; link = link->next(), --left) {
      f(Ready_queue::of_link(const_cast<Link &>(*link)));
    }
  }

  // ---- capabilities ----
  static Word slots_end(Obj_space const &space)
  {
    return Word{space._pages_end} * Obj_space::Slots_per_page;
  }

  // ---- memory ----
  /// What a task's tables say of an address: a page (present) or a hole of `span` bytes.
  struct Page {
    bool present;
    Page_entry entry;
    Word span;
    Node const *node;
  };
  static Page page_at(Mem_space const &space, Word address)
  {
    Map_space::Slot slot = space.walk(address);
    if (!slot.entry) return {false, Page_entry(0), User_max + 1, nullptr};
    Node const *node = slot.present() ? Map_space::node_of(slot.entry) : nullptr;
    return {slot.present(), slot.page(), slot.span(), node};
  }
  /// The first mapping of a small page that was made from this large one, of the frame with this
  /// number in it; null: none.
  static Node const *first_piece(Node const &large, unsigned frame)
  {
    if (!large.is_large()) return nullptr;
    Pieces const *pieces = static_cast<Large_node const &>(large).pieces;
    bool there = pieces && (pieces->used[frame / 64] >> frame % 64 & 1);
    return there ? node(pieces->head[frame]) : nullptr;
  }
  /// A node by the reference that others keep of it (space/mapping_tree.h); null: none.
  static Node const *node(u32 reference) { return Node::of(reference); }
};
