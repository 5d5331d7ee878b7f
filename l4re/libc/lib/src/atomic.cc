// SPDX-License-Identifier: MIT
/*
 * Atomic operations on what the processor cannot do at once: the compiler calls these functions for
 * objects of other sizes than 1, 2, 4 and 8 bytes. A lock, chosen by the address, makes them
 * atomic; they are not for signal handlers, which __atomic_is_lock_free() says.
 *
 * The names are the compiler's own, so that functions here have others and get those by asm labels.
 */
#include <l4/libc/wait.h>

#include <stddef.h>
#include <stdint.h>
#include <string.h>

namespace {

constexpr unsigned Num_locks = 16, Address_bits = 4;

/// Those of one address have one lock; objects that share it by chance only wait for each other.
Libc::Mutex locks[Num_locks];

Libc::Mutex &lock_of(void const *object)
{
  return locks[reinterpret_cast<uintptr_t>(object) >> Address_bits & (Num_locks - 1)];
}

/// The compiler does these by itself where it knows the size; both ways must fit together.
bool is_natural(size_t size, void const *object)
{
  bool const power = size == 1 || size == 2 || size == 4 || size == 8;
  return power && reinterpret_cast<uintptr_t>(object) % size == 0;
}

/// Calls f(pointer to an integer of this size).
template <typename F> auto with_integer(size_t size, void *object, F &&f)
{
  switch (size) {
  case 1: return f(static_cast<uint8_t *>(object));
  case 2: return f(static_cast<uint16_t *>(object));
  case 4: return f(static_cast<uint32_t *>(object));
  default: return f(static_cast<uint64_t *>(object));
  }
}

using Big = unsigned __int128;

/// Replace what is there by `change(old)`. \return what was there
template <typename F> Big change_big(Big *object, F &&change)
{
  Libc::Guard guard(lock_of(object));
  Big const old = *object;
  *object = change(old);
  return old;
}

} // namespace

extern "C" {

bool atomic_any_is_lock_free(size_t size, void const *object) asm("__atomic_is_lock_free");
void atomic_any_load(size_t size, void *from, void *to, int) asm("__atomic_load");
void atomic_any_store(size_t size, void *to, void *from, int) asm("__atomic_store");
void atomic_any_exchange(size_t size, void *object, void *value, void *old,
                         int) asm("__atomic_exchange");
bool atomic_any_compare(size_t size, void *object, void *expected, void *value, int,
                        int) asm("__atomic_compare_exchange");
Big atomic_big_load(Big *from, int) asm("__atomic_load_16");
void atomic_big_store(Big *to, Big value, int) asm("__atomic_store_16");
Big atomic_big_exchange(Big *object, Big value, int) asm("__atomic_exchange_16");
bool atomic_big_compare(Big *object, Big *expected, Big value, int,
                        int) asm("__atomic_compare_exchange_16");
Big atomic_big_add(Big *object, Big value, int) asm("__atomic_fetch_add_16");
Big atomic_big_sub(Big *object, Big value, int) asm("__atomic_fetch_sub_16");
Big atomic_big_and(Big *object, Big value, int) asm("__atomic_fetch_and_16");
Big atomic_big_or(Big *object, Big value, int) asm("__atomic_fetch_or_16");
Big atomic_big_xor(Big *object, Big value, int) asm("__atomic_fetch_xor_16");
Big atomic_big_nand(Big *object, Big value, int) asm("__atomic_fetch_nand_16");

bool atomic_any_is_lock_free(size_t size, void const *object) { return is_natural(size, object); }

void atomic_any_load(size_t size, void *from, void *to, int)
{
  if (is_natural(size, from)) {
    with_integer(size, from, [to](auto *p) {
      auto const value = __atomic_load_n(p, __ATOMIC_SEQ_CST);
      memcpy(to, &value, sizeof(value));
    });
    return;
  }
  Libc::Guard guard(lock_of(from));
  memcpy(to, from, size);
}

void atomic_any_store(size_t size, void *to, void *from, int)
{
  if (is_natural(size, to)) {
    with_integer(size, to, [from](auto *p) {
      auto value = *p;
      memcpy(&value, from, sizeof(value));
      __atomic_store_n(p, value, __ATOMIC_SEQ_CST);
    });
    return;
  }
  Libc::Guard guard(lock_of(to));
  memcpy(to, from, size);
}

void atomic_any_exchange(size_t size, void *object, void *value, void *old, int)
{
  if (is_natural(size, object)) {
    with_integer(size, object, [=](auto *p) {
      auto number = *p;
      memcpy(&number, value, sizeof(number));
      number = __atomic_exchange_n(p, number, __ATOMIC_SEQ_CST);
      memcpy(old, &number, sizeof(number));
    });
    return;
  }
  Libc::Guard guard(lock_of(object));
  // `old` may be `value`: a byte after the other keeps both right.
  for (size_t i = 0; i < size; ++i) {
    auto *const at = static_cast<char *>(object) + i;
    char const before = *at;
    *at = static_cast<char *>(value)[i];
    static_cast<char *>(old)[i] = before;
  }
}

bool atomic_any_compare(size_t size, void *object, void *expected, void *value, int, int)
{
  if (is_natural(size, object))
    return with_integer(size, object, [=](auto *p) {
      auto wanted = *p, number = *p;
      memcpy(&wanted, expected, sizeof(wanted));
      memcpy(&number, value, sizeof(number));
      bool const done = __atomic_compare_exchange_n(p, &wanted, number, false, __ATOMIC_SEQ_CST,
                                                    __ATOMIC_SEQ_CST);
      if (!done) memcpy(expected, &wanted, sizeof(wanted));
      return done;
    });
  Libc::Guard guard(lock_of(object));
  bool const equal = memcmp(object, expected, size) == 0;
  memcpy(equal ? object : expected, equal ? value : object, size);
  return equal;
}

Big atomic_big_load(Big *from, int)
{
  Libc::Guard guard(lock_of(from));
  return *from;
}

void atomic_big_store(Big *to, Big value, int)
{
  Libc::Guard guard(lock_of(to));
  *to = value;
}

Big atomic_big_exchange(Big *object, Big value, int)
{
  return change_big(object, [=](Big) { return value; });
}

bool atomic_big_compare(Big *object, Big *expected, Big value, int, int)
{
  return atomic_any_compare(sizeof(Big), object, expected, &value, 0, 0);
}

Big atomic_big_add(Big *object, Big value, int)
{
  return change_big(object, [=](Big old) { return old + value; });
}

Big atomic_big_sub(Big *object, Big value, int)
{
  return change_big(object, [=](Big old) { return old - value; });
}

Big atomic_big_and(Big *object, Big value, int)
{
  return change_big(object, [=](Big old) { return old & value; });
}

Big atomic_big_or(Big *object, Big value, int)
{
  return change_big(object, [=](Big old) { return old | value; });
}

Big atomic_big_xor(Big *object, Big value, int)
{
  return change_big(object, [=](Big old) { return old ^ value; });
}

Big atomic_big_nand(Big *object, Big value, int)
{
  return change_big(object, [=](Big old) { return ~(old & value); });
}

} // extern "C"
