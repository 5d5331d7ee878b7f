// SPDX-License-Identifier: MIT
#include "debug.h"
#include "factory.h"
#include "receive.h"
#include "server.h"

#include <l4/sys/err.h>
#include <l4/sys/factory.h>
#include <l4/sys/ipc.h>
#include <l4/sys/rcv_endpoint.h>
#include <l4/sys/task.h>
#include <l4/sys/thread.h>

#include <string.h>

namespace Moe {

Receiver receiver;

// --- receiving capabilities
// -----------------------------------------------------------------------

bool Receiver::init()
{
  for (l4_cap_idx_t &slot : _slots)
    slot = registry.alloc_slot();
  return l4_is_valid_cap(_slots[Num - 1]);
}

void Receiver::prepare(l4_utcb_t *utcb) const
{
  l4_buf_regs_t *const b = l4_utcb_br_u(utcb);
  b->bdr = 0;
  for (unsigned i = 0; i < Num; ++i)
    b->br[i] = _slots[i] | L4_RCV_ITEM_SINGLE_CAP | L4_RCV_ITEM_LOCAL_ID;
  b->br[Num] = 0;
}

void Receiver::arrived(l4_msgtag_t tag, l4_utcb_t *utcb)
{
  l4_umword_t const *item = &l4_utcb_mr_u(utcb)->mr[l4_msgtag_words(tag)];
  unsigned slot = 0;
  for (unsigned i = 0; i < l4_msgtag_items(tag) && slot < Num; ++i, item += 2) {
    if (!item[0]) continue; // a void item uses no buffer
    if (L4::Ipc::Snd_fpage(item[0], item[1]).cap_received()) _filled |= 1U << slot;
    if (!(item[0] & L4_ITEM_CONT)) ++slot;
  }
}

l4_cap_idx_t Receiver::take(unsigned i)
{
  if (!(_filled >> i & 1)) return L4_INVALID_CAP;
  l4_cap_idx_t const fresh = registry.alloc_slot();
  if (l4_is_invalid_cap(fresh)) return L4_INVALID_CAP;
  l4_cap_idx_t const taken = _slots[i];
  _slots[i] = fresh;
  _filled &= ~(1U << i);
  return taken;
}

void Receiver::clean()
{
  for (unsigned i = 0; i < Num; ++i)
    if (_filled >> i & 1) l4_task_release_cap(L4_BASE_TASK_CAP, _slots[i]);
  _filled = 0;
}

// --- the loop
// -------------------------------------------------------------------------------------

namespace {

/// Label of the interrupt that says "a gate died"; no object has it, since slot 0 is not used.
constexpr l4_umword_t Deletion_label = 0;

Object *undelivered;
Charged *unref_list[4];
unsigned num_unref;

/// Keeps the message registers over system calls that happen between an answer and its sending.
class Saved_message {
public:
  explicit Saved_message(l4_utcb_t *utcb) : _regs(l4_utcb_mr_u(utcb))
  {
    memcpy(_saved.mr, _regs->mr, sizeof(_saved.mr));
  }
  ~Saved_message() { memcpy(_regs->mr, _saved.mr, sizeof(_saved.mr)); }
  Saved_message(Saved_message const &) = delete;
  Saved_message &operator=(Saved_message const &) = delete;

private:
  l4_msg_regs_t *_regs;
  l4_msg_regs_t _saved;
};

[[gnu::noinline]] void really_clean_up(l4_utcb_t *utcb, Account *refusing)
{
  Saved_message const saved(utcb);
  if (refusing) report_refusal(refusing);
  receiver.clean();
  while (num_unref)
    unref_list[--num_unref]->unref();
}

inline void clean_up(l4_utcb_t *utcb)
{
  Account *const refusing = Account::take_refusing();
  if (receiver.dirty() || num_unref || refusing) really_clean_up(utcb, refusing);
}

l4_msgtag_t dispatch(l4_umword_t label, l4_msgtag_t tag, l4_utcb_t *utcb)
{
  undelivered = nullptr;
  if (l4_msgtag_items(tag)) receiver.arrived(tag, utcb);
  Object *const object = registry.find(label);
  if (!object) return l4_msgtag(-L4_ENOENT, 0, 0, 0);
  return object->dispatch(tag, label & (L4_CAP_FPAGE_W | L4_CAP_FPAGE_S), utcb);
}

void failed(l4_msgtag_t tag, l4_utcb_t *utcb)
{
  unsigned long const err = l4_ipc_error(tag, utcb);
  if (l4_ipc_is_snd_error(utcb)) {
    // The client vanished or has no room for what we send.
    if (undelivered) registry.remove(undelivered);
  } else
    receiver.arrived_unknown();
  undelivered = nullptr;
  debug(Dbg_server, "message failed with IPC error 0x%lx", err);
  clean_up(utcb);
}

} // namespace

void expect_delivery(Object *object)
{
  undelivered = object;
}

void unref_later(Charged *object)
{
  unref_list[num_unref++] = object;
}

void init_server()
{
  l4_cap_idx_t const irq = registry.alloc_slot();
  long err = l4_error(l4_factory_create_irq(L4_BASE_FACTORY_CAP, irq));
  if (err >= 0) err = l4_error(l4_rcv_ep_bind_thread(irq, L4_BASE_THREAD_CAP, Deletion_label));
  if (err >= 0) err = l4_error(l4_thread_register_del_irq(L4_BASE_THREAD_CAP, irq));
  if (err < 0)
    debug(Dbg_warn,
          "no notices about deleted gates: %s (%ld); memory of clients that end will "
          "not come back",
          error_name(err), err);
  if (!receiver.init()) panic("no capability slots");
}

void serve()
{
  l4_utcb_t *const utcb = l4_utcb();
  l4_umword_t label;
  receiver.prepare(utcb);
  l4_msgtag_t tag = l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
  for (;;) {
    l4_msgtag_t reply = l4_msgtag(-L4_ENOREPLY, 0, 0, 0);
    if (l4_msgtag_has_error(tag))
      failed(tag, utcb);
    else if (label == Deletion_label)
      registry.collect();
    else {
      reply = dispatch(label, tag, utcb);
      clean_up(utcb);
    }
    receiver.prepare(utcb);
    if (l4_msgtag_label(reply) == -L4_ENOREPLY)
      tag = l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
    else
      tag = l4_ipc_reply_and_wait(utcb, reply, &label, L4_IPC_SEND_TIMEOUT_0);
  }
}

} // namespace Moe
