// SPDX-License-Identifier: MIT
// Message tag (abi/kernel-entry.md section 3) and IPC error codes (abi/ipc.md section 5).
#pragma once

#include "types/result.h"
#include "types/types.h"

class Msg_tag {
public:
  static constexpr Word Transfer_fpu = 0x1000;
  static constexpr Word Schedule = 0x2000;
  static constexpr Word Error = 0x8000;
  static constexpr unsigned Max_words = 63;

  constexpr Msg_tag() = default;
  constexpr explicit Msg_tag(Word raw) : _raw(raw) {}
  constexpr Msg_tag(i64 label, unsigned words, unsigned items, Word flags = 0)
  : _raw(Word(label) << 16 | words | Word{items} << 6 | flags)
  {}
  constexpr Word raw() const { return _raw; }
  constexpr unsigned words() const { return _raw & 63; }
  constexpr unsigned items() const { return _raw >> 6 & 63; }
  constexpr i64 label() const { return i64(_raw) >> 16; }
  constexpr bool has(Word flag) const { return _raw & flag; }
  constexpr Msg_tag with_error() const { return Msg_tag(_raw | Error); }
  constexpr Msg_tag without_error() const { return Msg_tag(_raw & ~Error); }

private:
  Word _raw = 0;
};

/// Operation bits of a selector (abi/kernel-entry.md section 2).
namespace Op {
constexpr unsigned Send = 1, Receive = 2, Open_wait = 4, Reply = 8, Mask = 15;
}

/// Answer of a kernel object: a label of 0 or above, or a negated error number.
constexpr Msg_tag reply_tag(i64 label, unsigned words = 0, unsigned items = 0)
{
  return Msg_tag(label, words, items);
}
constexpr Msg_tag reply_tag(Errno error) { return Msg_tag(-i64(error), 0, 0); }

/// Values of the error register. Bit 0 tells the phase: 0 send, 1 receive.
enum class Ipc_error : u8 {
  None = 0,
  Send_timeout = 0x02,
  Receive_timeout = 0x03,
  Not_existent = 0x04,
  Send_canceled = 0x06,
  Receive_canceled = 0x07,
  Send_cut = 0x08,
  Receive_cut = 0x09,
  Send_map_failed = 0x10,
  Receive_map_failed = 0x11,
  No_reply_cap = 0x13,
};

/// Protocol labels.
namespace Proto {
constexpr i64 None = 0, Allow_syscall = 1, Irq = -1, Page_fault = -2, Exception = -5, Sigma0 = -6,
              Io_page_fault = -8, Thread_group = -9, Kobject = -10, Task = -11, Thread = -12,
              Log = -13, Scheduler = -14, Factory = -15, Vm = -16, Dma_space = -17,
              Irq_sender = -18, Semaphore = -20, Meta = -21, Iommu = -22, Debugger = -23,
              Smccc = -24, Vcpu_context = -25, Platform_ctl = 0;
}
