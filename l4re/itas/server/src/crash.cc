// SPDX-License-Identifier: MIT
#include "crash.h"

#include <l4/re/env>
#include <l4/re/parent>
#include <l4/sys/ipc.h>

#include <stdio.h>
#include <string.h>

namespace Itas {

namespace {

constexpr l4_umword_t Page_fault = 14;
constexpr int Signal_status = 128;
/// Distance from a UTCB to what its thread's GS base points to.
constexpr l4_addr_t Gs_in_utcb = 0x1f8;
constexpr unsigned Right_x = 1;

Exception_facts::Place place_of(Fault_result::Kind kind)
{
  using Kind = Fault_result::Kind;
  using Place = Exception_facts::Place;
  switch (kind) {
  case Kind::Mapped: return Place::Fine;
  case Kind::Null: return Place::Null;
  case Kind::No_region: return Place::Unmapped;
  case Kind::Stack_guard: return Place::Stack_guard;
  case Kind::Reserved: return Place::Reserved;
  case Kind::Not_readable: return Place::Not_readable;
  case Kind::Not_writable: return Place::Not_writable;
  case Kind::Not_executable: return Place::Not_executable;
  case Kind::Not_backed: return Place::Not_backed;
  }
  return Place::Fine;
}

} // namespace

long Rescue_table::add(l4_addr_t begin, l4_addr_t end, l4_addr_t resume)
{
  if (begin >= end || resume == 0)
    return -L4_EINVAL;
  for (unsigned i = 0; i < _count; ++i)
    if (_entries[i].begin < end && begin < _entries[i].end)
      return -L4_EINVAL;
  if (_count == Max)
    return -L4_ENOMEM;
  _entries[_count++] = {begin, end, resume};
  return 0;
}

long Rescue_table::remove(l4_addr_t pc)
{
  for (unsigned i = 0; i < _count; ++i)
    if (_entries[i].begin <= pc && pc < _entries[i].end) {
      _entries[i] = _entries[--_count];
      return 0;
    }
  return -L4_ENOENT;
}

l4_addr_t Rescue_table::find(l4_addr_t ip) const
{
  for (unsigned i = 0; i < _count; ++i)
    if (_entries[i].begin <= ip && ip < _entries[i].end)
      return _entries[i].resume;
  return 0;
}

void end_process(int status)
{
  constexpr unsigned long Sig_exit = 0;
  L4Re::Env::env()->parent()->signal(Sig_exit, static_cast<unsigned long>(status));
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

bool Crash_handler::handle()
{
  // Finding out about the fault makes system calls, which overwrite the message.
  l4_exc_regs_t regs;
  memcpy(&regs, l4_utcb_exc(), sizeof(regs));

  Fault_result fault;
  if (resolvable(&regs, &fault)) {
    memcpy(l4_utcb_exc(), &regs, sizeof(regs));
    return true;
  }

  Diagnosis const d = diagnose(facts(regs, fault));
  report(regs, d);
  end_process(Signal_status + d.signal);
}

bool Crash_handler::resolvable(l4_exc_regs_t *regs, Fault_result *fault) const
{
  if (regs->trapno != Page_fault)
    return false;
  // Another thread may have attached memory since the pager refused the fault.
  *fault = _space->resolve({regs->pfa, regs->ip, (regs->err & 2) != 0, (regs->err & 0x10) != 0});
  if (fault->kind == Fault_result::Kind::Mapped)
    return true;
  l4_addr_t const resume = _rescue->find(regs->ip);
  if (!resume)
    return false;
  regs->ip = resume;
  return true;
}

Exception_facts Crash_handler::facts(l4_exc_regs_t const &regs, Fault_result const &fault) const
{
  Exception_facts f;
  f.trapno = regs.trapno;
  f.err = regs.err;
  f.ip = regs.ip;
  f.address = regs.pfa;
  f.place = place_of(fault.kind);
  if (fault.region)
    f.region = fault.region->name;
  if (fault.kind == Fault_result::Kind::Not_backed)
    f.backing = l4sys_errtostr(fault.error);
  if (regs.trapno != Page_fault && _space->readable(regs.ip, sizeof(f.code))) {
    memcpy(f.code, reinterpret_cast<void const *>(regs.ip), sizeof(f.code));
    f.have_code = true;
  }
  return f;
}

bool Crash_handler::is_code(l4_addr_t address) const
{
  Region const *r = _space->map().find(address);
  return r && (r->flags & Right_x);
}

void Crash_handler::print_where(char const *what, l4_addr_t address) const
{
  Region const *r = _space->map().find(address);
  if (r)
    printf("%s:   %s 0x%016lx in '%s' (0x%lx-0x%lx)\n", _program, what, address, r->name,
           r->start, r->last);
  else
    printf("%s:   %s 0x%016lx, where nothing is\n", _program, what, address);
}

void Crash_handler::print_registers(l4_exc_regs_t const &r) const
{
  printf("%s:   rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", _program, r.rax, r.rbx, r.rcx,
         r.rdx);
  printf("%s:   rsi %016lx rdi %016lx rbp %016lx rsp %016lx\n", _program, r.rsi, r.rdi, r.rbp,
         r.sp);
  printf("%s:   r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n", _program, r.r8, r.r9, r.r10,
         r.r11);
  printf("%s:   r12 %016lx r13 %016lx r14 %016lx r15 %016lx\n", _program, r.r12, r.r13, r.r14,
         r.r15);
  printf("%s:   rip %016lx rflags %08lx trap %lu error %lx fault address %lx\n", _program, r.ip,
         r.flags, r.trapno, r.err, r.pfa);
}

/// Words on the stack that point behind a call: not all of them are callers, but no caller is
/// missing from the part that is searched.
void Crash_handler::print_callers(l4_addr_t sp) const
{
  constexpr unsigned Search = 256, Max = 8;
  unsigned found = 0;
  for (l4_addr_t p = (sp + 7) & ~7UL; p < sp + Search * sizeof(l4_umword_t) && found < Max;
       p += sizeof(l4_umword_t)) {
    if (!_space->readable(p, sizeof(l4_umword_t)))
      break;
    l4_addr_t const value = *reinterpret_cast<l4_addr_t const *>(p);
    if (!is_code(value))
      continue;
    printf("%s:   %s 0x%016lx\n", _program, found ? "         or" : "called from", value);
    ++found;
  }
}

void Crash_handler::report(l4_exc_regs_t const &regs, Diagnosis const &d) const
{
  l4_addr_t const utcb = regs.gs_base - Gs_in_utcb;
  l4_addr_t const index = (utcb - _utcbs) / L4_UTCB_OFFSET;
  printf("%s: %s\n", _program, d.text);
  if (index == 1)
    printf("%s:   in the main thread, %s\n", _program, d.signal_name);
  else
    printf("%s:   in the thread with UTCB 0x%lx, %s\n", _program, utcb, d.signal_name);
  print_where("instruction at", regs.ip);
  print_where("stack pointer ", regs.sp);
  print_registers(regs);
  print_callers(regs.sp);
  printf("%s: ends with status %d. Source line: addr2line -e %s 0x%lx\n", _program,
         Signal_status + d.signal, _program, regs.ip);
}

} // namespace Itas
