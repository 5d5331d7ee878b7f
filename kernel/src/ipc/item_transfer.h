// SPDX-License-Identifier: MIT
// Typed items of a message on their way (abi/ipc.md section 3).
#pragma once

#include "space/map_item.h"
#include "types/msg_tag.h"

class Task;
class Thread;

/// Progress of the typed items of one message. Lives in the sender; a long mapping is cut into steps, with
/// both threads held until it is finished or one of them is cancelled.
class Item_transfer {
public:
  /// Those that end it are the error of the send phase.
  enum class Status : u8 {
    Done = u8(Ipc_error::None),
    Cut = u8(Ipc_error::Send_cut),
    No_memory = u8(Ipc_error::Send_map_failed),
    More = 0xff
  };

  /// Prepare for the items of a message whose words have been copied. Those `to_user_task` go to the task of
  /// the receiver's vCPU user mode, whatever buffers it has, and nobody is told what came of them.
  void start(Msg_tag tag, Thread const &receiver, bool to_user_task = false);
  /// Go on for one bounded step. `rights`: Cap_slot flags of the capability used for the send.
  Status step(Thread &sender, Thread &receiver, u8 rights);

private:
  /// A receive buffer as the receiver describes it. Read at each step: the task may die in between.
  struct Buffer {
    Fpage window{Fpage::All_spaces};
    bool local_id = false;
    unsigned words = 0; ///< buffer registers that it takes
    Task *task;         ///< where the mapping goes
  };
  enum class Next : u8 { Ready, Handled, Cut };

  Next begin_item(Thread &sender, Thread &receiver, u8 rights);
  bool read_buffer(Thread &receiver, Buffer &buffer) const;
  bool next_buffer(Thread &receiver, Fpage::Type type, Buffer &buffer);
  bool deliver_id(Thread &sender, Thread &receiver, Fpage fpage, Word answer);
  void write_return(Thread &receiver, unsigned n, Word value) const;

  // The mapping under way is the sender's Thread::work().
  u8 _mr;        ///< message register of the current item
  u8 _left;      ///< items left, including the current one
  u8 _cursor[3]; ///< next buffer register per Fpage::Type
  u8 _buffer;    ///< buffer register of the current buffer
  bool _mapping : 1;        ///< a mapping is under way
  bool _kernel_buffers : 1; ///< receiver waits for the answer to a fault: one all-spaces window
  bool _to_user_task : 1;
  bool _compound : 1;       ///< next item of the same type reuses the buffer
  u8 _buffer_type : 2;      ///< Fpage::Type
};
