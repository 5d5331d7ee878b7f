// SPDX-License-Identifier: MIT
#pragma once

#include "address_space.h"
#include "symbol_files.h"

#include <l4/libloader/loader>
#include <l4/libloader/stack_image>
#include <l4/re/env.h>
#include <l4/re/l4aux.h>

namespace Itas {

/// What itas was started with, and what it hands on to the application.
struct Start_data {
  char **argv = nullptr;
  int argc = 0;
  char **envp = nullptr;
  l4re_aux_t const *aux = nullptr;

  /// Find the loader's record behind the environment strings.
  static Start_data from_main(int argc, char **argv, char **envp);
  /// Last component of argv[0]: how messages call the program.
  [[nodiscard]] char const *program_name() const;
};

/**
 * The application: its program, stack and first thread.
 */
class App {
public:
  App(Address_space *space, Start_data const &start)
      : _space(space), _start(start),
        _symbols(space, start.argc ? start.argv[0] : nullptr, start.program_name())
  {
  }

  /**
   * Load the program named by argv[0] and start its first thread.
   *
   * \param gate  itas' gate: region map, pager and exception handler of the thread
   * \return 0 or a negative error; a message was printed then
   */
  long start(l4_cap_idx_t gate);

  /// Names of functions in what runs here.
  Symbol_files &symbols() { return _symbols; }

private:
  using Dataspace = L4::Cap<L4Re::Dataspace>;

  /// A program file: its dataspace, readable in memory while it is loaded.
  struct File {
    Dataspace ds;
    l4_addr_t address = 0;
    l4_size_t size = 0;
    Ldr::Elf_image elf;
  };

  long open(char const *path, File *file);
  long lookup(char const *path, Dataspace *ds) const;
  void close(File *file);
  long load(File *file, char const *name, Ldr::Load_options const &options, Ldr::Loaded *loaded);
  long load_interpreter(File const &program);
  long attach_kip();
  long make_stack();
  long write_stack(l4_addr_t top);
  long start_thread();
  l4re_env_t app_environment() const;
  long fail(long error, char const *what) const;

  Address_space *_space;
  Start_data _start;
  l4_cap_idx_t _gate = L4_INVALID_CAP;
  l4_cap_idx_t _thread = L4_INVALID_CAP;
  Ldr::Elf_requests _requests;
  Ldr::Program_aux _aux;
  l4_addr_t _entry = 0;
  l4_addr_t _kip = 0;
  l4_addr_t _sp = 0;
  Symbol_files _symbols;
};

} // namespace Itas
