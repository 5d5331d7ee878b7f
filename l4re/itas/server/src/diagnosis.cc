// SPDX-License-Identifier: MIT
#include "diagnosis.h"

#include <stdio.h>

namespace Itas {

namespace {

using Place = Exception_facts::Place;

// Numbers as in the C library's <signal.h>.
enum Signal { Sigill = 4, Sigtrap = 5, Sigabrt = 6, Sigfpe = 8, Sigbus = 10, Sigsegv = 11 };

enum Trap : l4_umword_t {
  Divide_error = 0,
  Debug = 1,
  Breakpoint = 3,
  Overflow = 4,
  Bound = 5,
  Invalid_opcode = 6,
  No_fpu = 7,
  Segment_not_present = 11,
  Stack_segment = 12,
  General_protection = 13,
  Page_fault = 14,
  X87_error = 16,
  Alignment = 17,
  Simd_error = 19,
  Ex_regs = 0xff,
};

/// Exceptions of which their number says all.
struct Plain {
  Trap trap;
  Signal signal;
  char const *name, *text;
};

constexpr Plain plain[] = {
    {Divide_error, Sigfpe, "SIGFPE", "division by zero, or quotient too large"},
    {Debug, Sigtrap, "SIGTRAP", "debug exception"},
    {Breakpoint, Sigtrap, "SIGTRAP", "breakpoint (int3)"},
    {Overflow, Sigsegv, "SIGSEGV", "overflow (into)"},
    {Bound, Sigsegv, "SIGSEGV", "bound range exceeded"},
    {Invalid_opcode, Sigill, "SIGILL", "invalid instruction"},
    {No_fpu, Sigfpe, "SIGFPE", "floating point unit not available"},
    {Segment_not_present, Sigbus, "SIGBUS", "segment not present"},
    {Stack_segment, Sigbus, "SIGBUS", "non-canonical stack address"},
    {X87_error, Sigfpe, "SIGFPE", "floating point error (x87)"},
    {Alignment, Sigbus, "SIGBUS", "misaligned access"},
    {Simd_error, Sigfpe, "SIGFPE", "floating point error (SSE)"},
    {Ex_regs, Sigabrt, "SIGABRT", "stopped by the program itself, or from outside"},
};

constexpr l4_umword_t Err_write = 2, Err_fetch = 0x10;

/// Privileged instructions by their first bytes; the second one is ignored where it is -1.
struct Privileged {
  unsigned char first;
  int second;
  char const *name;
};

constexpr Privileged privileged[] = {
    {0xf4, -1, "hlt"},
    {0xfa, -1, "cli"},
    {0xfb, -1, "sti"},
    {0x0f, 0x30, "wrmsr"},
    {0x0f, 0x32, "rdmsr"},
    {0x0f, 0x20, "mov from control register"},
    {0x0f, 0x22, "mov to control register"},
    {0x0f, 0x21, "mov from debug register"},
    {0x0f, 0x23, "mov to debug register"},
    {0x0f, 0x01, "system instruction 0f 01"},
    {0x0f, 0x00, "system instruction 0f 00"},
    {0x0f, 0x06, "clts"},
    {0x0f, 0x08, "invd"},
    {0x0f, 0x09, "wbinvd"},
};

bool is_port_access(unsigned char code)
{
  return (code >= 0x6c && code <= 0x6f) || (code >= 0xe4 && code <= 0xe7) ||
         (code >= 0xec && code <= 0xef);
}

template <typename... Args> void say(Diagnosis *d, char const *format, Args... args)
{
  snprintf(d->text, sizeof(d->text), format, args...);
}

char const *access_name(Exception_facts const &f)
{
  if (f.err & Err_fetch) return "jump to";
  return f.err & Err_write ? "write to" : "read from";
}

void page_fault(Exception_facts const &f, Diagnosis *d)
{
  *d = {Sigsegv, "SIGSEGV", {}};
  char const *const access = access_name(f);
  l4_addr_t const a = f.address;
  switch (f.place) {
  case Place::Null:
    say(d, "%s address 0x%lx (null pointer)", access, a);
    break;
  case Place::Unmapped:
    say(d, "%s unmapped address 0x%lx", access, a);
    break;
  case Place::Stack_guard:
    say(d, "stack overflow: %s address 0x%lx in the guard below the stack", access, a);
    break;
  case Place::Reserved:
    say(d, "%s address 0x%lx, which is reserved%s%s", access, a, *f.region ? " for " : "",
        f.region);
    break;
  case Place::Not_readable:
    say(d, "read from address 0x%lx in '%s', which permits no access", a, f.region);
    break;
  case Place::Not_writable:
    say(d, "write to address 0x%lx in '%s', which is read-only", a, f.region);
    break;
  case Place::Not_executable:
    say(d, "jump to address 0x%lx in '%s', which is not executable", a, f.region);
    break;
  case Place::Not_backed:
    *d = {Sigbus, "SIGBUS", {}};
    say(d, "%s address 0x%lx in '%s', which has no memory behind it: %s", access, a, f.region,
        f.backing);
    break;
  case Place::Fine:
    say(d, "%s address 0x%lx, refused by the pager", access, a);
    break;
  }
}

void general_protection(Exception_facts const &f, Diagnosis *d)
{
  *d = {Sigsegv, "SIGSEGV", {}};
  if (f.have_code) {
    for (Privileged const &p : privileged)
      if (f.code[0] == p.first && (p.second < 0 || f.code[1] == p.second)) {
        say(d, "privileged instruction '%s'", p.name);
        return;
      }
    if (is_port_access(f.code[0])) {
      say(d, "access to an I/O port that the program was not given");
      return;
    }
  }
  if (f.err)
    say(d, "general protection fault (bad segment selector 0x%lx)", f.err);
  else
    say(d, "general protection fault (non-canonical address, or misaligned SSE operand)");
}

} // namespace

Diagnosis diagnose(Exception_facts const &f)
{
  Diagnosis d;
  for (Plain const &p : plain)
    if (f.trapno == p.trap) {
      d.signal = p.signal;
      d.signal_name = p.name;
      say(&d, "%s", p.text);
      return d;
    }
  if (f.trapno == Page_fault) {
    page_fault(f, &d);
  } else if (f.trapno == General_protection) {
    general_protection(f, &d);
  } else {
    d = {Sigill, "SIGILL", {}};
    say(&d, "unexpected exception %lu (code 0x%lx)", f.trapno, f.err);
  }
  return d;
}

} // namespace Itas
