// SPDX-License-Identifier: MIT
// What a kernel object sees of a system call, and what it may answer.
#pragma once

#include "space/map_item.h"
#include "space/obj_space.h"
#include "types/msg_tag.h"
#include "types/timeout.h"
#include "types/utcb.h"

class Kobject;
class Thread;

/// Operations in steps: the whole system call is done again for each (Outcome::again()).
enum class Steps : u8 { None, Map, Unmap, Add_ku_mem, Print, Modify_senders, Resume, Create_task };

/// A decoded system call on a kernel object.
struct Invocation {
  Thread &caller;
  Utcb &utcb; ///< the caller's; hostile: read each word once
  Msg_tag tag;
  Timeout_pair timeouts;
  u8 rights;     ///< Cap_slot flags of the capability used
  u8 op;         ///< Op bits
  bool repeated; ///< continues after Outcome::again()

  bool receives() const { return op & Op::Receive; }
  Word mr(unsigned i) const { return utcb.read_mr(i); }
  /// Whether `operation` goes on where its last step ended. If the opcode, which is in the UTCB, was changed after a
  /// step of another operation, it begins anew: the progress of one means nothing to another.
  bool continues(Steps operation) const;
  /// No step of the operation itself was done yet.
  void begin_anew() const { continues(Steps::None); }
};

/// How an invocation ends.
class Outcome {
public:
  enum class Kind : u8 {
    Reply,    ///< answer with a tag; message registers are in the caller's UTCB already
    Error,    ///< the invocation fails as an IPC
    No_reply, ///< done, but the object sends no answer: a receive phase follows if asked for
    Again,    ///< a bounded step is done: repeat the whole system call for the next one
    Hold,     ///< nothing is done yet: repeat it as the holder (sched/hold.h)
    Switched, ///< the caller blocks or goes on in a continuation; state is set up
  };

  Outcome(Msg_tag reply) : _kind(Kind::Reply), _value(reply.raw()) {}
  Outcome(Errno error, Site site = Site::here()) : Outcome(reply_tag(error)) { _site = site; }
  Outcome(Ipc_error error, Site site = Site::here()) : _kind(Kind::Error), _value(Word(error)), _site(site) {}
  /// The receive phase is a closed wait on the object, if that is an Irq, or on the caller itself.
  static Outcome no_reply() { return Outcome(Kind::No_reply, 0); }
  /// Continue with `next`; null: let the scheduler choose.
  static Outcome switched(Thread *next = nullptr)
  {
    return Outcome(Kind::Switched, reinterpret_cast<Word>(next));
  }
  /// Operations that end so must find their progress in the data they work on, or in
  /// Thread::progress(); interrupts are served in between.
  static Outcome again() { return Outcome(Kind::Again, 0); }
  static Outcome hold() { return Outcome(Kind::Hold, 0); }
  static Outcome ok() { return Outcome(reply_tag(0)); }

  Kind kind() const { return _kind; }
  Msg_tag tag() const { return Msg_tag(_value); }
  Ipc_error error() const { return Ipc_error(_value); }
  Thread *next() const { return reinterpret_cast<Thread *>(_value); }
  /// Where an error was decided; for debug kernels.
  Site site() const { return _site; }

private:
  Outcome(Kind kind, Word value) : _kind(kind), _value(value) {}
  Kind _kind;
  Word _value;
  [[no_unique_address]] Site _site;
};
