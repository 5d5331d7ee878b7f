// SPDX-License-Identifier: MIT
#pragma once

#include "account.h"

#include <l4/sys/cxx/ipc_types>
#include <l4/sys/types.h>

namespace Moe {

class Dataspace;
class Dma_space;

/**
 * Something that clients reach through a gate.
 *
 * The gate holds one reference of the object. moe's own capability of the gate does not count in
 * the kernel (see `Registry::add()`), so the gate dies when the last client gives up its
 * capability; then the registry drops the reference.
 */
class Object : public Charged {
public:
  /// Serve a request. \param rights  bits W 1 and S 2 of the capability that was used
  virtual l4_msgtag_t dispatch(l4_msgtag_t tag, unsigned rights, l4_utcb_t *utcb) = 0;

  /// This object as a dataspace, null if it is none.
  virtual Dataspace *dataspace() { return nullptr; }
  virtual Dma_space *dma_space() { return nullptr; }

  /// Slot of the gate in moe, invalid if there is none.
  l4_cap_idx_t gate() const { return _gate; }

  /// Its factory was deleted: the gate goes, too.
  void revoke() override;

private:
  friend class Registry;
  l4_cap_idx_t _gate = L4_INVALID_CAP;
  unsigned _generation = 0; ///< tells messages to a dead object in a used again slot from others
};

/**
 * All capability slots of moe, and the objects behind its gates.
 *
 * A gate's label names slot and generation, not an address: a message that was queued when its
 * gate died finds no object instead of freed memory.
 */
class Registry {
public:
  static constexpr unsigned Num_slots = 65536; ///< size of a task's object space
  /// What a gate costs its account: kernel memory, and one of the slots that all clients share.
  static constexpr l4_size_t Gate_cost = 1024;
  /// What a capability of a client costs that moe keeps: kernel memory, and a slot.
  static constexpr l4_size_t Cap_cost = 256;

  /// \return a free slot, or an invalid selector
  l4_cap_idx_t alloc_slot();
  /// The slot must be empty, see also `release()`.
  void free_slot(l4_cap_idx_t slot);
  /// Empty the slot and free it.
  void release(l4_cap_idx_t slot);

  /**
   * Create the gate of an object. Takes over the caller's reference, also on errors.
   * \param permanent  moe keeps the gate alive although no client has it
   * \return 0, -L4_ENOMEM or what the kernel answered
   */
  long add(Object *object, bool permanent = false);
  /// Delete the gate of an object and drop the reference that goes with it.
  void remove(Object *object);

  /// Object for the label of a message (or of a capability that came home), or null.
  Object *find(l4_umword_t label) const
  {
    auto const slot = static_cast<unsigned>(label >> Label_slot_shift) % Num_slots;
    Object *const *const leaf = _objects[slot / Leaf_size];
    Object *const object = leaf ? leaf[slot % Leaf_size] : nullptr;
    return object && object->_generation == label >> Label_generation_shift ? object : nullptr;
  }
  /// The same for a received item; null also if it is no capability of moe.
  Object *find(L4::Ipc::Snd_fpage const &item) const
  {
    return item.id_received() ? find(item.data()) : nullptr;
  }

  /// Find the gates that died and drop their objects.
  void collect();

private:
  static constexpr unsigned First_slot = 12; ///< behind the capabilities given by the kernel
  static constexpr unsigned Label_slot_shift = 4, Label_generation_shift = 32;
  static constexpr unsigned Leaf_size = 512;

  Object *&entry(unsigned slot);
  void forget(Object *object);

  l4_umword_t _used[Num_slots / L4_MWORD_BITS] = {};
  Object **_objects[Num_slots / Leaf_size] = {};
  unsigned _hint = First_slot; ///< no slot below is free
  unsigned _last = First_slot; ///< no slot behind was ever used for a gate
  unsigned _generation = 0;
};

extern Registry registry;
/// Account of moe itself, and parent of all others.
extern Account root_account;

} // namespace Moe
