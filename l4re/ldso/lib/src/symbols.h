// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

namespace Ldso {

/// A definition of a symbol.
struct Definition {
  Object const *object = nullptr;
  Sym const *symbol = nullptr;

  explicit operator bool() const { return symbol; }
  /// Its address; a function that chooses among several is asked for its choice.
  [[nodiscard]] l4_addr_t address() const;
};

/// How a symbol is searched for.
struct Search {
  bool plt_too = true;           ///< see Object::find()
  Object const *skip = nullptr;  ///< not in this one
  Object const *after = nullptr; ///< only in those loaded later
};

/// In the global objects, then in the scope of the object that asks. No lock is needed.
Definition find_symbol(Symbol_name const &name, Object const &asking, Search const &search = {});
Definition find_in(Symbol_name const &name, Table<Object *> const &objects,
                   Search const &search = {});

/// As find_symbol(), for a reference that stays: an object without the definer among those that it needs (who
/// was opened with RTLD_GLOBAL) keeps it for ever, because nothing tells when it has its last reference.
Definition refer_to_symbol(Symbol_name const &name, Object const &asking, Search const &search);

/// Searches that are under way: objects that were taken out of the list stay in memory until then.
class Reader {
public:
  Reader() { __atomic_fetch_add(&_count, 1, __ATOMIC_SEQ_CST); }
  Reader(Reader const &) = delete;
  Reader &operator=(Reader const &) = delete;
  ~Reader() { __atomic_fetch_sub(&_count, 1, __ATOMIC_RELEASE); }
  /// Wait until no search is under way that began before this call.
  static void wait_for_all();

private:
  static unsigned _count;
};

} // namespace Ldso
