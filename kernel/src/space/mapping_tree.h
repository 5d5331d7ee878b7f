// SPDX-License-Identifier: MIT
// The mapping database: who got which page from whom.
#pragma once

#include "mem/slab.h"
#include "space/map_space.h"
#include "types/spin_lock.h"

/// One mapping of one page. The mappings of a frame form trees; a tree is a list in depth-first
/// order (a node, then everything derived from it), so the subtree of a node is the run of deeper
/// nodes behind it. References are 32 bit wide: physical addresses in units of 32 bytes, 0 = none.
///
/// A large page that is passed on in small pieces has a list of small nodes for each of its 512
/// frames, so that unmapping a piece does not touch the others. Such a list starts and ends at
/// the large node: the `prev` of its first and the `next` of its last node name the large one.
struct alignas(32) Node {
  u32 next, prev;
  u32 parent; ///< the mapping this one was made from; 0: a root
  u32 depth;
  Map_space *space;
  Word page; ///< address; bit 0: large; bits 9..1 of a small page: number of its frame in 2 MiB

  static constexpr Word Large = 1;
  static constexpr Word make_page(Word address, Word frame, bool large)
  {
    return address | (large ? Large : (frame >> Page_shift & 511) << 1);
  }
  bool is_large() const { return page & Large; }
  Word address() const { return page & ~(Page_size - 1); }
  Word bytes() const { return is_large() ? Superpage_size : Page_size; }
  unsigned piece() const { return page >> 1 & 511; }

  /// The heap is no farther than 128 GiB from arch::Kmem_base, and does not begin there.
  u32 ref() const { return u32((reinterpret_cast<Word>(this) - arch::Kmem_base) / sizeof(Node)); }
  static Node *of(u32 ref)
  {
    return ref ? reinterpret_cast<Node *>(arch::Kmem_base + Word{ref} * sizeof(Node)) : nullptr;
  }
};
static_assert(sizeof(Node) == 32);

/// Heads of the lists of small nodes below a large node; `used` tells which of them exist.
struct Pieces {
  u64 used[8];
  u32 head[512];
};

struct Large_node : Node {
  Pieces *pieces; ///< null: none; present while there is at least one piece
};

/// The lock of a tree and the operations under it. Trees are hashed by the 2 MiB block of their
/// frame, so a large page and its pieces share a lock. Lock order: one tree, then the locks of
/// mem/.
///
/// Trees may be as deep and as wide as memory allows. Removal takes first leaves; the way down to
/// one is part of the budget, and where a step ended is kept in the bucket.
class Mapping_tree {
  using Small_nodes = Slab_of<Node>;

public:
  /// What is visited of a subtree, and what of it was found out. The range counts 4 KiB frames and
  /// restricts only the pieces of the top node.
  struct Sweep {
    Node *top;
    unsigned first = 0, end = 512;
    u8 access_flags = 0;
  };

  /// Locks the trees of the frame.
  explicit Mapping_tree(Phys_addr frame)
      : _bucket(_buckets[(frame.value() >> Superpage_shift) % Buckets])
  {
    _bucket.lock.lock();
  }
  Mapping_tree(Mapping_tree const &) = delete;
  Mapping_tree &operator=(Mapping_tree const &) = delete;
  ~Mapping_tree() { _bucket.lock.unlock(); }
  /// The trees of all frames are locked that differ in none of these bits from one that is.
  static constexpr Word Bucket_bits = (Word{64} - 1) << Superpage_shift;

  /// A node for a page of `space`, in no tree yet, charged to the space's quota; null without
  /// memory.
  static Node *create(Map_space &space, Word page);
  static void destroy(Node *node);
  /// Memory for nodes of small pages of this space, a chain (mem/slab.h); returns how many.
  static unsigned alloc_small(Map_space &space, unsigned count, void *&nodes)
  {
    if (count != 1) return Small_nodes::alloc_chain(space.quota(), count, nodes);
    nodes = Small_nodes::alloc(space.quota());
    return nodes ? 1 : 0;
  }
  static void free_small(Map_space &space, unsigned count, void *nodes)
  {
    if (count != 1) return Small_nodes::free_chain(space.quota(), count, nodes);
    Small_nodes::free(nodes, space.quota());
  }
  /// Make `child` the first child of `parent`. False without memory for the pieces (charged to the
  /// space of `parent`, which divides its page).
  bool insert(Node *parent, Node *child);
  /// Both at once: a page of `space` as a child of `parent`; null without memory.
  Node *derive(Node *parent, Map_space &space, Word page);
  /// insert() as the first of the list of `parent`, which is parent->next where both pages are of
  /// one size: no memory is needed. `is_large`: what the child is.
  static void link(u32 &list, Node *parent, Node *child, bool is_large)
  {
    u32 self = child->ref(), above = parent->ref();
    child->parent = child->prev = above;
    child->depth = parent->depth + 1; // fits: there are fewer than 2^32 nodes
    child->next = list;
    Node *next = Node::of(child->next);
    if (next && next->is_large() == is_large) next->prev = self;
    list = self;
  }
  /// Move a node, and all that was derived from it, to another page of the same size. False if the
  /// quota of the new space does not allow it.
  bool move(Node *node, Map_space &space, Word page);

  /// Remove everything derived from the top node, leaf by leaf. True when done.
  bool remove_children(Sweep &sweep, Budget &budget, Tlb_batch &tlb);
  /// Nothing was derived from this small page.
  static bool is_leaf(Node const *node)
  {
    Node const *next = Node::of(node->next);
    return !next || next->depth <= node->depth;
  }
  /// Of neighbouring small pages, from this entry on: remove those from which nothing was derived,
  /// up to the first other one, or one of a tree that is not locked. `frame`: the one that is.
  struct Removed {
    unsigned pages = 0;
    Word entries = 0;      ///< all bits of the entries that were removed
    void *nodes = nullptr; ///< to be given to free_small()
  };
  [[gnu::always_inline]] Removed remove_leaves(Word *entry, Phys_addr frame, unsigned count)
  {
    Removed removed;
    for (; removed.pages < count; ++removed.pages, ++entry) {
      Word seen = __atomic_load_n(entry, __ATOMIC_RELAXED);
      if (!Page_entry(seen).is_ordinary() || (seen ^ frame.value()) & Bucket_bits) break;
      Node *node = Map_space::node_of(entry);
      if (!is_leaf(node) || _bucket.has_walks) break;
      removed.entries |= __atomic_exchange_n(entry, 0, __ATOMIC_RELEASE);
      unlink(node, false);
      Slab::push(removed.nodes, node);
    }
    return removed;
  }
  /// Remove a node without children, and its page, of which this is the entry.
  u8 remove(Node *node, Word *entry, Tlb_batch &tlb);
  /// Take rights (Fpage::W, Fpage::X) from everything derived from the top node. Returns 0 when
  /// done, else a ticket below 4096 for the call that goes on; `ticket` is 0 at the first call.
  unsigned withdraw_children(Sweep &sweep, u8 rights, unsigned ticket, Budget &budget,
                             Tlb_batch &tlb);
  /// Take rights from one mapping; returns its access flags.
  static u8 withdraw(Node *node, u8 rights, Tlb_batch &tlb);

private:
  /// How far a walk had come that did not end within one step. `at` is derived from the top. A node
  /// that is removed under a walk moves it to its predecessor.
  ///
  /// Withdrawals have tickets. A record may be lost to later ones (there are few); who misses it
  /// starts over, which is harmless: taking rights twice is taking them once.
  ///
  /// Removals keep how deep they had come. Whoever removes below the same top shares the record.
  /// When there are more removals in deep trees than places, the shallowest gives way: so the
  /// deepest one comes to its leaf whatever the others do. One that was left behind by a killed
  /// thread is overwritten after many attempts.
  struct Walk {
    Node *top = nullptr, *at = nullptr; ///< null: the record is free
    u16 first = 0, end = 0;             ///< of a removal
    unsigned ticket = 0; ///< of a withdrawal; a removal: attempts of others since its last use
  };
  struct alignas(256) Bucket {            // a power of two: found by a shift
    static constexpr unsigned Places = 4; ///< for each kind
    Spin_lock lock;
    bool has_walks = false; ///< some record is in use: a walk that goes on may stand at any node
    unsigned last_ticket = 0;
    enum Kind { Removal, Withdrawal, Kinds };
    Walk walk[Kinds][Places];
  };
  static constexpr unsigned Buckets = (Bucket_bits >> Superpage_shift) + 1;

  static void unlink(Node *node, bool is_large);
  static void unlink_piece(Node *node, Node *owner);
  void leave(Node *node);
  void end(Walk *walk);
  Walk *removal_of(Sweep const &sweep);
  void keep_removal(Sweep const &sweep, Node *at);

  static Bucket _buckets[Buckets];

  Bucket &_bucket;
};

inline void Mapping_tree::unlink(Node *node, bool is_large)
{
  Node *next = Node::of(node->next), *prev = Node::of(node->prev);
  bool in_list = prev && prev->is_large() == is_large;
  if (next && next->is_large() == is_large) next->prev = node->prev;
  if (in_list) [[likely]]
    prev->next = node->next;
  else if (prev)
    unlink_piece(node, prev);
}
