// SPDX-License-Identifier: MIT
#include "obj/kobject.h"

#include "obj/object_names.h"
#include "obj/reclaimer.h"
#include "sched/cpu.h"
#include "space/obj_space.h"

void Kobject::die()
{
  if (marks() & Immortal) return;
  // exactly one of several killers sees the object alive
  u8 type = __atomic_exchange_n(&_type, u8(Type::Dead), __ATOMIC_ACQ_REL);
  if (Type(type) == Type::Dead) return;
  _stopped = stop();
  Cpu::self().reclaimer.add(*this);
}

void Reclaimer::add(Kobject &object)
{
  object._next_dead = nullptr;
  *_dying_end = &object;
  _dying_end = &object._next_dead;
  _fresh = true;
}

void Reclaimer::retire(Kobject &object)
{
  object._next_dead = _retired;
  _retired = &object;
}

bool Reclaimer::step()
{
  if (!has_work()) return true;
  bool shared = _retired || !_dying->_stopped || _dying->dismantles_shared();
  Hold hold(shared);
  if (shared) Hold::reaches_all();
  Kobject *object = _dying;
  if (object && !object->_stopped) object->_stopped = object->stop();
  if (object && Obj_space::clear_slots_of(*object) == Step::Done && object->dismantle()) {
    _dying = object->_next_dead;
    if (!_dying) _dying_end = &_dying;
    retire(*object);
  }
  // The transaction has just begun and every other CPU is stopped: nobody holds a pointer to them.
  for (unsigned n = shared ? 8 : 0; n && _retired; --n) {
    object = _retired;
    _retired = object->_next_dead;
    if (object->is_named()) Object_names::forget(*object);
    object->free();
  }
  return !has_work();
}
