// SPDX-License-Identifier: MIT
#include "name_space.h"
#include "receive.h"

#include <l4/sys/err.h>
#include <l4/sys/task.h>

#include <string.h>

namespace Moe {

namespace {

/// Flags of register_obj (l4re-protocols.md section 4).
constexpr unsigned Flag_rights = 0xf, Flag_overwrite = 0x200;
constexpr unsigned Partly_resolved = 0x20;

bool alive(l4_cap_idx_t slot)
{
  return l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, slot)) > 0;
}

} // namespace

// --- entries
// --------------------------------------------------------------------------------------

unsigned Name_space::position(char const *name, l4_size_t length, bool *found) const
{
  unsigned low = 0, high = _count;
  while (low < high) {
    unsigned const middle = (low + high) / 2;
    Entry const *const e = _entries[middle];
    int order = memcmp(e->name, name, e->length < length ? e->length : length);
    if (order == 0) order = e->length < length ? -1 : e->length > length;
    if (order == 0) {
      *found = true;
      return middle;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *found = false;
  return low;
}

Name_space::Entry *Name_space::find(char const *name, l4_size_t length) const
{
  bool found;
  unsigned const i = position(name, length, &found);
  return found ? _entries[i] : nullptr;
}

Name_space::Entry *Name_space::insert(char const *name, l4_size_t length)
{
  if (_count == _capacity) {
    unsigned const capacity = _capacity ? 2 * _capacity : 8;
    auto entries = static_cast<Entry **>(account()->alloc(capacity * sizeof(Entry *)));
    if (!entries) return nullptr;
    memcpy(entries, _entries, _count * sizeof(Entry *));
    account()->free(_entries, _capacity * sizeof(Entry *));
    _entries = entries;
    _capacity = capacity;
  }
  auto e = static_cast<Entry *>(account()->alloc(sizeof(Entry) + length));
  if (!e) return nullptr;
  *e = {nullptr, L4_INVALID_CAP, 0, static_cast<unsigned short>(length)};
  memcpy(e->name, name, length);
  bool found;
  unsigned const at = position(name, length, &found);
  memmove(_entries + at + 1, _entries + at, (_count++ - at) * sizeof(Entry *));
  _entries[at] = e;
  return e;
}

void Name_space::release(l4_cap_idx_t slot)
{
  registry.release(slot);
  account()->give_slot(Registry::Cap_cost);
}

/// Give up what an entry refers to.
void Name_space::clear(Entry *e)
{
  if (e->object)
    e->object->unref();
  else if (l4_is_valid_cap(e->slot))
    release(e->slot);
  e->object = nullptr;
  e->slot = L4_INVALID_CAP;
}

void Name_space::remove(Entry *e)
{
  bool found;
  unsigned const at = position(e->name, e->length, &found);
  memmove(_entries + at, _entries + at + 1, (--_count - at) * sizeof(Entry *));
  clear(e);
  account()->free(e, sizeof(Entry) + e->length);
}

void Name_space::drop_all()
{
  while (_count)
    remove(_entries[_count - 1]);
  account()->free(_entries, _capacity * sizeof(Entry *));
  _entries = nullptr;
  _capacity = 0;
}

void Name_space::revoke()
{
  drop_all();
  Object::revoke();
}

// --- for moe
// --------------------------------------------------------------------------------------

long Name_space::add_static(char const *name, l4_size_t length, Ref<Object> object,
                            unsigned char rights)
{
  if (find(name, length)) return -L4_EEXIST;
  Entry *const e = insert(name, length);
  if (!e) return -L4_ENOMEM;
  e->rights = rights;
  e->object = object.get();
  e->object->ref();
  return 0;
}

Object *Name_space::find_static(char const *name, l4_size_t length) const
{
  Entry *const e = find(name, length);
  return e ? e->object : nullptr;
}

l4_cap_idx_t Name_space::gate_of(Object *object)
{
  if (l4_is_invalid_cap(object->gate())) {
    object->ref(); // the gate's reference
    registry.add(object, true);
  }
  return object->gate();
}

// --- operations
// -----------------------------------------------------------------------------------

long Name_space::op_query(Rights, Name const &name, L4::Ipc::Snd_fpage &cap,
                          L4::Ipc::Opt<L4::Opcode> &dummy,
                          L4::Ipc::Opt<L4::Ipc::Array_ref<char, unsigned long>> &rest)
{
  // The name lies in the message registers, which the system calls below use.
  char copy[Max_name];
  if (name.length > sizeof(copy)) return -L4_ENAMETOOLONG;
  memcpy(copy, name.data, name.length);
  auto const slash = static_cast<char const *>(memchr(copy, '/', name.length));
  l4_size_t const length = slash ? static_cast<l4_size_t>(slash - copy) : name.length;

  Entry *const e = find(copy, length);
  if (!e) return -L4_ENOENT;
  l4_cap_idx_t slot = e->slot;
  if (e->is_static()) {
    slot = gate_of(e->object);
    if (l4_is_invalid_cap(slot)) return -L4_ENOMEM;
  } else if (l4_is_invalid_cap(slot))
    return -L4_EAGAIN;
  else if (!alive(slot)) {
    remove(e);
    return -L4_ENOENT;
  }

  cap = L4::Ipc::Snd_fpage(L4::Cap<void>(slot), e->rights | L4_CAP_FPAGE_R);
  if (!slash) return 0;
  rest.value().length = name.length - length - 1;
  memcpy(rest.value().data, slash + 1, rest.value().length);
  rest.set_valid();
  dummy = 0;
  return Partly_resolved;
}

/// Slot with the capability that a client sent; the caller owns it. Invalid on errors.
l4_cap_idx_t Name_space::take_cap(L4::Ipc::Snd_fpage const &item)
{
  if (item.cap_received()) return receiver.take(0);
  Object *const object = registry.find(item);
  if (!object) return L4_INVALID_CAP;
  // Not more rights than the client has itself: they are in the low bits of the label.
  unsigned char const rights = L4_CAP_FPAGE_R | (item.data() & (L4_CAP_FPAGE_W | L4_CAP_FPAGE_S));
  l4_cap_idx_t const slot = registry.alloc_slot();
  if (l4_is_valid_cap(slot) &&
      l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP,
                           l4_obj_fpage(object->gate(), 0, rights),
                           l4_map_obj_control(slot, L4_MAP_ITEM_MAP))) >= 0)
    return slot;
  if (l4_is_valid_cap(slot)) registry.free_slot(slot);
  return L4_INVALID_CAP;
}

long Name_space::op_register_obj(Rights rights, unsigned flags, Name const &name,
                                 L4::Ipc::Opt<L4::Ipc::Snd_fpage> const &cap)
{
  if (!(rights & L4_CAP_FPAGE_W)) return -L4_EPERM;
  if (!name.length || memchr(name.data, '/', name.length)) return -L4_EINVAL;
  if (name.length > Max_name) return -L4_ENAMETOOLONG;
  char copy[Max_name];
  l4_size_t const length = name.length;
  memcpy(copy, name.data, length);

  Entry *e = find(copy, length);
  if (e &&
      (e->is_static() || (!(flags & Flag_overwrite) && l4_is_valid_cap(e->slot) && alive(e->slot))))
    return -L4_EEXIST;

  l4_cap_idx_t slot = L4_INVALID_CAP;
  if (cap.is_valid() && cap.value().is_valid()) {
    if (!account()->take_slot(Registry::Cap_cost)) return -L4_ENOMEM;
    slot = take_cap(cap.value());
    if (l4_is_invalid_cap(slot)) {
      account()->give_slot(Registry::Cap_cost);
      return -L4_EINVAL;
    }
  }
  if (!e && !(e = insert(copy, length))) {
    if (l4_is_valid_cap(slot)) release(slot);
    return -L4_ENOMEM;
  }
  clear(e);
  e->slot = slot;
  e->rights = flags & Flag_rights;
  return 0;
}

long Name_space::op_unlink(Rights rights, Name const &name)
{
  if (!(rights & L4_CAP_FPAGE_W)) return -L4_EPERM;
  Entry *const e = find(name.data, name.length);
  if (!e) return -L4_ENOENT;
  if (e->is_static()) return -L4_EACCESS;
  remove(e);
  return 0;
}

} // namespace Moe
