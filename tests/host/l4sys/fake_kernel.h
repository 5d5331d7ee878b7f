// SPDX-License-Identifier: MIT
#pragma once

#include <functional>
#include <l4/sys/ipc.h>
#include <vector>

/**
 * A kernel for tests of one thread: it records each invocation, and a function of the test answers
 * it in the same UTCB.
 */
struct Fake_kernel {
  struct Invocation {
    l4_umword_t selector;
    l4_msgtag_t tag;
    l4_umword_t label;
    l4_umword_t timeout;
    /** Words of the message, then the words of its items. */
    std::vector<l4_umword_t> words;
    /** Buffer registers up to the one that ends the list. */
    std::vector<l4_umword_t> buffers;
    l4_umword_t bdr;

    l4_cap_idx_t cap() const { return selector & L4_CAP_MASK; }
    unsigned flags() const { return selector & 0xf; }
  };

  /** Answers an invocation: sets registers of the UTCB and returns the tag. */
  typedef std::function<l4_msgtag_t(Invocation const &, l4_umword_t *label)> Handler;

  Fake_kernel();
  ~Fake_kernel();
  Fake_kernel(Fake_kernel const &) = delete;

  /** Answer everything with this tag. */
  void answer(l4_msgtag_t tag);
  /** Answer everything with label 0 and these words. */
  void answer_words(std::vector<l4_umword_t> words);
  /** Fail everything with an IPC error. */
  void fail(l4_umword_t error);

  Invocation const &last() const { return log.back(); }

  Handler handler;
  std::vector<Invocation> log;
};

/** Fill the message registers with something recognisable. */
void poison_message_registers();
