// SPDX-License-Identifier: MIT
#include "fake_kernel.h"

#include <cstring>

namespace {

alignas(1024) unsigned char utcb_memory[1024];
Fake_kernel *current;

} // namespace

void *l4_arch_utcb() noexcept
{
  return utcb_memory;
}

l4_umword_t l4_arch_invoke(l4_umword_t selector, l4_umword_t tag, l4_umword_t *label,
                           l4_umword_t timeout) noexcept
{
  l4_msgtag_t message{static_cast<l4_mword_t>(tag)};
  l4_umword_t const *mr = l4_utcb_mr()->mr;
  l4_buf_regs_t const *br = l4_utcb_br();

  Fake_kernel::Invocation call{selector, message, *label, timeout, {}, {}, br->bdr};
  call.words.assign(mr, mr + message.words() + 2 * message.items());
  for (unsigned i = 0; i < L4_UTCB_GENERIC_BUFFERS_SIZE && br->br[i];) {
    bool small = br->br[i] & 2;
    unsigned words = small ? 1 : br->br[i] & L4_RCV_ITEM_FORWARD_MAPPINGS ? 3 : 2;
    for (; words; --words)
      call.buffers.push_back(br->br[i++]);
  }
  current->log.push_back(call);
  return static_cast<l4_umword_t>(current->handler(call, label).raw);
}

Fake_kernel::Fake_kernel()
{
  current = this;
  poison_message_registers();
  answer(l4_msgtag(0, 0, 0, 0));
}

Fake_kernel::~Fake_kernel()
{
  current = nullptr;
}

void Fake_kernel::answer(l4_msgtag_t tag)
{
  handler = [tag](Invocation const &, l4_umword_t *) { return tag; };
}

void Fake_kernel::answer_words(std::vector<l4_umword_t> words)
{
  handler = [words](Invocation const &, l4_umword_t *) {
    std::copy(words.begin(), words.end(), l4_utcb_mr()->mr);
    return l4_msgtag(0, static_cast<unsigned>(words.size()), 0, 0);
  };
}

void Fake_kernel::fail(l4_umword_t error)
{
  handler = [error](Invocation const &, l4_umword_t *) {
    l4_utcb_tcr()->error = error;
    return l4_msgtag(0, 0, 0, L4_MSGTAG_ERROR);
  };
}

void poison_message_registers()
{
  std::memset(utcb_memory, 0xee, sizeof(utcb_memory));
}
