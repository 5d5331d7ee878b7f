// SPDX-License-Identifier: MIT
#include "signals.h"

#include <l4/sys/ipc.h>
#include <l4/sys/kip.h>
#include <l4/sys/semaphore.h>
#include <l4/sys/thread.h>

#include <string.h>

namespace Itas {

namespace {

/// Distance from a UTCB to what its thread's GS base points to.
constexpr l4_addr_t Gs_in_utcb = 0x1f8;
/// What the ABI lets a function use below its stack pointer.
constexpr l4_addr_t Red_zone = 128;
constexpr l4_umword_t Direction_flag = 0x400;

enum Signal { Sigill = 4, Sigtrap = 5, Sigfpe = 8, Sigbus = 10, Sigsegv = 11 };

l4_umword_t code_of(int signal, Exception_facts const &facts)
{
  using Place = Exception_facts::Place;
  constexpr l4_umword_t Not_there = 1, Not_allowed = 2;
  if (signal == Sigbus) return Not_allowed;
  if (signal != Sigsegv) return Not_there;
  return facts.place == Place::Unmapped || facts.place == Place::Null ? Not_there : Not_allowed;
}

} // namespace

long Signals::request(l4_msgtag_t tag)
{
  l4_umword_t const *const mr = l4_utcb_mr()->mr;
  unsigned const words = l4_msgtag_words(tag);
  switch (words ? static_cast<l4_uint32_t>(mr[0]) : 0U) {
  case L4RE_ITAS_OP_SIGNALS: {
    if (words < 4) return -L4_EMSGTOOSHORT;
    l4_addr_t const entry = mr[1], return_ip = mr[2], record = mr[3];
    if (record % sizeof(l4_umword_t) || !writable(record, sizeof(l4re_itas_signals_t)))
      return -L4_EINVAL;
    _entry = entry;
    _return_ip = return_ip;
    _signals = reinterpret_cast<l4re_itas_signals_t *>(record);
    return 0;
  }
  case L4RE_ITAS_OP_TIMER:
    return words < 2 ? -L4_EMSGTOOSHORT : set_timer(mr[1]);
  default:
    return -L4_ENOSYS;
  }
}

long Signals::set_timer(l4_uint64_t time)
{
  if (!_signals) return -L4_EINVAL;
  _deadline = time;
  check_timer();
  return 0;
}

void Signals::check_timer()
{
  if (_deadline == Never || l4_kip_clock(l4_kip()) < _deadline) return;
  _deadline = Never;
  if (!writable(reinterpret_cast<l4_addr_t>(_signals), sizeof(*_signals))) return;
  __atomic_store_n(&_signals->timer_expired, 1, __ATOMIC_SEQ_CST);
  l4re_itas_thread_t *const state = _signals->timer_state;
  if (!writable(reinterpret_cast<l4_addr_t>(state), sizeof(*state))) return;
  __atomic_store_n(&state->raised, 1, __ATOMIC_SEQ_CST);
  l4_thread_ex_regs(_signals->timer_thread, ~0UL, ~0UL, L4_THREAD_EX_REGS_TRIGGER_EXCEPTION);
  l4_cap_idx_t const park = _signals->timer_park;
  if (l4_is_valid_cap(park)) l4_semaphore_up(park);
}

bool Signals::writable(l4_addr_t start, l4_size_t size) const
{
  if (!start || start + size < start) return false;
  for (l4_addr_t page = l4_trunc_page(start); page < start + size; page += L4_PAGESIZE) {
    Fault fault;
    fault.address = page;
    fault.write = true;
    if (_space->resolve(fault).kind != Fault_result::Kind::Mapped) return false;
  }
  return true;
}

/// UTCBs are in regions of the kernel, or in areas that were reserved for more of them.
bool Signals::may_be_utcb(l4_addr_t address) const
{
  constexpr l4_uint32_t Kernel = 0x100, Reserved = 0x800;
  if (Region const *r = _space->map().find(address)) return r->flags & Kernel;
  Ldr::Area const *const area = _space->map().areas().overlapping({address, address});
  return area && !(area->flags & Reserved);
}

l4re_itas_thread_t *Signals::thread_of(l4_exc_regs_t const &regs) const
{
  l4_addr_t const utcb = regs.gs_base - Gs_in_utcb;
  if (utcb % L4_UTCB_OFFSET || !may_be_utcb(utcb)) return nullptr;
  auto const words = l4_utcb_tcr_u(reinterpret_cast<l4_utcb_t *>(utcb))->user;
  l4_addr_t const state = words[L4RE_ITAS_USER_WORD];
  if (state % sizeof(l4_umword_t) || !writable(state, sizeof(l4re_itas_thread_t))) return nullptr;
  return reinterpret_cast<l4re_itas_thread_t *>(state);
}

bool Signals::deliver(l4_exc_regs_t *regs, Diagnosis const *fault, Exception_facts const &facts)
{
  if (!_signals || !_space->readable(reinterpret_cast<l4_addr_t>(_signals), sizeof(*_signals)))
    return false;
  l4re_itas_thread_t *const thread = thread_of(*regs);
  if (!thread) return false;
  l4_umword_t const bit = fault ? 1UL << fault->signal : 0;
  if (fault ? !(_signals->handled & bit)
            : !__atomic_exchange_n(&thread->raised, 0, __ATOMIC_SEQ_CST))
    return false;

  l4_addr_t sp = regs->sp - Red_zone;
  bool const on_it = regs->sp - thread->stack < thread->stack_size;
  if ((_signals->on_stack & bit) && thread->stack_size && !on_it)
    sp = thread->stack + thread->stack_size;
  sp = (sp - sizeof(l4re_itas_frame_t)) & ~15UL;
  if (!writable(sp, sizeof(l4re_itas_frame_t))) return false;

  auto const frame = reinterpret_cast<l4re_itas_frame_t *>(sp);
  l4_umword_t const signal = fault ? static_cast<l4_umword_t>(fault->signal) : 0;
  *frame = {*regs, signal, fault ? code_of(fault->signal, facts) : 0, facts.address};
  if (fault && fault->signal != Sigsegv && fault->signal != Sigbus) frame->address = regs->ip;
  regs->ip = _entry;
  regs->sp = sp;
  regs->rdi = sp;
  regs->flags &= ~Direction_flag;
  return true;
}

void Signals::deliver_early(l4_exc_regs_t *regs)
{
  if (!_signals) return;
  l4re_itas_thread_t *const thread = thread_of(*regs);
  if (!thread || !__atomic_load_n(&thread->raised, __ATOMIC_SEQ_CST)) return;
  if (deliver(regs, nullptr, Exception_facts())) thread->early = 1;
}

bool Signals::is_late(l4_exc_regs_t const &regs) const
{
  if (!_signals) return false;
  l4re_itas_thread_t *const thread = thread_of(regs);
  return thread && __atomic_exchange_n(&thread->early, 0, __ATOMIC_SEQ_CST);
}

bool Signals::finish(l4_exc_regs_t *regs)
{
  if (!_signals || regs->ip != _return_ip) return false;
  l4_addr_t const frame = regs->rdi;
  if (frame % 16 || !_space->readable(frame, sizeof(l4re_itas_frame_t))) return false;
  *regs = reinterpret_cast<l4re_itas_frame_t const *>(frame)->regs;
  return true;
}

} // namespace Itas
