// SPDX-License-Identifier: MIT
#pragma once

#include "object.h"

#include <l4/re/namespace>
#include <l4/sys/cxx/ipc_array>
#include <l4/sys/cxx/ipc_epiface>

namespace Moe {

/**
 * Names for capabilities (l4re-protocols.md section 4).
 *
 * Static entries are objects of moe; their gates are created when somebody asks for them first.
 * Dynamic entries hold a capability slot, also for objects of moe: its counted capability keeps
 * the object alive, and it is empty once the object was deleted.
 */
class Name_space final : public L4::Epiface_t0<Name_space, L4Re::Namespace, Object> {
public:
  using Rights = L4Re::Namespace::Rights;
  using Name = L4::Ipc::Array_ref<char const, unsigned long>;

  Name_space() = default;

  /**
   * Add an object of moe under a name that clients cannot change.
   * \param rights  L4_CAP_FPAGE_* that queries give
   * \return 0, -L4_EEXIST, -L4_ENOMEM
   */
  long add_static(char const *name, l4_size_t length, Ref<Object> object, unsigned char rights);
  /// Object of a static entry, or null.
  Object *find_static(char const *name, l4_size_t length) const;
  /// Call `fn(name, length)` for each static entry, in the order of names.
  template <typename Fn> void for_each_static(Fn &&fn) const
  {
    for (unsigned i = 0; i < _count; ++i)
      if (_entries[i]->is_static())
        fn(static_cast<char const *>(_entries[i]->name), _entries[i]->length);
  }
  /// Capability of a static entry for clients; creates its gate if necessary.
  static l4_cap_idx_t gate_of(Object *object);

  void revoke() override;

  long op_query(Rights, Name const &name, L4::Ipc::Snd_fpage &cap, L4::Ipc::Opt<L4::Opcode> &dummy,
                L4::Ipc::Opt<L4::Ipc::Array_ref<char, unsigned long>> &rest);
  long op_register_obj(Rights rights, unsigned flags, Name const &name,
                       L4::Ipc::Opt<L4::Ipc::Snd_fpage> const &cap);
  long op_unlink(Rights rights, Name const &name);

private:
  struct Entry {
    Object *object;    ///< static entry: counted reference
    l4_cap_idx_t slot; ///< dynamic entry: invalid if it is a placeholder
    unsigned char rights;
    unsigned short length;
    char name[];

    bool is_static() const { return object; }
  };
  static constexpr l4_size_t Max_name = 400;

  ~Name_space() override { drop_all(); }
  /// Index of the entry with this name, or where it belongs.
  unsigned position(char const *name, l4_size_t length, bool *found) const;
  Entry *find(char const *name, l4_size_t length) const;
  Entry *insert(char const *name, l4_size_t length);
  void remove(Entry *e);
  void clear(Entry *e);
  void release(l4_cap_idx_t slot);
  void drop_all();
  static l4_cap_idx_t take_cap(L4::Ipc::Snd_fpage const &item);

  Entry **_entries = nullptr; ///< sorted by name
  unsigned _count = 0, _capacity = 0;
};

} // namespace Moe
