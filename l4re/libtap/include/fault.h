// SPDX-License-Identifier: MIT
/**
 * Code that shall fault: run it, and see how it ended (for L4Re programs, library libtap_l4re).
 *
 *     TEST("a constant cannot be written")
 *     {
 *       CHECK_FAULT(Write, &constant, *const_cast<int volatile *>(&constant) = 1);
 *     }
 *
 * The code runs on a thread of its own, whose pager and exception handler is the main thread of the
 * test. Page faults that the region map of the program answers (a page of the heap that was not
 * used yet) are no faults here. After any other fault the thread is deleted: destructors of the
 * code do not run. The code may not use the C library or the kernel's reply slot of the main
 * thread.
 */
#pragma once

#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

namespace Tap {

/// How a piece of code ended.
struct Fault {
  enum Kind {
    None,      ///< it came to its end
    Read,      ///< no right to read, or nothing is there; `address` is what it read
    Write,     ///< the same for writing
    Execute,   ///< the same for executing
    Exception, ///< a processor exception; `trap` is its number (0 division, 6 invalid opcode, ...)
    Hang,      ///< neither end nor fault within a second
  };
  Kind kind = None;
  l4_umword_t address = 0;
  l4_umword_t ip = 0;
  unsigned trap = 0;
};

/// Run `body` on a thread of its own until its end or its first fault. Main thread only.
Fault run_to_fault(Worker::Body body, void *data = nullptr);

/// The same with anything that can be called, such as a lambda.
template <typename CODE> Fault fault_of(CODE &&code)
{
  auto *const data = const_cast<void *>(static_cast<void const *>(&code));
  return run_to_fault([](Worker &me) { me.data<CODE>()(); }, data);
}

} // namespace Tap

/// Check that code faults in this way: CHECK_FAULT(Write, pointer, code...). Addresses count to the
/// word: the kernel does not tell the lowest three bits.
#define CHECK_FAULT(expected, where, ...)                                                          \
  do {                                                                                             \
    Tap::Fault const tap_fault = Tap::fault_of([&] { __VA_ARGS__; });                              \
    CHECK_EQ(tap_fault.kind, Tap::Fault::expected);                                                \
    CHECK_EQ(tap_fault.address, l4_umword_t(where) & ~7ul);                                        \
  } while (0)

/// Check that code raises this processor exception: CHECK_EXCEPTION(6, __builtin_trap()).
#define CHECK_EXCEPTION(number, ...)                                                               \
  do {                                                                                             \
    Tap::Fault const tap_fault = Tap::fault_of([&] { __VA_ARGS__; });                              \
    CHECK_EQ(tap_fault.kind, Tap::Fault::Exception);                                               \
    CHECK_EQ(tap_fault.trap, number);                                                              \
  } while (0)
