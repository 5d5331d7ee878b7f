// SPDX-License-Identifier: MIT
#include "space/mapping_tree.h"

#include <new>

namespace {

using Large_nodes = Slab_of<Large_node>;
using Piece_tables = Slab_of<Pieces>;

Large_node *large(Node *node) { return static_cast<Large_node *>(node); }

// A neighbour in the same list, as opposed to the large node at the ends of a list of pieces.
bool same_list(Node const *a, Node const *b) { return a && a->is_large() == b->is_large(); }

// First piece of a large node at a frame number in [first, end).
Node *first_piece(Node *node, unsigned first, unsigned end)
{
  Pieces *pieces = large(node)->pieces;
  if (!pieces) return nullptr;
  for (unsigned i = first; i < end; i = (i | 63) + 1) {
    u64 word = pieces->used[i / 64] >> i % 64;
    if (!word) continue;
    i += unsigned(__builtin_ctzl(word));
    return i < end ? Node::of(pieces->head[i]) : nullptr;
  }
  return nullptr;
}

Node *first_child(Node *node, unsigned first, unsigned end)
{
  if (node->is_large())
    if (Node *piece = first_piece(node, first, end)) return piece;
  // what is not deeper is no child: the large node at the end of a list of pieces neither
  Node *next = Node::of(node->next);
  return next && next->depth > node->depth ? next : nullptr;
}

// The node after `node` in depth-first order within the sweep; null at its end.
Node *successor(Node *node, Mapping_tree::Sweep const &sweep)
{
  Node *owner = node;
  unsigned first = node == sweep.top ? sweep.first : 0;
  if (!node->is_large()) {
    Node *next = Node::of(node->next);
    if (same_list(next, node))
      return sweep.top->is_large() || next->depth > sweep.top->depth ? next : nullptr;
    if (!sweep.top->is_large()) return nullptr;
    owner = next; // end of a list of pieces
    first = node->piece() + 1;
  }
  unsigned end = owner == sweep.top ? sweep.end : 512;
  if (Node *piece = first_piece(owner, first, end)) return piece;
  Node *next = Node::of(owner->next);
  return next && next->depth > sweep.top->depth ? next : nullptr;
}

} // namespace

constinit Mapping_tree::Bucket Mapping_tree::_buckets[Buckets];

Node *Mapping_tree::create(Map_space &space, Word page)
{
  Node node{.next = 0, .prev = 0, .parent = 0, .depth = 0, .space = &space, .page = page};
  if (page & Node::Large) {
    void *memory = Large_nodes::alloc(space.quota());
    return memory ? new (memory) Large_node{node, nullptr} : nullptr;
  }
  void *memory = Small_nodes::alloc(space.quota());
  return memory ? new (memory) Node(node) : nullptr;
}

void Mapping_tree::destroy(Node *node)
{
  if (node->is_large())
    Large_nodes::free(large(node), node->space->quota());
  else
    Small_nodes::free(node, node->space->quota());
}

bool Mapping_tree::insert(Node *parent, Node *child)
{
  if (!parent->is_large() || child->is_large()) {
    link(parent->next, parent, child, child->is_large());
    return true;
  }
  Pieces *&pieces = large(parent)->pieces;
  if (!pieces) {
    pieces = static_cast<Pieces *>(Piece_tables::alloc(parent->space->quota()));
    if (!pieces) return false;
    for (u64 &word : pieces->used) // heads are valid only where `used` says so
      word = 0;
  }
  unsigned i = child->piece();
  u64 &used = pieces->used[i / 64], bit = u64{1} << i % 64;
  if (!(used & bit)) pieces->head[i] = parent->ref(); // the end of the new list
  used |= bit;
  link(pieces->head[i], parent, child, false);
  return true;
}

Node *Mapping_tree::derive(Node *parent, Map_space &space, Word page)
{
  Node *node = create(space, page);
  if (!node || insert(parent, node)) return node;
  destroy(node);
  return nullptr;
}

// Parent, depth and place in the list stay: for the tree the mapping only has a new address.
bool Mapping_tree::move(Node *node, Map_space &space, Word page)
{
  Word bytes = node->is_large() ? sizeof(Large_node) : sizeof(Node);
  if (node->is_large() && large(node)->pieces) bytes += sizeof(Pieces);
  if (!space.quota().charge(bytes)) return false;
  node->space->quota().refund(bytes);
  node->space = &space;
  node->page = page;
  return true;
}

// The last or only one of a list of pieces goes, or its first.
void Mapping_tree::unlink_piece(Node *node, Node *owner)
{
  Pieces *pieces = large(owner)->pieces;
  unsigned i = node->piece();
  if (Node *next = Node::of(node->next); same_list(next, node)) {
    pieces->head[i] = node->next;
    return;
  }
  pieces->used[i / 64] &= ~(u64{1} << i % 64);
  u64 left = 0;
  for (u64 word : pieces->used)
    left |= word;
  if (left) return;
  Piece_tables::free(pieces, owner->space->quota());
  large(owner)->pieces = nullptr;
}

// Walks must not stay on a node that goes. Behind its predecessor they repeat a little at most;
// what precedes a node in its list is derived from the same top, or is the top.
void Mapping_tree::leave(Node *node)
{
  for (auto &kind : _bucket.walk)
    for (Walk &walk : kind) {
      if (walk.top == node) walk = {};
      if (walk.at == node) walk.at = Node::of(node->prev);
    }
}

// A walk is done, if it had a record.
void Mapping_tree::end(Walk *walk)
{
  if (walk) *walk = {};
  _bucket.has_walks = false;
  for (auto const &kind : _bucket.walk)
    for (Walk const &other : kind)
      _bucket.has_walks |= other.top != nullptr;
}

u8 Mapping_tree::remove(Node *node, Word *entry, Tlb_batch &tlb)
{
  // last use of the shadow: once the entry is empty, it belongs to whoever claims it
  Page_entry old(__atomic_exchange_n(entry, 0, __ATOMIC_RELEASE));
  node->space->note_unmapped(node->address(), node->bytes(), old.value(), node->is_large(), tlb);
  if (_bucket.has_walks) [[unlikely]]
    leave(node);
  unlink(node, node->is_large());
  destroy(node);
  return old.access_flags();
}

Mapping_tree::Walk *Mapping_tree::removal_of(Sweep const &sweep)
{
  for (Walk &walk : _bucket.walk[Bucket::Removal])
    if (walk.top == sweep.top && walk.first == sweep.first && walk.end == sweep.end) return &walk;
  return nullptr;
}

void Mapping_tree::keep_removal(Sweep const &sweep, Node *at)
{
  constexpr unsigned Worth_keeping = 8, Patience = 1024;
  if (at->depth - sweep.top->depth < Worth_keeping) return;
  Walk *place = removal_of(sweep);
  for (Walk &walk : _bucket.walk[Bucket::Removal]) {
    if (place) break;
    if (!walk.top || ++walk.ticket > Patience) place = &walk;
  }
  for (Walk &walk : _bucket.walk[Bucket::Removal])
    if (!place && walk.at->depth < at->depth) place = &walk;
  if (!place) return;
  *place = {sweep.top, at, u16(sweep.first), u16(sweep.end)};
  _bucket.has_walks = true;
}

// Only leaves are removed, so at any moment the tree is complete and correct for others.
bool Mapping_tree::remove_children(Sweep &sweep, Budget &budget, Tlb_batch &tlb)
{
  Walk *kept = _bucket.has_walks ? removal_of(sweep) : nullptr;
  Node *node = kept ? kept->at : sweep.top;
  while (true) {
    bool is_top = node == sweep.top;
    Node *child = first_child(node, is_top ? sweep.first : 0, is_top ? sweep.end : 512);
    if (!child && is_top) break;
    if (budget.is_spent()) {
      keep_removal(sweep, node);
      return false;
    }
    if (child) {
      node = child;
      budget.spend(Budget::Pass);
      continue;
    }
    budget.spend(Budget::Remove);
    Node *parent = Node::of(node->parent);
    sweep.access_flags |= remove(node, node->space->walk(node->address()).entry, tlb);
    node = parent;
  }
  if (_bucket.has_walks) [[unlikely]]
    end(removal_of(sweep));
  return true;
}

u8 Mapping_tree::withdraw(Node *node, u8 rights, Tlb_batch &tlb)
{
  Word *entry = node->space->walk(node->address()).entry;
  Page_entry old(__atomic_load_n(entry, __ATOMIC_RELAXED));
  if (old.rights() & rights) {
    if (rights & Fpage::W) __atomic_fetch_and(entry, ~Word{Page_entry::Write}, __ATOMIC_RELAXED);
    if (rights & Fpage::X) __atomic_fetch_or(entry, Page_entry::No_execute, __ATOMIC_RELAXED);
    // whatever its Accessed bit: a CPU may be about to set it and keep the rights of before
    node->space->unmapped(node->address(), node->bytes(), node->is_large(), tlb);
  }
  return Page_entry(__atomic_load_n(entry, __ATOMIC_RELAXED)).access_flags();
}

unsigned Mapping_tree::withdraw_children(Sweep &sweep, u8 rights, unsigned ticket, Budget &budget,
                                         Tlb_batch &tlb)
{
  Node *at = sweep.top;
  Walk *place = &_bucket.walk[Bucket::Withdrawal][ticket % Bucket::Places];
  if (ticket && place->ticket == ticket && place->top == sweep.top)
    at = place->at;
  else
    ticket = 0;
  while (Node *node = successor(at, sweep)) {
    if (budget.is_spent()) {
      if (!ticket) {
        ticket = _bucket.last_ticket = _bucket.last_ticket % 4095 + 1;
        place = &_bucket.walk[Bucket::Withdrawal][ticket % Bucket::Places];
      }
      *place = {.top = sweep.top, .at = at, .ticket = ticket};
      _bucket.has_walks = true;
      return ticket;
    }
    budget.spend(Budget::Visit);
    sweep.access_flags |= withdraw(node, rights, tlb);
    at = node;
  }
  if (ticket) end(place);
  return 0;
}
