// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libc_minimal/heap>
#include <l4/sys/types.h>

#include <stdlib.h>
#include <new>
#include <utility>

namespace Moe {

class Charged;
class Object;

/**
 * The memory that a factory may spend, and all that was made with it.
 *
 * An account counts bytes: pages of dataspaces and moe's internal objects (what the heap really
 * takes for them). It outlives its factory as long as something is charged to it; only then the
 * parent gets its limit back.
 */
class Account {
public:
  static constexpr l4_size_t Unlimited = ~0UL;
  static constexpr unsigned Max_slots = 8192;

  /// The root account, without a parent.
  Account() = default;
  Account(Account const &) = delete;
  Account &operator=(Account const &) = delete;

  /// \return account with a limit that is charged to this one at once; null if that is impossible
  Account *create(l4_size_t limit);

  /// Charge bytes. \return false when this exceeds the limit; then nothing was charged
  [[nodiscard]] bool take(l4_size_t bytes);
  void give(l4_size_t bytes);

  /**
   * Charge bytes for one of moe's capability slots, of which there are few: an account that has a
   * limit, together with those below it, gets `Max_slots` at most.
   */
  [[nodiscard]] bool take_slot(l4_size_t bytes);
  void give_slot(l4_size_t bytes);

  /// Heap memory that is charged to the account; null when either refuses.
  [[nodiscard]] void *alloc(l4_size_t size);
  /// \param size  as given to `alloc()`
  void free(void *p, l4_size_t size);

  l4_size_t limit() const { return _limit; }
  l4_size_t used() const { return _used; }
  l4_size_t left() const { return _limit - _used; }

  void ref() { ++_refs; }
  void unref();
  void add(Charged *object);
  void remove(Charged *object);

  /// The factory that spends from this account, while it exists.
  Object *owner() const { return _owner; }
  void set_owner(Object *owner) { _owner = owner; }

  /**
   * The account that refused something since the last call, with a reference that the caller must
   * give up; null if there is none. An account is reported `Max_reports` times at most, so that no
   * client can fill the log.
   */
  static Account *take_refusing()
  {
    return _refusing ? std::exchange(_refusing, nullptr) : nullptr;
  }
  /// What was refused last, in bytes.
  l4_size_t refused() const { return _refused; }

  /// The factory is gone: take their resources from all objects (`Charged::revoke()`).
  void revoke_all();

private:
  static constexpr unsigned Max_reports = 3;

  Account(Account *parent, l4_size_t limit) : _parent(parent), _limit(limit) {}
  void refuse(l4_size_t bytes);

  static Account *_refusing;

  Account *_parent = nullptr;
  Object *_owner = nullptr;
  unsigned _reports = 0;
  unsigned _slots = 0; ///< of this account and those below
  l4_size_t _refused = 0;
  l4_size_t _limit = Unlimited;
  l4_size_t _used = 0;
  l4_size_t _refs = 1; ///< its factory and everything charged
  Charged *_objects = nullptr;
};

/// Something that lives on an account: counted references, freed with the last one.
class Charged {
public:
  Charged(Charged const &) = delete;
  Charged &operator=(Charged const &) = delete;

  void ref() { ++_refs; }
  void unref();
  Account *account() const { return _account; }

  /**
   * Its factory was deleted: give up everything that is worth something. The object itself stays
   * until its last reference is gone.
   */
  virtual void revoke() {}

protected:
  Charged() = default;
  virtual ~Charged() = default;

  static void operator delete(void *p, l4_size_t) { ::free(p); }

private:
  template <typename T, typename... Args> friend T *make(Account &account, Args &&...args);
  friend class Account;

  Account *_account = nullptr;
  Charged *_next = nullptr, *_prev = nullptr;
  unsigned _cost = 0;
  unsigned _refs = 1;
};

/// Create a `Charged` object with one reference. \return null when account or heap refuse
template <typename T, typename... Args> T *make(Account &account, Args &&...args)
{
  void *memory = account.alloc(sizeof(T));
  if (!memory) return nullptr;
  T *object = new (memory) T(std::forward<Args>(args)...);
  Charged *charged = object;
  charged->_cost = static_cast<unsigned>(Libc_minimal::Heap::cost(sizeof(T)));
  account.add(charged);
  return object;
}

/// Counted reference to a `Charged` object.
template <typename T> class Ref {
public:
  Ref() = default;
  Ref(Ref const &o) : _p(o._p)
  {
    if (_p) _p->ref();
  }
  Ref(Ref &&o) noexcept : _p(std::exchange(o._p, nullptr)) {}
  Ref &operator=(Ref o) noexcept
  {
    std::swap(_p, o._p);
    return *this;
  }
  ~Ref()
  {
    if (_p) _p->unref();
  }

  /// Take over the reference that the creator holds.
  static Ref adopt(T *p)
  {
    Ref r;
    r._p = p;
    return r;
  }
  /// One more reference to an object that somebody else holds.
  static Ref share(T *p)
  {
    if (p) p->ref();
    return adopt(p);
  }

  T *get() const { return _p; }
  T *operator->() const { return _p; }
  T &operator*() const { return *_p; }
  explicit operator bool() const { return _p; }

private:
  T *_p = nullptr;
};

} // namespace Moe
