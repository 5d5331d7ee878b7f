// SPDX-License-Identifier: MIT
#pragma once

#include <l4/libloader/remote_process>
#include <l4/re/parent>
#include <l4/sys/cxx/ipc_epiface>

/**
 * \file
 * A program that ned started: its task, first thread, region map, and the gate through which it
 * tells about its end.
 */
namespace Ned {

class Process final : public L4::Epiface_t0<Process, L4Re::Parent> {
public:
  enum class State { Empty, Running, Exited, Killed };
  static constexpr unsigned Max_gates = 32;

  Process() = default;
  ~Process() override { reclaim(); }

  /**
   * Take slots and create region map and gate.
   * \param rm_factory  user factory for the region map
   * \return outcome; after an error `reclaim()` frees what was made
   */
  Ldr::Status prepare(l4_cap_idx_t rm_factory);

  /**
   * Start the program l4re.
   * \param c     all but task, thread, rm and parent, which are filled in here
   * \param l4re  dataspace of the program l4re
   * \param mem   user factory that pays for the program's memory
   * \param name  for the kernel debugger
   */
  Ldr::Status start(Ldr::Process_config *c, l4_cap_idx_t l4re, l4_cap_idx_t mem, char const *name);

  /// When the program ends callers of this gate wait for its next server. At most `Max_gates`.
  void supervise(l4_cap_idx_t gate);

  /// End the program.
  void kill();

  /// Delete all objects; the program and what it mapped on are gone afterwards.
  void reclaim();

  /// Memory of the program in bytes, as its region map knows it. \return false if it does not tell
  bool memory(l4_umword_t *present, l4_umword_t *attached) const;
  /// Its task, invalid if it does not run.
  [[nodiscard]] l4_cap_idx_t task() const { return _slots[Task].cap(); }

  [[nodiscard]] State state() const { return _state; }
  /// Exit status; valid in state Exited.
  [[nodiscard]] long exit_code() const { return _exit_code; }

  /// The program's end; other signals mean nothing to ned.
  long op_signal(L4Re::Parent::Rights, unsigned long signal, unsigned long value);

private:
  enum Slot { Task, Thread, Region_map, Gate, Num_slots };

  L4::Cap<void> _slots[Num_slots];
  l4_cap_idx_t _gates[Max_gates]; ///< slots of the script
  unsigned _num_gates = 0;
  State _state = State::Empty;
  long _exit_code = 0;
};

} // namespace Ned
