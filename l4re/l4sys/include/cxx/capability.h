// SPDX-License-Identifier: MIT
/** Typed capability selectors. They are plain values: copying one copies no right. */
#pragma once

#include <l4/sys/task.h>
#include <l4/sys/consts.h>
#include <type_traits>

namespace L4 {

class Task;
class Kobject;
template <typename T> class Cap;

/** What all capability selectors have in common. */
class Cap_base {
public:
  enum No_init_type { No_init };
  enum Cap_type : l4_cap_idx_t { Invalid = L4_INVALID_CAP };

  constexpr l4_cap_idx_t cap() const noexcept { return _c; }

  /** True unless the selector is marked invalid; says nothing about the kernel's slot. */
  constexpr bool is_valid() const noexcept { return !(_c & L4_INVALID_CAP_BIT); }
  constexpr explicit operator bool() const noexcept { return is_valid(); }

  /**
   * Why this capability is invalid: the negated error code that a look-up put into the selector
   * (small negative numbers have the invalid bit set), or -L4_ENOENT if it says nothing.
   */
  constexpr int invalid_cap_error() const noexcept
  {
    return _c == L4_INVALID_CAP ? -L4_ENOENT : static_cast<int>(_c);
  }

  constexpr void invalidate() noexcept { _c = L4_INVALID_CAP; }

  /** Flexpage for sending this capability with `rights` (L4_cap_fpage_rights). */
  constexpr l4_fpage_t fpage(unsigned rights = L4_CAP_FPAGE_RWS) const noexcept
  {
    return l4_obj_fpage(_c, 0, rights);
  }

  /** Control word for sending; `base` is the receiver's slot, by default the same as here. */
  constexpr l4_umword_t snd_base(unsigned grant = 0,
                                 l4_cap_idx_t base = L4_INVALID_CAP) const noexcept
  {
    return l4_map_obj_control(base == L4_INVALID_CAP ? _c : base, grant);
  }

  /** Label above 0 if the slot is in use in the task `task` / in the own task. */
  inline l4_msgtag_t validate(Cap<Task> task, l4_utcb_t *utcb = l4_utcb()) const noexcept;
  l4_msgtag_t validate(l4_utcb_t *utcb = l4_utcb()) const noexcept
  {
    return l4_task_cap_valid_u(L4_BASE_TASK_CAP, _c, utcb);
  }

  /** Ask the kernel whether both slots hold the same object with the same rights. */
  bool is_equal(Cap_base other, l4_utcb_t *utcb = l4_utcb()) const noexcept
  {
    return l4_error_u(l4_task_cap_equal_u(L4_BASE_TASK_CAP, _c, other._c, utcb), utcb) > 0;
  }

  /** Equality of the selectors, not of the objects. */
  friend constexpr bool operator==(Cap_base l, Cap_base r) noexcept { return l._c == r._c; }

protected:
  constexpr explicit Cap_base(l4_cap_idx_t c) noexcept : _c(c) {}
  constexpr explicit Cap_base(Cap_type c) noexcept : _c(c) {}
  explicit Cap_base(No_init_type) noexcept {}
  constexpr Cap_base() noexcept : _c(L4_INVALID_CAP) {}

  bool transfer(Cap_base src, unsigned grant, l4_utcb_t *utcb) const noexcept
  {
    l4_msgtag_t result =
      l4_task_map_u(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, src.fpage(L4_CAP_FPAGE_RWSD),
                    snd_base(grant | L4_FPAGE_C_OBJ_RIGHTS), utcb);
    return l4_error_u(result, utcb) >= 0;
  }

  l4_cap_idx_t _c;
};

/** True if a Cap<FROM> may be used where a Cap<TO> is wanted. */
template <typename FROM, typename TO>
concept Cap_convertible =
  std::is_void_v<TO> || std::is_same_v<FROM, TO> || std::is_base_of_v<TO, FROM>;

/** Capability selector of an object with interface T; `->` gives access to the operations. */
template <typename T> class Cap : public Cap_base {
public:
  using Cap_base::Invalid;
  using Cap_base::No_init;
  typedef T Interface;

  constexpr explicit Cap(l4_cap_idx_t idx = L4_INVALID_CAP) noexcept : Cap_base(idx) {}
  constexpr Cap(Cap_type c) noexcept : Cap_base(c) {}
  constexpr Cap(l4_default_caps_t c) noexcept : Cap_base(static_cast<l4_cap_idx_t>(c)) {}
  explicit Cap(No_init_type) noexcept : Cap_base(No_init) {}
  constexpr Cap(Cap const &) noexcept = default;
  constexpr Cap &operator=(Cap const &) noexcept = default;

  template <typename O>
    requires(Cap_convertible<O, T>)
  constexpr Cap(Cap<O> const &o) noexcept : Cap_base(o.cap())
  {}

  /** Grant, respectively map, `src` into this slot with all its rights; false on an error. */
  bool move(Cap const &src, l4_utcb_t *utcb = l4_utcb()) const noexcept
  {
    return transfer(src, L4_MAP_ITEM_GRANT, utcb);
  }
  bool copy(Cap const &src, l4_utcb_t *utcb = l4_utcb()) const noexcept
  {
    return transfer(src, L4_MAP_ITEM_MAP, utcb);
  }

  /** The selector travels as the `this` pointer of the interface class; see Kobject::cap(). */
  T *operator->() const noexcept
    requires(!std::is_void_v<T>)
  {
    return reinterpret_cast<T *>(_c);
  }
};

inline l4_msgtag_t Cap_base::validate(Cap<Task> task, l4_utcb_t *utcb) const noexcept
{
  return l4_task_cap_valid_u(task.cap(), _c, utcb);
}

/** static_cast for capabilities. */
template <typename T, typename F> constexpr Cap<T> cap_cast(Cap<F> const &c) noexcept
{
  static_assert(std::is_void_v<F> || Cap_convertible<F, T> || Cap_convertible<T, F>,
                "cap_cast: the interfaces are not related, use cap_reinterpret_cast");
  return Cap<T>(c.cap());
}

/** The same slot as a capability of another, unrelated interface. */
template <typename T, typename F> constexpr Cap<T> cap_reinterpret_cast(Cap<F> const &c) noexcept
{
  return Cap<T>(c.cap());
}

/** Index of a slot for reply capabilities; default: the implicit slot of the thread. */
class Reply_cap_idx {
public:
  constexpr Reply_cap_idx() noexcept : _c(L4_INVALID_REPLY_CAP) {}
  constexpr explicit Reply_cap_idx(l4_cap_idx_t c) noexcept : _c(c | L4_REPLY_CAP_BIT) {}

  constexpr l4_cap_idx_t cap() const noexcept { return _c; }
  /** True for an explicit slot. */
  constexpr bool is_valid() const noexcept { return !(_c & L4_INVALID_CAP_BIT); }
  constexpr explicit operator bool() const noexcept { return is_valid(); }
  /** Send the answer; the slot is empty afterwards. */
  l4_msgtag_t reply(l4_msgtag_t tag, l4_timeout_t timeout = L4_IPC_SEND_TIMEOUT_0,
                    l4_utcb_t *utcb = l4_utcb()) const noexcept
  {
    return l4_ipc_reply(_c, utcb, tag, timeout);
  }

private:
  l4_cap_idx_t _c;
};

class Reply_cap;

/** Where slots for reply capabilities come from. */
class Reply_cap_alloc {
public:
  virtual Reply_cap alloc() noexcept = 0;
  virtual void free(Reply_cap_idx idx) noexcept = 0;

protected:
  ~Reply_cap_alloc() = default;
};

/**
 * A caller that is owed an answer. Movable; dropped unanswered, the caller gets -L4_EDROPREPLY.
 */
class Reply_cap {
public:
  constexpr Reply_cap() noexcept = default;
  constexpr Reply_cap(Reply_cap_idx idx, Reply_cap_alloc *alloc) noexcept
  : _idx(idx), _alloc(alloc)
  {}
  constexpr Reply_cap(Reply_cap &&o) noexcept : _idx(o._idx), _alloc(o._alloc) { o.forget(); }
  Reply_cap &operator=(Reply_cap &&o) noexcept
  {
    if (this != &o) {
      reset();
      _idx = o._idx;
      _alloc = o._alloc;
      o.forget();
    }
    return *this;
  }
  ~Reply_cap() { reset(); }

  constexpr bool is_valid() const noexcept { return _idx.is_valid(); }
  constexpr explicit operator bool() const noexcept { return is_valid(); }
  constexpr Reply_cap_idx get() const noexcept { return _idx; }

  /** Send the answer and give the slot back. */
  l4_msgtag_t reply(l4_msgtag_t tag, l4_utcb_t *utcb = l4_utcb()) noexcept
  {
    l4_msgtag_t result = _idx.reply(tag, L4_IPC_SEND_TIMEOUT_0, utcb);
    if (is_valid() && _alloc)
      _alloc->free(_idx);
    forget();
    return result;
  }

  /** Drop the caller. */
  void reset() noexcept
  {
    if (is_valid())
      reply(l4_msgtag(-L4_EDROPREPLY, 0, 0, 0));
  }

  /** Give up the slot without an answer; the owner of the result takes over. */
  constexpr Reply_cap_idx release() noexcept
  {
    Reply_cap_idx idx = _idx;
    forget();
    return idx;
  }

private:
  constexpr void forget() noexcept
  {
    _idx = Reply_cap_idx();
    _alloc = nullptr;
  }

  Reply_cap_idx _idx;
  Reply_cap_alloc *_alloc = nullptr;
};

} // namespace L4
