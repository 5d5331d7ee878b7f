// SPDX-License-Identifier: MIT
#include "symbols.h"
#include "objects.h"

#include <l4/sys/ipc.h>

namespace Ldso {

unsigned Reader::_count;

void Reader::wait_for_all()
{
  while (__atomic_load_n(&_count, __ATOMIC_SEQ_CST))
    l4_ipc_sleep_ms(1);
}

l4_addr_t Definition::address() const
{
  l4_addr_t const value = symbol->value + object->offset;
  if (symbol->type() != Sym::Ifunc) return value;
  return reinterpret_cast<l4_addr_t (*)()>(value)();
}

Definition find_in(Symbol_name const &name, Table<Object *> const &objects, Search const &search)
{
  for (Object const *o : objects)
    if (o != search.skip)
      if (Sym const *s = o->find(name, search.plt_too)) return {o, s};
  return {};
}

Definition find_symbol(Symbol_name const &name, Object const &asking, Search const &search)
{
  bool waiting = search.after;
  for (Object const *o = all_objects; o; o = __atomic_load_n(&o->next, __ATOMIC_ACQUIRE)) {
    bool const before = waiting;
    if (o == search.after) waiting = false;
    if (before || o == search.skip || !__atomic_load_n(&o->is_global, __ATOMIC_RELAXED)) continue;
    if (Sym const *s = o->find(name, search.plt_too)) return {o, s};
  }
  if (!asking.scope || search.after) return {};
  return find_in(name, asking.scope->objects, search);
}

Definition refer_to_symbol(Symbol_name const &name, Object const &asking, Search const &search)
{
  Definition const d = find_symbol(name, asking, search);
  if (!d || d.object == &asking || !__atomic_load_n(&d.object->may_go, __ATOMIC_RELAXED)) return d;
  if (asking.scope)
    for (Object const *o : asking.scope->objects)
      if (o == d.object) return d;
  __atomic_store_n(&d.object->may_go, false, __ATOMIC_RELAXED);
  return d;
}

} // namespace Ldso
