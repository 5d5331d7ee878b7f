// SPDX-License-Identifier: MIT
#include "account.h"

namespace Moe {

namespace {
l4_size_t cost(l4_size_t size)
{
  return Libc_minimal::Heap::cost(size);
}
} // namespace

Account *Account::create(l4_size_t limit)
{
  l4_size_t total;
  if (__builtin_add_overflow(limit, cost(sizeof(Account)), &total) || !take(total)) return nullptr;
  void *memory = ::malloc(sizeof(Account));
  if (!memory) {
    give(total);
    return nullptr;
  }
  ref();
  return new (memory) Account(this, limit);
}

Account *Account::_refusing = nullptr;

void Account::refuse(l4_size_t bytes)
{
  _refused = bytes;
  if (_refusing || _reports == Max_reports) return;
  ++_reports;
  ref();
  _refusing = this;
}

bool Account::take(l4_size_t bytes)
{
  if (bytes > _limit - _used) {
    refuse(bytes);
    return false;
  }
  _used += bytes;
  return true;
}

void Account::give(l4_size_t bytes)
{
  _used -= bytes;
}

bool Account::take_slot(l4_size_t bytes)
{
  for (Account const *a = this; a->_parent; a = a->_parent)
    if (a->_slots == Max_slots) return false;
  if (!take(bytes)) return false;
  for (Account *a = this; a; a = a->_parent)
    ++a->_slots;
  return true;
}

void Account::give_slot(l4_size_t bytes)
{
  give(bytes);
  for (Account *a = this; a; a = a->_parent)
    --a->_slots;
}

void *Account::alloc(l4_size_t size)
{
  if (!take(cost(size))) return nullptr;
  void *p = ::malloc(size);
  if (!p) give(cost(size));
  return p;
}

void Account::free(void *p, l4_size_t size)
{
  if (!p) return;
  ::free(p);
  give(cost(size));
}

void Account::unref()
{
  if (--_refs || !_parent) return;
  Account *const parent = _parent;
  parent->give(_limit + cost(sizeof(Account)));
  ::free(this);
  parent->unref();
}

void Account::add(Charged *object)
{
  ref();
  object->_account = this;
  object->_prev = nullptr;
  object->_next = _objects;
  if (_objects) _objects->_prev = object;
  _objects = object;
}

void Account::remove(Charged *object)
{
  (object->_prev ? object->_prev->_next : _objects) = object->_next;
  if (object->_next) object->_next->_prev = object->_prev;
}

void Account::revoke_all()
{
  // An object may vanish in its revoke(), and others with it. Each revoked one is moved to a list
  // of its own, so that the head always is one that was not asked yet.
  Charged *done = nullptr;
  while (Charged *o = _objects) {
    o->ref();
    remove(o);
    o->_prev = nullptr;
    o->_next = done;
    if (done) done->_prev = o;
    done = o;
    o->revoke();
  }
  _objects = done;
  while (done) {
    Charged *const o = done;
    done = o->_next;
    o->unref();
  }
}

void Charged::unref()
{
  if (--_refs) return;
  Account *const account = _account;
  unsigned const cost = _cost;
  account->remove(this);
  delete this;
  account->give(cost);
  account->unref();
}

} // namespace Moe
