// SPDX-License-Identifier: MIT
/**
 * Interfaces as types: which protocol, which operations, which bases (l4re-protocols.md 1.4).
 *
 * An interface is a class that nobody instantiates. It derives from Kobject_t (or a sibling), which
 * names its protocol number and base interface, and holds a type `Rpcs` with the list of
 * operations. All information is computed at compile time; nothing here needs run-time type
 * information.
 */
#pragma once

#include <l4/sys/cxx/capability.h>
#include <l4/sys/cxx/type_name.h>
#include <l4/sys/kernel_object.h>

namespace L4 {

typedef l4_int32_t Opcode;

enum {
  /** No number of its own: objects are recognised by the name of the interface. */
  PROTO_ANY = 0,
  /** The class adds no operations. */
  PROTO_EMPTY = -19,
};

/** Description of an interface at run time. */
struct Type_info {
  /** What a server of the interface must be ready to receive in one message. */
  struct Demand {
    unsigned char caps = 0;
    unsigned char flags = 0;
    unsigned char mem = 0;
    unsigned char ports = 0;

    constexpr Demand(unsigned char caps = 0, unsigned char flags = 0, unsigned char mem = 0,
                     unsigned char ports = 0) noexcept
        : caps(caps), flags(flags), mem(mem), ports(ports)
    {
    }

    constexpr bool no_demand() const noexcept { return !(caps | flags | mem | ports); }

    /** Demand that satisfies both. */
    friend constexpr Demand operator|(Demand l, Demand r) noexcept
    {
      auto max = [](unsigned char a, unsigned char b) { return a > b ? a : b; };
      return {max(l.caps, r.caps), static_cast<unsigned char>(l.flags | r.flags), max(l.mem, r.mem),
              max(l.ports, r.ports)};
    }
    friend constexpr bool operator==(Demand, Demand) noexcept = default;
  };

  template <unsigned char CAPS = 0, unsigned char FLAGS = 0, unsigned char MEM = 0,
            unsigned char PORTS = 0>
  struct Demand_t : Demand {
    constexpr Demand_t() noexcept : Demand(CAPS, FLAGS, MEM, PORTS) {}
  };

  template <typename... D> struct Demand_union_t : Demand {
    constexpr Demand_union_t() noexcept : Demand((Demand() | ... | D())) {}
  };

  constexpr char const *name() const noexcept { return _name; }
  constexpr long proto() const noexcept { return _proto; }
  constexpr unsigned num_bases() const noexcept { return _num_bases; }
  constexpr Type_info const *base(unsigned i) const noexcept
  {
    return i < _num_bases ? _bases[i] : nullptr;
  }

  /** True if the interface or one of its bases has that protocol. */
  constexpr bool has_proto(long proto) const noexcept
  {
    if (_proto != PROTO_EMPTY && _proto == proto) return true;
    for (unsigned i = 0; i < _num_bases; ++i)
      if (_bases[i]->has_proto(proto)) return true;
    return false;
  }

  char const *_name;
  long _proto;
  unsigned _num_bases;
  Type_info const *const *_bases;
};

namespace Typeid {

/** The rights with which a client called; distinct per interface so that methods can overload. */
template <typename IFACE> struct Rights {
  unsigned rights;
  constexpr explicit Rights(unsigned r) noexcept : rights(r) {}
  constexpr unsigned operator&(unsigned mask) const noexcept { return rights & mask; }
};

/** List of interfaces, the most derived one first, each at most once. */
template <typename... IFACES> struct Iface_list {
};

template <typename T, typename... L> inline constexpr bool Is_in = (std::is_same_v<T, L> || ...);

/** The first list followed by what is only in the second. */
template <typename LEFT, typename RIGHT> struct Merge;
template <typename... L> struct Merge<Iface_list<L...>, Iface_list<>> {
  typedef Iface_list<L...> type;
};
template <typename... L, typename R, typename... REST>
struct Merge<Iface_list<L...>, Iface_list<R, REST...>> {
  typedef typename Merge<std::conditional_t<Is_in<R, L...>, Iface_list<L...>, Iface_list<L..., R>>,
                         Iface_list<REST...>>::type type;
};

template <typename LIST, typename... MORE> struct Merge_all {
  typedef LIST type;
};
template <typename LIST, typename NEXT, typename... MORE> struct Merge_all<LIST, NEXT, MORE...> {
  typedef typename Merge_all<typename Merge<LIST, NEXT>::type, MORE...>::type type;
};

/** Opcode of OP in the list: explicit ones set the counter, the others go on from it. */
template <typename OP, typename... OPS> consteval long opcode_in_list()
{
  long next = 0, found = -1;
  (([&] {
     if constexpr (requires { OPS::Explicit_opcode; }) next = OPS::Explicit_opcode;
     if (std::is_same_v<OP, OPS>) found = next;
     ++next;
   }()),
   ...);
  return found;
}

/** Operations whose message starts with an opcode of type CODE. */
template <typename CODE> struct Rpcs_code {
  template <typename... OPS> struct F {
    typedef CODE opcode_type;
    template <typename OP> static consteval long opcode() { return opcode_in_list<OP, OPS...>(); }
    /** Call `f.operator()<OP>()` for each operation until one says true. */
    template <typename FUNC> static constexpr bool any(FUNC &&f)
    {
      return (f.template operator()<OPS>() || ...);
    }
    /** True if the list belongs to T and was not inherited. */
    template <typename T>
    static constexpr bool Belongs_to = (std::is_same_v<typename OPS::class_type, T> || ...);
  };
};

/** The usual interface. */
template <typename... OPS> struct Rpcs : Rpcs_code<Opcode>::F<OPS...> {
};

/** Interface in the style of kernel objects: the opcode is a full word. */
template <typename... OPS> struct Rpcs_sys : Rpcs_code<l4_umword_t>::F<OPS...> {
};

/** Interface with a single operation and no opcode. */
template <typename OP> struct Rpc_nocode : Rpcs_code<void>::F<OP> {
};

/** Interface whose server gets the message as it came, in op_dispatch(utcb, tag, rights). */
template <typename CLASS> struct Raw_ipc {
  template <typename T> static constexpr bool Belongs_to = std::is_same_v<CLASS, T>;
  typedef CLASS raw_class;
};

} // namespace Typeid

/**
 * Base of all interfaces.
 *
 * `Cap<T>::operator->` turns the capability selector into the `this` pointer. The class has no
 * data, so nothing is ever read through it; offsets of base classes and operation members stay
 * below 1 KiB and are masked away.
 */
class Kobject {
public:
  typedef Typeid::Iface_list<> __Iface_list;
  typedef Type_info::Demand_t<> __Demand;
  typedef Kobject Class;

  l4_cap_idx_t cap() const noexcept { return reinterpret_cast<l4_cap_idx_t>(this) & L4_CAP_MASK; }

  /** Lower the number of counted references; MR0 of the result is what remains. */
  l4_msgtag_t dec_refcnt(l4_mword_t diff, l4_utcb_t *utcb = l4_utcb()) noexcept
  {
    return l4_kobject_dec_refcnt_u(cap(), diff, utcb);
  }
};

/** General form of an interface class: any number of bases. */
template <typename DERIVED, long PROTO, typename DEMAND, typename... BASES>
class Kobject_bases : public BASES... {
public:
  typedef DERIVED Class;
  typedef Typeid::Rights<DERIVED> Rights;
  static constexpr long __Proto = PROTO;
  typedef
      typename Typeid::Merge_all<Typeid::Iface_list<DERIVED>, typename BASES::__Iface_list...>::type
          __Iface_list;
  typedef Type_info::Demand_union_t<DEMAND, typename BASES::__Demand...> __Demand;
  typedef Typeid::Iface_list<BASES...> __Bases;

  l4_cap_idx_t cap() const noexcept { return reinterpret_cast<l4_cap_idx_t>(this) & L4_CAP_MASK; }
  l4_msgtag_t dec_refcnt(l4_mword_t diff, l4_utcb_t *utcb = l4_utcb()) noexcept
  {
    return l4_kobject_dec_refcnt_u(cap(), diff, utcb);
  }

protected:
  Cap<DERIVED> c() const noexcept { return Cap<DERIVED>(cap()); }
};

template <typename DERIVED, typename BASE, long PROTO = PROTO_ANY,
          typename DEMAND = Type_info::Demand_t<>>
class Kobject_t : public Kobject_bases<DERIVED, PROTO, DEMAND, BASE> {
};

template <typename DERIVED, typename BASE1, typename BASE2, long PROTO = PROTO_ANY,
          typename DEMAND = Type_info::Demand_t<>>
class Kobject_2t : public Kobject_bases<DERIVED, PROTO, DEMAND, BASE1, BASE2> {
};

template <typename DERIVED, typename BASE1, typename BASE2, typename BASE3, long PROTO = PROTO_ANY,
          typename DEMAND = Type_info::Demand_t<>>
class Kobject_3t : public Kobject_bases<DERIVED, PROTO, DEMAND, BASE1, BASE2, BASE3> {
};

/** Interface without a base. */
template <typename DERIVED, long PROTO = PROTO_ANY, typename DEMAND = Type_info::Demand_t<>>
class Kobject_0t : public Kobject_bases<DERIVED, PROTO, DEMAND> {
};

/** Protocol argument of Kobject_x. */
template <long P = PROTO_EMPTY> struct Proto_t {
  static constexpr long Proto = P;
};

namespace Typeid::Detail {

/** Sorts the arguments of Kobject_x into protocol, demand and bases. */
template <typename DERIVED, long PROTO, typename DEMAND, typename BASES, typename... ARGS>
struct Kobject_args;
template <typename DERIVED, long PROTO, typename DEMAND, typename... BASES>
struct Kobject_args<DERIVED, PROTO, DEMAND, Iface_list<BASES...>> {
  typedef Kobject_bases<DERIVED, PROTO, DEMAND, BASES...> type;
};
template <typename DERIVED, long PROTO, typename DEMAND, typename... BASES, typename A,
          typename... ARGS>
struct Kobject_args<DERIVED, PROTO, DEMAND, Iface_list<BASES...>, A, ARGS...>
    : Kobject_args<DERIVED, PROTO,
                   std::conditional_t<std::is_base_of_v<Type_info::Demand, A>, A, DEMAND>,
                   std::conditional_t<std::is_base_of_v<Type_info::Demand, A>, Iface_list<BASES...>,
                                      Iface_list<BASES..., A>>,
                   ARGS...> {
};
template <typename DERIVED, long PROTO, typename DEMAND, typename... BASES, long P,
          typename... ARGS>
struct Kobject_args<DERIVED, PROTO, DEMAND, Iface_list<BASES...>, Proto_t<P>, ARGS...>
    : Kobject_args<DERIVED, P, DEMAND, Iface_list<BASES...>, ARGS...> {
};

} // namespace Typeid::Detail

/** Interface from a protocol (Proto_t<>), bases, and a demand, in any order. */
template <typename DERIVED, typename... ARGS>
class Kobject_x : public Typeid::Detail::Kobject_args<DERIVED, PROTO_EMPTY, Type_info::Demand_t<>,
                                                      Typeid::Iface_list<>, ARGS...>::type {
};

/** Protocol number of the interface T. */
template <typename T> constexpr long kobject_proto() noexcept
{
  if constexpr (requires { T::__Proto; })
    return T::__Proto;
  else
    return PROTO_EMPTY;
}

/** What a server of T must be ready to receive. */
template <typename T> struct Kobject_demand : T::__Demand {
};

namespace Typeid::Detail {

template <typename T> struct Type_info_of;

template <typename LIST> struct Base_infos {
  static constexpr unsigned num = 0;
  static constexpr Type_info const *const *list = nullptr;
};
template <typename B, typename... REST> struct Base_infos<Iface_list<B, REST...>> {
  static constexpr unsigned num = 1 + sizeof...(REST);
  static constexpr Type_info const *list[num] = {&Type_info_of<B>::info,
                                                 &Type_info_of<REST>::info...};
};

template <typename T> struct Type_info_of {
  typedef Base_infos<typename T::__Bases> Bases;
  static constexpr Type_info info = {type_name<T>(), T::__Proto, Bases::num, Bases::list};
};
template <> struct Type_info_of<Kobject> {
  static constexpr Type_info info = {type_name<Kobject>(), PROTO_EMPTY, 0, nullptr};
};

} // namespace Typeid::Detail

/** Description of the interface T. */
template <typename T> constexpr Type_info const *kobject_typeid() noexcept
{
  return &Typeid::Detail::Type_info_of<T>::info;
}

} // namespace L4
