// SPDX-License-Identifier: MIT
#include "obj/kobject.h"

#include "obj/object_names.h"
#include "obj/reclaimer.h"
#include "obj/thread.h"
#include "sched/cpu.h"
#include "space/obj_space.h"

void Kobject::die()
{
  if (marks() & Immortal) return;
  // exactly one of several killers sees the object alive
  u8 type = __atomic_exchange_n(&_type, u8(Type::Dead), __ATOMIC_ACQ_REL);
  if (Type(type) == Type::Dead) return;
  Cpu::self().reclaimer.add(*this, stop());
}

void Reclaimer::add(Kobject &object, bool is_stopped)
{
  object._next_dead = nullptr;
  object._end = is_stopped ? Kobject::End::Stopped : Kobject::End::None;
  *_dying_end = &object;
  _dying_end = &object._next_dead;
  _fresh = true;
}

/// One step for the first object in line. All other CPUs are stopped if `shared`: outside of transactions, where
/// nobody holds a pointer to it, and neither does this one.
[[gnu::always_inline]] inline void Reclaimer::advance(bool shared)
{
  Kobject &object = *_dying;
  if (object._end == Kobject::End::None && !object.stop()) return;
  if (object._end != Kobject::End::Dismantled) {
    object._end = Kobject::End::Stopped;
    bool has_slots = !shared || object._slots; // another CPU may just enter one
    if (has_slots && Obj_space::clear_slots_of(object) == Step::More) return;
    if (!object.dismantle()) return;
    object._end = Kobject::End::Dismantled;
  }
  if (!shared) return;
  _dying = object._next_dead;
  if (!_dying) _dying_end = &_dying;
  if (object.is_named()) Object_names::forget(object);
  object.free();
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

void Reclaimer::bury_at_once(Thread const &self)
{
  if (!_dying || _dying->_next_dead || _dying->marks() & Kobject::Has_contents || !self.is_ready()) return;
  Word others = Hold::others();
  Hold hold(Hold::If_free, others);
  if (!Hold::reaches_all(others)) return;
  advance(true);
  _fresh = _dying;
}
