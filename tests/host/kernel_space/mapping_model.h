// SPDX-License-Identifier: MIT
// What mapping and unmapping of memory means, written as plainly as possible: trees of mappings
// with rights, no steps, no tables. The kernel must behave like this (abi/ipc.md section 4,
// abi/kernel-objects.md sections 2 and 2a).
#pragma once

#include "types/fpage.h"

#include <map>
#include <set>
#include <string>
#include <vector>

class Mapping_model {
public:
  static constexpr Word Kib4 = Page_size, Mib2 = Superpage_size;

  struct Mapping {
    int space;
    Word address;
    bool large;
    Word frame;
    u8 rights, flags;
    Mapping *parent;
    std::set<Mapping *> children;

    Word bytes() const { return large ? Mib2 : Kib4; }
  };

  explicit Mapping_model(int spaces) : _spaces(spaces) {}
  ~Mapping_model()
  {
    for (int i = 0; i < int(_spaces.size()); ++i)
      unmap(i, 0, ~Word{0} >> 1, 7, true);
  }

  Mapping *find(int space, Word address)
  {
    auto &pages = _spaces[space].pages;
    for (Word base : {trunc_to(address, 21), trunc_to(address, 12)})
      if (auto p = pages.find(base);
          p != pages.end() && p->second->address + p->second->bytes() > address)
        return p->second;
    return nullptr;
  }
  bool is_pinned(int space, Word address)
  {
    return _spaces[space].pinned.count(trunc_to(address, 12));
  }

  /// Space 0 is sigma0's.
  bool map(int from, int to, Word source, Word destination, Word size, u8 rights, bool grant)
  {
    bool mapped = false;
    for (Word offset = 0; offset < size;) {
      Word src = source + offset, dst = destination + offset;
      if (from == 0) make_root(src);
      Mapping *s = find(from, src);
      u8 effective = s ? s->rights & rights : 0;
      if (!s || is_pinned(from, src)) {
        offset += Kib4;
        continue;
      }
      if (!effective) {
        offset = trunc_to(src, s->large ? 21 : 12) + s->bytes() - source;
        continue;
      }
      effective |= Fpage::R; // the hardware knows no page that cannot be read
      bool large =
          s->large && (src | dst) % Mib2 == 0 && size - offset >= Mib2 && !had_small(to, dst);
      Word bytes = large ? Mib2 : Kib4, frame = s->frame + (src - s->address);
      bool moves = grant && s->large == large;
      if (is_pinned(to, dst)) {
        offset += bytes;
        continue;
      }
      if (Mapping *d = find(to, dst)) {
        if (d->large != large || d->frame != frame || d->parent != s || moves) {
          remove(d);
          if (from == 0 && !find(0, src)) offset += Kib4; // it was the source itself
          continue;                                       // the source may be gone
        }
        d->rights |= effective;
      } else {
        insert(s, to, dst, large, frame, effective, moves);
      }
      mapped = true;
      offset += bytes;
    }
    return mapped;
  }

  u8 unmap(int space, Word base, Word size, u8 rights, bool own)
  {
    u8 all_flags = 0;
    auto &pages = _spaces[space].pages;
    std::vector<Word> hit;
    for (auto [address, m] : pages)
      if (address < base + size && address + m->bytes() > base) hit.push_back(address);
    for (Word address : hit) {
      auto still = pages.find(address);
      if (still == pages.end()) continue; // gone with an earlier one
      Mapping *m = still->second;
      Word first = m->frame, last = m->frame + m->bytes();
      if (m->large && !own) {
        if (base > m->address) first += base - m->address;
        if (base + size < m->address + Mib2) last -= m->address + Mib2 - (base + size);
      }
      u8 flags = m->flags;
      std::vector<Mapping *> children;
      for (Mapping *child : m->children)
        if (child->large || (child->frame >= first && child->frame < last))
          children.push_back(child);
      for (Mapping *child : children)
        flags |= rights & Fpage::R ? remove(child) : withdraw(child, rights);
      all_flags |= flags;
      if (rights & Fpage::R && own) {
        remove(m);
        continue;
      }
      if (own) m->rights &= u8(~rights);
      m->flags |= flags;
    }
    return all_flags;
  }

  bool pin(int space, Word base, Word size)
  {
    for (Word a = base; a < base + size; a += Kib4)
      if (find(space, a) || is_pinned(space, a)) return false;
    for (Word a = base; a < base + size; a += Kib4) {
      _spaces[space].pinned.insert(a);
      _spaces[space].small.insert(trunc_to(a, 21));
    }
    return true;
  }

  bool touch(int space, Word address, bool write)
  {
    Mapping *m = find(space, address);
    if (!m || (write && !(m->rights & Fpage::W))) return false;
    m->flags |= write ? 3 : 1;
    return true;
  }

  /// All that decides about the future, as text: equal states have equal descriptions.
  std::string describe() const
  {
    std::string text;
    auto add = [&](auto... numbers) {
      ((text += std::to_string(Word(numbers)) + ' '), ...);
      text += '\n';
    };
    for (auto &space : _spaces) {
      for (auto &[address, m] : space.pages)
        add(address, m->large, m->frame, m->rights, m->flags, m->parent ? m->parent->space : 99,
            m->parent ? m->parent->address : 0);
      for (Word block : space.small)
        add(block);
      for (Word page : space.pinned)
        add(page);
      text += "-\n";
    }
    return text;
  }

  std::size_t size() const
  {
    std::size_t n = 0;
    for (auto &space : _spaces)
      n += space.pages.size();
    return n;
  }

private:
  struct Space {
    std::map<Word, Mapping *> pages;
    std::set<Word> small; ///< 2 MiB blocks that ever held small pages
    std::set<Word> pinned;
  };

  bool had_small(int space, Word address)
  {
    return _spaces[space].small.count(trunc_to(address, 21));
  }

  void make_root(Word address)
  {
    if (find(0, address) || is_pinned(0, address)) return;
    bool large = !had_small(0, address);
    Word base = trunc_to(address, large ? 21 : 12);
    _spaces[0].pages[base] = new Mapping{0, base, large, base, 7, 0, nullptr, {}};
  }

  void insert(Mapping *s, int to, Word dst, bool large, Word frame, u8 rights, bool moves)
  {
    if (!large) _spaces[to].small.insert(trunc_to(dst, 21));
    if (moves) {
      _spaces[s->space].pages.erase(s->address);
      s->space = to;
      s->address = dst;
      s->rights = rights;
      _spaces[to].pages[dst] = s;
      return;
    }
    auto *m = new Mapping{to, dst, large, frame, rights, s->flags, s, {}};
    s->children.insert(m);
    _spaces[to].pages[dst] = m;
  }

  u8 remove(Mapping *m)
  {
    u8 flags = m->flags;
    while (!m->children.empty())
      flags |= remove(*m->children.begin());
    if (m->parent) m->parent->children.erase(m);
    _spaces[m->space].pages.erase(m->address);
    delete m;
    return flags;
  }

  u8 withdraw(Mapping *m, u8 rights)
  {
    m->rights &= u8(~rights);
    u8 flags = m->flags;
    for (Mapping *child : m->children)
      flags |= withdraw(child, rights);
    return flags;
  }

  std::vector<Space> _spaces;
};
