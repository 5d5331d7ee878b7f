// SPDX-License-Identifier: MIT
// What objects can be asked to do: tables of operations, and the checks that all of them have in common.
#pragma once

#include "ipc/invocation.h"

/// Number of words an operation takes, the opcode included, and the error of any other number.
struct Words {
  u8 least, most;
  u16 error;
};
constexpr Words any_words{0, Msg_tag::Max_words, 0};
constexpr Words at_least(u8 n, Errno error = Errno::Msg_too_short)
{
  return {n, Msg_tag::Max_words, u16(error)};
}
constexpr Words exactly(u8 n) { return {n, n, u16(Errno::Inval)}; }

/// One row of a table: what is checked before the operation is served, in the order of
/// abi/kernel-objects.md section 0.
struct Operation {
  u16 opcode;
  u8 right; ///< the Cap_slot flag that the invoked capability must have; 0: none
  Words words;
  Outcome (*serve)(Kobject &, Invocation &);
};

/// Operation::serve by a member function of the object's class, or by a function on such an object.
template <auto F> struct Server;
template <class T, Outcome (T::*F)(Invocation &)> struct Server<F> {
  static Outcome serve(Kobject &object, Invocation &call)
  {
    return (static_cast<T &>(object).*F)(call);
  }
};
template <class T, Outcome (*F)(T &, Invocation &)> struct Server<F> {
  static Outcome serve(Kobject &object, Invocation &call)
  {
    return F(static_cast<T &>(object), call);
  }
};
template <auto F> constexpr auto by = Server<F>::serve;

/// Where a message names the operation: in these bits of its first word.
struct Opcode {
  static constexpr i64 Unchecked = 1 << 16; ///< without words too the first message register counts
  Word bits = ~Word{0};
  i64 without_words = -i64(Errno::Msg_too_short); ///< the opcode of such a message, or its error
};

/// Find the row of the message's opcode, check, serve. Errors: as in the row, Perm, No_sys.
Outcome serve(Operation const *rows, unsigned count, Opcode opcode, Kobject &object,
              Invocation &call);
template <unsigned N>
Outcome serve(Operation const (&rows)[N], Opcode opcode, Kobject &object, Invocation &call)
{
  return serve(rows, N, opcode, object, call);
}
