// SPDX-License-Identifier: MIT
#pragma once

#include "address_space.h"
#include "app.h"
#include "diagnosis.h"
#include "remote.h"
#include "signals.h"

#include <l4/sys/utcb.h>

namespace Itas {

/**
 * Places where a program expects page faults, e.g. when it reads memory that may not be there.
 *
 * A fault of an instruction in the range [begin, end) continues at `resume` in place of ending
 * the program (l4re-protocols.md section 3.2, operations 8 and 9).
 */
class Rescue_table {
public:
  /// \return 0, -L4_EINVAL for an empty or overlapping range, -L4_ENOMEM when the table is full
  long add(l4_addr_t begin, l4_addr_t end, l4_addr_t resume);
  /// Remove the entry whose range contains `pc`. \return 0 or -L4_ENOENT
  long remove(l4_addr_t pc);
  /// \return where to go on, or 0 if a fault at `ip` is not expected
  [[nodiscard]] l4_addr_t find(l4_addr_t ip) const;

private:
  struct Entry {
    l4_addr_t begin = 0, end = 0, resume = 0;
  };
  static constexpr unsigned Max = 64;

  Entry _entries[Max] = {};
  unsigned _count = 0;
};

/// What happens to a thread that raised an exception.
class Crash_handler {
public:
  /**
   * \param space    where the program lives
   * \param app      knows the names of functions
   * \param signals  what the program handles itself
   * \param remote   tells others about crashes
   * \param program  its name, for messages
   * \param utcbs    address of the task's first UTCB, to tell threads apart
   */
  Crash_handler(Address_space *space, Rescue_table const *rescue, App *app, Signals *signals,
                Remote *remote, char const *program, l4_addr_t utcbs)
      : _space(space), _rescue(rescue), _app(app), _signals(signals), _remote(remote),
        _program(program), _utcbs(utcbs)
  {
  }

  /**
   * Handle an exception message, which lies in the message registers of the caller.
   *
   * \param rm  gate of the program's region map, for who is told about crashes
   * \return true if the thread may go on with the registers that are in the message registers
   *         then; false if it stays stopped, since somebody looks at the program
   */
  bool handle(l4_cap_idx_t rm);

private:
  bool resolvable(l4_exc_regs_t *regs, Fault_result *fault) const;
  bool signalled(l4_exc_regs_t *regs) const;
  Exception_facts facts(l4_exc_regs_t const &regs, Fault_result const &fault) const;
  void report(l4_exc_regs_t const &regs, Diagnosis const &d) const;
  void print_where(char const *what, l4_addr_t address) const;
  void print_registers(l4_exc_regs_t const &regs) const;
  void print_backtrace(l4_exc_regs_t const &regs) const;
  void print_place(l4_addr_t address, Symbol_files::Place const &place, bool certain) const;
  void print_commands(Symbol_files::Place const *places, unsigned count) const;
  unsigned find_callers(l4_addr_t sp, l4_addr_t *callers, unsigned max) const;
  bool follows_call(l4_addr_t address) const;
  bool calls(l4_addr_t behind_call, l4_addr_t function) const;
  bool jumps_to(l4_addr_t stub, l4_addr_t function) const;

  Address_space *_space;
  Rescue_table const *_rescue;
  App *_app;
  Signals *_signals;
  Remote *_remote;
  char const *_program;
  l4_addr_t _utcbs;
};

/// End this process: tells the parent and does not return.
[[noreturn]] void end_process(int status);

} // namespace Itas
