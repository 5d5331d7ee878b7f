// SPDX-License-Identifier: MIT
// Typed items of a message on their way (abi/ipc.md section 3).
#pragma once

#include "space/map_item.h"
#include "types/msg_tag.h"

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

  /// Prepare for the items of a message whose words have been copied. With a task in `into` they go there,
  /// whatever buffers the receiver has, and nobody is told what came of them.
  void start(Msg_tag tag, Thread const &receiver, class Task *into = nullptr);
  /// Go on for one bounded step. `rights`: Cap_slot flags of the capability used for the send.
  Status step(Thread &sender, Thread &receiver, u8 rights);

private:
  /// A receive buffer as the receiver described it.
  struct Buffer {
    Fpage window;
    bool local_id = false;
    bool forwards = false;         ///< into the task that `destination` names in the receiver's task
    Cap_index destination{};       ///< looked up at each step: the task may die in between
  };
  enum class Next : u8 { Ready, Handled, Cut };

  Next begin_item(Thread &sender, Thread &receiver, u8 rights);
  bool fetch_buffer(Thread &receiver, Fpage::Type type);
  Task *destination(Thread &receiver) const;
  bool deliver_id(Thread &sender, Thread &receiver, Fpage fpage);
  void write_return(Thread &receiver, Word type_bits, Word second);

  Map_item _map;        ///< the item being mapped
  Buffer _buffer;       ///< kept between compound items
  Task *_into = nullptr; ///< fixed destination
  u8 _mr = 0;           ///< message register of the current item
  u8 _left = 0;         ///< items left, including the current one
  u8 _cursor[4] = {};   ///< next buffer register per Fpage::Type
  bool _mapping = false; ///< _map is under way
  bool _kernel_buffers = false; ///< receiver waits for the answer to a fault: one all-spaces window
  bool _compound = false;       ///< next item of the same type reuses _buffer
  Fpage::Type _buffer_type = Fpage::Type::Special;
};
