// SPDX-License-Identifier: MIT
/**
 * Kernel invocations for tests: every field of the message under control, every result kept.
 *
 * The client functions of <l4/sys/...> hide what the ABI says about words, items and flags; tests
 * check exactly that. Registers and layouts: abi/kernel-entry.md sections 1-5.
 */
#pragma once

#include <l4/sys/ipc.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>

#include <initializer_list>

namespace Tap {

/// The calling thread, as a word that operation bits can be or-ed to.
constexpr l4_cap_idx_t Self = L4_INVALID_CAP;

/// What an invocation left behind.
struct Result {
  l4_umword_t tag;        ///< rax, raw
  l4_umword_t from;       ///< rsi: label of the message received
  l4_umword_t error_code; ///< error register, masked; meaningful only if failed()

  bool failed() const { return tag & L4_MSGTAG_ERROR; }
  /// IPC error, 0 if there was none.
  l4_umword_t error() const { return failed() ? error_code : 0; }
  long label() const { return long(tag) >> 16; }
  unsigned words() const { return tag & 0x3f; }
  unsigned items() const { return tag >> 6 & 0x3f; }
  unsigned flags() const { return tag & L4_MSGTAG_FLAGS & ~L4_MSGTAG_ERROR; }
  /// Label, or -(2000 + error) if the IPC failed: a failed call is never mistaken for an answer.
  long checked_label() const { return failed() ? -long(L4_EIPC_LO + error_code) : label(); }
  bool ok() const { return checked_label() >= 0; }
};

/// A typed item: control word and flexpage (abi/ipc.md section 3).
struct Item {
  l4_umword_t control;
  l4_umword_t fpage;
};

/// Item naming an object as an argument or to be mapped with `rights`.
constexpr Item object(l4_cap_idx_t cap, unsigned rights = L4_CAP_FPAGE_RWSD,
                      l4_umword_t attributes = 0, unsigned order = 0)
{
  return {L4_ITEM_MAP | attributes, (cap & L4_FPAGE_ADDR_MASK) | order << L4_FPAGE_SIZE_SHIFT |
                                        L4_FPAGE_OBJ << L4_FPAGE_TYPE_SHIFT | rights};
}

/// Item for memory: [address, address + 2^order), to the hot spot.
constexpr Item memory(l4_addr_t address, unsigned order, unsigned rights, l4_addr_t hot_spot = 0,
                      l4_umword_t attributes = 0)
{
  return {(hot_spot & L4_FPAGE_ADDR_MASK) | L4_ITEM_MAP | attributes,
          (address & L4_FPAGE_ADDR_MASK) | order << L4_FPAGE_SIZE_SHIFT |
              L4_FPAGE_MEMORY << L4_FPAGE_TYPE_SHIFT | rights};
}

constexpr l4_umword_t object_page(l4_cap_idx_t cap, unsigned rights = L4_CAP_FPAGE_RWSD,
                                  unsigned order = 0)
{
  return object(cap, rights, 0, order).fpage;
}

constexpr l4_umword_t memory_page(l4_addr_t address, unsigned order, unsigned rights)
{
  return memory(address, order, rights).fpage;
}

// Timeout pairs (abi/kernel-entry.md section 4): send half << 16 | receive half.
constexpr l4_umword_t Half_zero = 0x400;
constexpr l4_umword_t Never = 0;
constexpr l4_umword_t Zero = Half_zero << 16 | Half_zero;

/// Half of a pair: microseconds, at most 1023 exactly, larger ones rounded up.
constexpr l4_umword_t half(l4_umword_t us)
{
  unsigned exponent = 0;
  if (!us) return Half_zero;
  while (us > 1023) {
    us = (us + 1) >> 1;
    ++exponent;
  }
  return exponent << 10 | us;
}
constexpr l4_umword_t pair(l4_umword_t send, l4_umword_t receive)
{
  return send << 16 | receive;
}
/// Both phases; long enough for any answer, short enough for a test that hangs to go on.
constexpr l4_umword_t Patience = pair(half(2000000), half(2000000));

inline l4_umword_t &mr(unsigned index)
{
  return l4_utcb_mr()->mr[index];
}
inline l4_umword_t &br(unsigned index)
{
  return l4_utcb_br()->br[index];
}
inline l4_umword_t &bdr()
{
  return l4_utcb_br()->bdr;
}

constexpr l4_umword_t raw_tag(long label, unsigned words, unsigned items = 0, unsigned flags = 0)
{
  return l4_umword_t(label) << 16 | flags | (items & 0x3f) << 6 | (words & 0x3f);
}

/// Invoke with everything given: selector | operation bits, raw tag, timeouts, label to send.
inline Result invoke(l4_umword_t selector, l4_umword_t tag, l4_umword_t timeouts = Patience,
                     l4_umword_t label = 0)
{
  Result result{0, label, 0};
  result.tag = l4_arch_invoke(selector, tag, &result.from, timeouts);
  result.error_code = l4_utcb_tcr()->error & L4_IPC_ERROR_MASK;
  return result;
}

/// Write words and items to the message registers and return the tag.
l4_umword_t compose(long label, std::initializer_list<l4_umword_t> words,
                    std::initializer_list<Item> items = {}, unsigned flags = 0);

/// Call an object.
Result call(l4_cap_idx_t cap, long label, std::initializer_list<l4_umword_t> words,
            std::initializer_list<Item> items = {}, l4_umword_t timeouts = Patience);

/// Send without waiting for an answer.
Result send(l4_cap_idx_t cap, long label, std::initializer_list<l4_umword_t> words,
            std::initializer_list<Item> items = {}, l4_umword_t timeouts = Patience);

/// Wait for anybody; the receive half counts.
inline Result wait(l4_umword_t timeouts = Patience)
{
  return invoke(Self | L4_SYSF_WAIT, 0, timeouts);
}

/// Wait for one object.
inline Result receive(l4_cap_idx_t cap, l4_umword_t timeouts = Patience)
{
  return invoke(cap | L4_SYSF_RECV, 0, timeouts);
}

/// Answer the caller in the implicit reply slot, without waiting.
Result reply(long label, std::initializer_list<l4_umword_t> words,
             std::initializer_list<Item> items = {});

/// Sleep; returns when the time is over.
void sleep_us(l4_umword_t us);

/// Offer these buffer items, from BR0 on and for all types; none: receive no items.
void set_buffers(std::initializer_list<l4_umword_t> words);
/// Offer no receive buffer, or one small object buffer.
void no_buffers();
void buffer_for(l4_cap_idx_t slot, unsigned flags = 0);

/// Fill the message registers with a pattern, and say how many of [first, 63) still hold it.
void poison_mrs();
unsigned poisoned_from(unsigned first);
l4_umword_t poison(unsigned index);

} // namespace Tap
