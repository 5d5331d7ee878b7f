// SPDX-License-Identifier: MIT
#pragma once

#include <l4/sys/utcb.h>

namespace Itas {

class App;

/**
 * Prints each failing IPC of the program: L4_DEBUG_IPCERR=1 in its environment.
 *
 * The program's threads are aliens then: each system call is told to us before and after it is
 * executed, so that calls of inline functions are seen as well as those of libraries. It costs two
 * exceptions for each call; without the variable it costs nothing.
 */
class Ipc_watch {
public:
  /// True if the environment asks for it.
  static bool wanted(char const *const *envp);

  /// \param app  knows the names of functions
  Ipc_watch(App *app, char const *program, l4_addr_t first_utcb)
      : _app(app), _program(program), _first_utcb(first_utcb)
  {
  }

  /// Trap number of a system call of an alien (kernel-entry.md section 6).
  static constexpr l4_umword_t Trap = 253;
  /**
   * Look at a system call; the message registers may be overwritten.
   * \return label of the answer to the exception
   */
  long system_call(l4_exc_regs_t const &regs);

private:
  /// What a call names is in its registers only before it is executed.
  struct Pending {
    l4_addr_t utcb = 0;
    l4_umword_t selector = 0;
  };
  static constexpr unsigned Max_threads = 64;

  Pending *pending(l4_addr_t utcb);
  void report(l4_exc_regs_t const &regs, l4_umword_t selector, l4_addr_t utcb) const;

  App *_app;
  char const *_program;
  l4_addr_t _first_utcb;
  Pending _pending[Max_threads] = {};
};

} // namespace Itas
