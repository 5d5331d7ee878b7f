// SPDX-License-Identifier: MIT
// The mapping database: who got which page from whom.
#pragma once

#include "space/map_space.h"
#include "types/spin_lock.h"

/// One mapping of one page. The mappings of a frame form trees; a tree is a list in depth-first
/// order (a node, then everything derived from it), so the subtree of a node is the run of deeper
/// nodes behind it. References are 32 bit wide: heap offsets in units of 32 bytes, 0 = none.
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
public:
  /// What is visited of a subtree, and what of it was found out. The range counts 4 KiB frames and
  /// restricts only the pieces of the top node.
  struct Sweep {
    Node *top;
    unsigned first = 0, end = 512;
    u8 access_flags = 0;
  };

  /// Locks the trees of the frame.
  explicit Mapping_tree(Phys_addr frame);
  Mapping_tree(Mapping_tree const &) = delete;
  Mapping_tree &operator=(Mapping_tree const &) = delete;
  ~Mapping_tree();
  /// The trees of this frame are locked, too.
  bool covers(Phys_addr frame) const { return &bucket_of(frame) == &_bucket; }

  /// A node for a page of `space`, in no tree yet, charged to the space's quota; null without
  /// memory.
  static Node *create(Map_space &space, Word page);
  /// The same for a small page whose node is charged already.
  static Node *create_charged(Map_space &space, Word page);
  static void destroy_uncharged(Node *node);
  static void destroy(Node *node);
  /// Make `child` the first child of `parent`. False without memory for the pieces (charged to the
  /// space of `parent`, which divides its page).
  bool insert(Node *parent, Node *child);
  /// Move a node, and all that was derived from it, to another page of the same size. False if the
  /// quota of the new space does not allow it.
  bool move(Node *node, Map_space &space, Word page);
  static bool is_child(Node const *node, Node const *parent);

  /// Remove everything derived from the top node, leaf by leaf. True when done.
  bool remove_children(Sweep &sweep, Budget &budget, Tlb_batch &tlb);
  /// Nothing was derived from this small page.
  static bool is_leaf(Node const *node);
  /// Remove a node without children, and its page, of which this is the entry.
  u8 remove(Node *node, Word *entry, Tlb_batch &tlb);
  /// Take rights (Fpage::W, Fpage::X) from everything derived from the top node. Returns 0 when
  /// done, else a ticket below 4096 for the call that goes on; `ticket` is 0 at the first call.
  unsigned withdraw_children(Sweep &sweep, u8 rights, unsigned ticket, Budget &budget,
                             Tlb_batch &tlb);
  /// Take rights from one mapping; returns its access flags.
  static u8 withdraw(Node *node, u8 rights, Tlb_batch &tlb);

private:
  /// Position of a walk that did not end within one step. A node that is removed under a cursor
  /// moves it to its predecessor. A cursor may be lost to later walks (there are few); the walk
  /// that misses it starts over, which is harmless: taking rights twice is taking them once.
  struct Cursor {
    Node *top = nullptr, *at = nullptr;
    unsigned ticket = 0;
  };
  /// How deep a removal had come. `at` is derived from the top. Whoever removes below the same top
  /// shares it. When there are more removals in deep trees than places, the shallowest gives way:
  /// so the deepest one comes to its leaf whatever the others do. One that was left behind by a
  /// killed thread is overwritten after many attempts.
  struct Descent {
    Node *top = nullptr, *at = nullptr;
    unsigned first = 0, end = 0;
    unsigned misses = 0; ///< attempts of others since it was last used
  };
  struct Bucket {
    static constexpr unsigned Cursors = 4;
    Spin_lock lock;
    bool has_cursors = false; ///< some cursor is in use, or was given up
    bool has_descents = false;
    unsigned last_ticket = 0;
    Cursor cursor[Cursors];
    Descent descent[Cursors];
  };
  static constexpr unsigned Buckets = 64;

  static Bucket &bucket_of(Phys_addr frame);
  static Node *first_piece(Node *node, unsigned first, unsigned end);
  static Node *first_child(Node *node, unsigned first, unsigned end);
  static Node *successor(Node *node, Sweep const &sweep);
  void unlink(Node *node);
  void leave(Node *node);
  Descent *descent_of(Sweep const &sweep);
  void keep_descent(Sweep const &sweep, Node *at);

  Bucket &_bucket;
};
