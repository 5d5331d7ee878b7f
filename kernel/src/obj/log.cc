// SPDX-License-Identifier: MIT
#include "obj/log.h"

#include "arch/arch.h"
#include "ipc/entry.h"
#include "jdb/hooks.h"
#include "obj/operation.h"
#include "obj/thread.h"

namespace {

constexpr Word Onlcr = 4, Ocrnl = 8, Onlret = 0x20;  // output
constexpr Word Inlcr = 0x40, Igncr = 0x80, Icrnl = 0x100; // input
constexpr Word Echo = 8;                             // local
constexpr Word Max_write = 61 * 8, Max_read = 62 * 8;
constexpr Word Input_exhausted = 0x80000000;

/// The debugger takes what is meant for it.
int next_character()
{
  if constexpr (Debug_kernel) return jdb::console_get();
  return platform::console_get();
}

} // namespace

void Log::put(char c)
{
  if (c == '\n' && (_output_flags & Onlcr)) platform::console_put('\r');
  if (c == '\r' && (_output_flags & Ocrnl)) c = '\n';
  if (c == '\r' && (_output_flags & Onlret)) return;
  platform::console_put(c);
}

/// The bytes are taken from the UTCB whatever the tag announces; longer lengths are dropped. The
/// line may be slow: a few bytes at a time, with interrupts served in between.
Outcome Log::write(Invocation &call)
{
  constexpr Word Bytes_per_step = 32;
  Word length = call.mr(1);
  if (length > Max_write) return Outcome::no_reply();
  u16 &done = call.caller.progress().offset;
  if (!call.continues(Steps::Print)) done = 0;
  char const *text = reinterpret_cast<char const *>(&call.utcb.mr[2]);
  for (Word n = Bytes_per_step; n && done < length; --n)
    put(text[done++]);
  return done < length ? Outcome::again() : Outcome::no_reply();
}

Outcome Log::read(Invocation &call)
{
  if (!call.receives()) return Outcome::ok();
  Word size = call.mr(0) >> 16;
  if (size > Max_read) size = Max_read;
  char *buffer = reinterpret_cast<char *>(&call.utcb.mr[1]);
  Word count = 0;
  int c = 0;
  while (count < size && (c = next_character()) >= 0) {
    if (c == '\r' && (_input_flags & Igncr)) continue;
    if (c == '\r' && (_input_flags & Icrnl))
      c = '\n';
    else if (c == '\n' && (_input_flags & Inlcr))
      c = '\r';
    if (_local_flags & Echo) put(char(c));
    buffer[count++] = char(c);
  }
  call.utcb.mr[0] = count | (c < 0 ? Input_exhausted : 0);
  return reply_tag(0);
}

Outcome Log::set_attributes(Invocation &call)
{
  _input_flags = call.mr(1);
  _output_flags = call.mr(2) | Onlcr;
  _local_flags = call.mr(3);
  return Outcome::ok();
}

Outcome Log::get_attributes(Invocation &call)
{
  call.utcb.mr[1] = _input_flags;
  call.utcb.mr[2] = _output_flags;
  call.utcb.mr[3] = _local_flags;
  return reply_tag(0, 4);
}

bool Log::control(unsigned pin, Pin_op op, unsigned mode)
{
  if (op == Pin_op::Attach) platform::console_enable_input();
  return Irq_chip::control(pin, op, mode);
}

Outcome Log::invoke(Invocation &call)
{
  static constexpr Operation Operations[] = {
      {0, 0, any_words, by<&Log::write>},
      {1, Cap_slot::W, any_words, by<&Log::read>},
      {2, 0, any_words, by<&Log::set_attributes>},
      {3, 0, any_words, by<&Log::get_attributes>},
  };
  if (call.tag.label() == Proto::Irq) return icu_operation(call);
  if (call.tag.label() != Proto::Log) return Errno::Bad_proto;
  return serve(Operations, {.bits = 0xffff}, *this, call);
}

extern "C" void handle_console_input()
{
  if constexpr (Debug_kernel) jdb::console_input();
  Log::instance->input_arrived();
}
