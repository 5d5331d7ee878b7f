// SPDX-License-Identifier: MIT
#include "obj/kobject.h"

#include "obj/object_names.h"
#include "obj/reclaimer.h"
#include "obj/thread.h"
#include "sched/cpu.h"
#include "space/obj_space.h"

bool Kobject::kill()
{
  // exactly one of several killers sees the object alive
  return !(marks() & Immortal) &&
         Type(__atomic_exchange_n(&_type, u8(Type::Dead), __ATOMIC_ACQ_REL)) != Type::Dead;
}

void Kobject::die()
{
  if (kill()) Cpu::self().reclaimer.add(*this, stop());
}

void Reclaimer::add(Kobject &object, bool is_stopped)
{
  object._next_dead = nullptr;
  object._end = is_stopped ? Kobject::End::Stopped : Kobject::End::None;
  *_dying_end = &object;
  _dying_end = &object._next_dead;
  _fresh = true;
}

inline void Reclaimer::dispose(Kobject &object)
{
  if (object.is_named()) Object_names::forget(object);
  object.free();
}

/// One step for the first object in line. All other CPUs are stopped if `shared`: outside of transactions, where
/// nobody holds a pointer to it, and neither does this one.
void Reclaimer::advance(bool shared)
{
  Kobject &object = *_dying;
  if (object._end == Kobject::End::None && !object.stop()) return;
  if (object._end != Kobject::End::Dismantled) {
    object._end = Kobject::End::Stopped;
    if (Obj_space::clear_slots_of(object) == Step::More || !object.dismantle()) return;
    object._end = Kobject::End::Dismantled;
  }
  if (!shared) return;
  _dying = object._next_dead;
  if (!_dying) _dying_end = &_dying;
  dispose(object);
}

bool Reclaimer::step()
{
  if (!_dying) return true;
  bool shared = _dying->_end != Kobject::End::Stopped || _dying->dismantles_shared();
  Hold hold(shared);
  if (shared) Hold::reaches_all();
  if (_dying) advance(shared);
  return !_dying;
}

void Reclaimer::bury_at_once(Kobject &object, Thread const &self)
{
  if (!object.kill()) return;
  bool is_stopped = object.stop();
  Word others = Hold::others();
  bool is_short = !(object.marks() & Kobject::Has_contents) && self.is_ready();
  Hold hold(Hold::If_free, is_short ? others : 0);
  if (is_short && Hold::reaches_all(others) && (is_stopped || object.stop())) {
    if ((!object._slots || Obj_space::clear_slots_of(object) == Step::Done) && object.dismantle())
      return dispose(object);
    is_stopped = true;
  }
  add(object, is_stopped);
}
