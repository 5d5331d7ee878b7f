// SPDX-License-Identifier: MIT
#include "object.h"

#include <l4/sys/consts.h>
#include <l4/sys/factory.h>
#include <l4/sys/kernel_object.h>
#include <l4/sys/task.h>

#include <string.h>

namespace Moe {

Registry registry;
Account root_account;

namespace {
constexpr unsigned index(l4_cap_idx_t slot)
{
  return static_cast<unsigned>(slot >> L4_CAP_SHIFT);
}
} // namespace

void Object::revoke()
{
  if (l4_is_valid_cap(_gate)) registry.remove(this);
}

l4_cap_idx_t Registry::alloc_slot()
{
  for (unsigned word = _hint / L4_MWORD_BITS; word < Num_slots / L4_MWORD_BITS; ++word) {
    l4_umword_t free = ~_used[word];
    if (word == 0) free &= ~0UL << First_slot;
    if (!free) continue;
    auto const bit = static_cast<unsigned>(__builtin_ctzl(free));
    _used[word] |= 1UL << bit;
    unsigned const slot = word * L4_MWORD_BITS + bit;
    _hint = slot + 1;
    return l4_cap_idx_t(slot) << L4_CAP_SHIFT;
  }
  _hint = Num_slots;
  return L4_INVALID_CAP;
}

void Registry::free_slot(l4_cap_idx_t slot)
{
  unsigned const i = index(slot);
  _used[i / L4_MWORD_BITS] &= ~(1UL << (i % L4_MWORD_BITS));
  if (i < _hint) _hint = i;
}

void Registry::release(l4_cap_idx_t slot)
{
  l4_task_release_cap(L4_BASE_TASK_CAP, slot);
  free_slot(slot);
}

Object *&Registry::entry(unsigned slot)
{
  return _objects[slot / Leaf_size][slot % Leaf_size];
}

long Registry::add(Object *object, bool permanent)
{
  Account *const account = object->account();
  bool const paid = account->take_slot(Gate_cost);
  l4_cap_idx_t const slot = paid ? alloc_slot() : L4_INVALID_CAP;
  if (l4_is_invalid_cap(slot)) {
    if (paid) account->give_slot(Gate_cost);
    object->unref();
    return -L4_ENOMEM;
  }
  unsigned const i = index(slot);
  Object **&leaf = _objects[i / Leaf_size];
  if (!leaf && (leaf = static_cast<Object **>(root_account.alloc(Leaf_size * sizeof(Object *)))))
    memset(leaf, 0, Leaf_size * sizeof(Object *));

  object->_generation = ++_generation;
  l4_umword_t const label = (l4_umword_t(object->_generation) << Label_generation_shift) |
                            (l4_umword_t(i) << Label_slot_shift);
  long const err =
      leaf ? l4_error(l4_factory_create_gate(L4_BASE_FACTORY_CAP, slot, L4_BASE_THREAD_CAP, label))
           : -L4_ENOMEM;
  if (err < 0) {
    free_slot(slot);
    account->give_slot(Gate_cost);
    object->unref();
    return err;
  }
  // Our own reference does not keep the gate alive: the last client's does.
  if (!permanent) l4_kobject_dec_refcnt(slot, 1);
  object->_gate = slot;
  entry(i) = object;
  if (i > _last) _last = i;
  return 0;
}

void Registry::remove(Object *object)
{
  l4_task_delete_obj(L4_BASE_TASK_CAP, object->_gate);
  forget(object);
}

/// The gate of an object is gone.
void Registry::forget(Object *object)
{
  entry(index(object->_gate)) = nullptr;
  free_slot(object->_gate);
  object->_gate = L4_INVALID_CAP;
  object->account()->give_slot(Gate_cost);
  object->unref();
}

void Registry::collect()
{
  for (unsigned slot = First_slot; slot <= _last; ++slot) {
    Object **const leaf = _objects[slot / Leaf_size];
    if (!leaf) {
      slot |= Leaf_size - 1;
      continue;
    }
    Object *const object = leaf[slot % Leaf_size];
    if (!object) continue;
    if (l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, object->_gate)) <= 0) forget(object);
  }
}

} // namespace Moe
