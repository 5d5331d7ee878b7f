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
/// Most callers that a report names.
constexpr unsigned Max_callers = 8;

Exception_facts::Place place_of(Fault_result::Kind kind)
{
  using Kind = Fault_result::Kind;
  using Place = Exception_facts::Place;
  switch (kind) {
  case Kind::Mapped:
    return Place::Fine;
  case Kind::Null:
    return Place::Null;
  case Kind::No_region:
    return Place::Unmapped;
  case Kind::Stack_guard:
    return Place::Stack_guard;
  case Kind::Reserved:
    return Place::Reserved;
  case Kind::Not_readable:
    return Place::Not_readable;
  case Kind::Not_writable:
    return Place::Not_writable;
  case Kind::Not_executable:
    return Place::Not_executable;
  case Kind::Not_backed:
    return Place::Not_backed;
  }
  return Place::Fine;
}

} // namespace

long Rescue_table::add(l4_addr_t begin, l4_addr_t end, l4_addr_t resume)
{
  if (begin >= end || resume == 0) return -L4_EINVAL;
  for (unsigned i = 0; i < _count; ++i)
    if (_entries[i].begin < end && begin < _entries[i].end) return -L4_EINVAL;
  if (_count == Max) return -L4_ENOMEM;
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
    if (_entries[i].begin <= ip && ip < _entries[i].end) return _entries[i].resume;
  return 0;
}

void end_process(int status)
{
  constexpr unsigned long Sig_exit = 0;
  L4Re::Env::env()->parent()->signal(Sig_exit, static_cast<unsigned long>(status));
  for (;;)
    l4_ipc_sleep(L4_IPC_NEVER);
}

bool Crash_handler::handle(l4_cap_idx_t rm)
{
  // Finding out about the fault makes system calls, which overwrite the message.
  l4_exc_regs_t regs;
  memcpy(&regs, l4_utcb_exc(), sizeof(regs));

  Fault_result fault;
  if (_signals->finish(&regs) || signalled(&regs) || resolvable(&regs, &fault)) {
    _signals->deliver_early(&regs);
    memcpy(l4_utcb_exc(), &regs, sizeof(regs));
    return true;
  }

  Exception_facts const known = facts(regs, fault);
  Diagnosis const d = diagnose(known);
  if (_signals->deliver(&regs, &d, known)) {
    memcpy(l4_utcb_exc(), &regs, sizeof(regs));
    return true;
  }
  report(regs, d);
  if (_remote->ask(regs, rm)) {
    printf("%s: stays stopped for who was told about it ('dbg_events')\n", _program);
    return false;
  }
  printf("%s: ends with status %d\n", _program, Signal_status + d.signal);
  end_process(Signal_status + d.signal);
}

/// Somebody triggered the exception so that the thread looks at its signals.
bool Crash_handler::signalled(l4_exc_regs_t *regs) const
{
  constexpr l4_umword_t Ex_regs = 0xff;
  if (regs->trapno != Ex_regs) return false;
  return _signals->deliver(regs, nullptr, Exception_facts()) || _signals->is_late(*regs);
}

bool Crash_handler::resolvable(l4_exc_regs_t *regs, Fault_result *fault) const
{
  if (regs->trapno != Page_fault) return false;
  // Another thread may have attached memory since the pager refused the fault.
  *fault = _space->resolve({regs->pfa, regs->ip, (regs->err & 2) != 0, (regs->err & 0x10) != 0});
  if (fault->kind == Fault_result::Kind::Mapped) return true;
  l4_addr_t const resume = _rescue->find(regs->ip);
  if (!resume) return false;
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
  if (fault.region) f.region = fault.region->name;
  if (fault.kind == Fault_result::Kind::Not_backed) f.backing = l4sys_errtostr(fault.error);
  if (regs.trapno != Page_fault && _space->readable(regs.ip, sizeof(f.code))) {
    memcpy(f.code, reinterpret_cast<void const *>(regs.ip), sizeof(f.code));
    f.have_code = true;
  }
  return f;
}

void Crash_handler::print_where(char const *what, l4_addr_t address) const
{
  Region const *r = _space->map().find(address);
  if (r)
    printf("%s:   %s 0x%016lx in '%s' (0x%lx-0x%lx)\n", _program, what, address, r->name, r->start,
           r->last);
  else
    printf("%s:   %s 0x%016lx, where nothing is\n", _program, what, address);
}

void Crash_handler::print_registers(l4_exc_regs_t const &r) const
{
  printf("%s:   rax %016lx rbx %016lx rcx %016lx rdx %016lx\n", _program, r.rax, r.rbx, r.rcx,
         r.rdx);
  printf("%s:   rsi %016lx rdi %016lx rbp %016lx rsp %016lx\n", _program, r.rsi, r.rdi, r.rbp,
         r.sp);
  printf("%s:   r8  %016lx r9  %016lx r10 %016lx r11 %016lx\n", _program, r.r8, r.r9, r.r10, r.r11);
  printf("%s:   r12 %016lx r13 %016lx r14 %016lx r15 %016lx\n", _program, r.r12, r.r13, r.r14,
         r.r15);
  printf("%s:   rip %016lx rflags %08lx trap %lu error %lx fault address %lx\n", _program, r.ip,
         r.flags, r.trapno, r.err, r.pfa);
}

/// True if a call instruction ends at an address: E8 rel32, or FF /2 with its operand forms.
bool Crash_handler::follows_call(l4_addr_t address) const
{
  constexpr unsigned Longest = 7;
  Region const *r = _space->map().find(address);
  if (!r || !(r->flags & Right_x) || address - r->start < Longest ||
      !_space->readable(address - Longest, Longest))
    return false;
  auto const *end = reinterpret_cast<unsigned char const *>(address);
  if (end[-5] == 0xe8) return true;
  for (unsigned length = 2; length <= Longest; ++length)
    if (*(end - length) == 0xff && ((*(end - length + 1) >> 3) & 7) == 2) return true;
  return false;
}

/// Words on the stack that point behind a call: not all of them are callers, but no caller is
/// missing from the part that is searched. \return how many were found
unsigned Crash_handler::find_callers(l4_addr_t sp, l4_addr_t *callers, unsigned max) const
{
  constexpr unsigned Search = 512;
  // After a stack overflow the stack begins behind its guard.
  if (Region const *stack = _space->stack_above_guard(sp)) sp = stack->start;
  unsigned found = 0;
  l4_addr_t const start = (sp + 7) & ~7UL;
  for (l4_addr_t p = start; p < start + Search * sizeof(l4_umword_t) && found < max;
       p += sizeof(l4_umword_t)) {
    if (!_space->readable(p, sizeof(l4_umword_t))) break;
    l4_addr_t const value = *reinterpret_cast<l4_addr_t const *>(p);
    if (follows_call(value)) callers[found++] = value;
  }
  return found;
}

/// True for the stub of a program through which it calls a function of a library: a jump to where a
/// word says, behind an end-branch mark or not.
bool Crash_handler::jumps_to(l4_addr_t stub, l4_addr_t function) const
{
  constexpr unsigned char Mark[] = {0xf3, 0x0f, 0x1e, 0xfa}, Jump[] = {0xff, 0x25};
  constexpr unsigned Length = sizeof(Jump) + sizeof(l4_int32_t);
  if (!_space->readable(stub, sizeof(Mark) + Length)) return false;
  if (!memcmp(reinterpret_cast<void const *>(stub), Mark, sizeof(Mark))) stub += sizeof(Mark);
  if (memcmp(reinterpret_cast<void const *>(stub), Jump, sizeof(Jump)) != 0) return false;
  l4_int32_t distance;
  memcpy(&distance, reinterpret_cast<void const *>(stub + sizeof(Jump)), sizeof(distance));
  l4_addr_t const word = stub + Length + static_cast<l4_umword_t>(l4_mword_t{distance});
  return word % sizeof(l4_addr_t) == 0 && _space->readable(word, sizeof(l4_addr_t)) &&
         *reinterpret_cast<l4_addr_t const *>(word) == function;
}

/// True if the call instruction that ends at an address names this function.
bool Crash_handler::calls(l4_addr_t behind_call, l4_addr_t function) const
{
  constexpr unsigned char Call = 0xe8;
  constexpr unsigned Length = 5;
  auto const *const code = reinterpret_cast<unsigned char const *>(behind_call - Length);
  if (*code != Call) return false;
  l4_int32_t distance;
  memcpy(&distance, code + 1, sizeof(distance));
  l4_addr_t const target = behind_call + static_cast<l4_umword_t>(l4_mword_t{distance});
  return target == function || jumps_to(target, function);
}

void Crash_handler::print_place(l4_addr_t address, Symbol_files::Place const &place,
                                bool certain) const
{
  char text[Symbol_files::Place_text];
  Symbol_files::describe(place, text);
  bool const own = !place.file || _app->symbols().is_program(place);
  printf("%s:   %c 0x%lx %s%s%s%s\n", _program, certain ? ' ' : '?', address, text, own ? "" : " (",
         own ? "" : place.file, own ? "" : ")");
}

/// For each file with places in it the command that shows their source lines.
void Crash_handler::print_commands(Symbol_files::Place const *places, unsigned count) const
{
  static char const what[] = "source lines of it and its callers";
  bool done[Max_callers + 1] = {};
  for (unsigned i = 0; i < count; ++i) {
    if (done[i] || !places[i].file) continue;
    char line[240]; // in one piece: others print as well
    int length = snprintf(line, sizeof(line), "addr2line -fe %s", places[i].file);
    for (unsigned j = i; j < count; ++j) {
      if (!places[j].file || strcmp(places[i].file, places[j].file) != 0) continue;
      length += snprintf(line + length, sizeof(line) - static_cast<unsigned>(length), " 0x%lx",
                         places[j].address);
      done[j] = true;
    }
    printf("%s:   %s: %s\n", _program, what, line);
  }
}

/**
 * The instruction and what called it, with names if the files have some. A caller is certain if its
 * call names the function below it; those through pointers, and what only looks like a caller, are
 * marked '?'.
 */
void Crash_handler::print_backtrace(l4_exc_regs_t const &regs) const
{
  l4_addr_t callers[Max_callers];
  Symbol_files::Place places[Max_callers + 1];
  bool certain[Max_callers + 1] = {true};
  unsigned const n = find_callers(regs.sp, callers, Max_callers);
  places[0] = _app->symbols().find(regs.ip);
  bool named = places[0].function.name;
  // The function below in the chain, and that of the candidate before: a call may name either.
  l4_addr_t below = named ? places[0].function.start : 0, before = 0;
  for (unsigned i = 0; i < n; ++i) {
    Symbol_files::Place &place = places[i + 1];
    place = _app->symbols().find(callers[i] - 1); // inside of the call, not behind it
    named |= place.function.name != nullptr;
    certain[i + 1] = (below && calls(callers[i], below)) || (before && calls(callers[i], before));
    before = place.function.name ? place.function.start : 0;
    if (certain[i + 1]) below = before;
  }
  for (unsigned i = 0; named && i <= n; ++i)
    print_place(i ? callers[i - 1] - 1 : regs.ip, places[i], certain[i]);
  print_commands(places, n + 1);
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
  print_backtrace(regs);
}

} // namespace Itas
