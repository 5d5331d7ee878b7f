// SPDX-License-Identifier: MIT
#include "format.h"

#include <l4/libc_minimal/crt.h>
#include <l4/sys/ipc.h>
#include <l4/sys/vcon.h>

#include <stdio.h>
#include <string.h>

namespace {

using Libc_minimal::Sink;

/// Collects the output of one call, so that a line normally leaves in one message.
class Log_sink final : public Sink {
public:
  ~Log_sink() { flush(); }

  void put(char const *text, size_t length) override
  {
    while (length) {
      size_t const room = sizeof(_buffer) - _used;
      size_t const n = length < room ? length : room;
      memcpy(_buffer + _used, text, n);
      _used += n;
      text += n;
      length -= n;
      if (_used == sizeof(_buffer)) flush();
    }
  }

private:
  void flush()
  {
    libc_minimal_log(_buffer, _used);
    _used = 0;
  }

  size_t _used = 0;
  char _buffer[L4_VCON_WRITE_SIZE];
};

/// Fills a buffer, leaving room for the final NUL, and drops what does not fit.
class Buffer_sink final : public Sink {
public:
  Buffer_sink(char *buffer, size_t size) : _pos(buffer), _room(size ? size - 1 : 0) {}

  void put(char const *text, size_t length) override
  {
    size_t const n = length < _room ? length : _room;
    memcpy(_pos, text, n);
    _pos += n;
    _room -= n;
  }

  char *end() const { return _pos; }

private:
  char *_pos;
  size_t _room;
};

} // namespace

extern "C" {

void libc_minimal_log(char const *text, l4_size_t length)
{
  constexpr l4_size_t Chunk = L4_VCON_WRITE_SIZE;
  constexpr unsigned Words = 2 + Chunk / sizeof(l4_umword_t);
  l4_msg_regs_t *const mr = l4_utcb_mr();
  l4_umword_t saved[Words];

  while (length) {
    l4_size_t const n = length < Chunk ? length : Chunk;
    unsigned const words = 2 + l4_bytes_to_mwords(static_cast<unsigned>(n));
    memcpy(saved, mr->mr, words * sizeof(l4_umword_t));
    mr->mr[0] = L4_VCON_WRITE_OP;
    mr->mr[1] = n;
    memcpy(&mr->mr[2], text, n);
    l4_ipc_send(L4_BASE_LOG_CAP, l4_utcb(), l4_msgtag(L4_PROTO_LOG, words, 0, L4_MSGTAG_SCHEDULE),
                L4_IPC_NEVER);
    memcpy(mr->mr, saved, words * sizeof(l4_umword_t));
    text += n;
    length -= n;
  }
}

int vprintf(char const *format, va_list args)
{
  Log_sink sink;
  return Libc_minimal::format(sink, format, args);
}

int printf(char const *format, ...)
{
  va_list args;
  va_start(args, format);
  int const n = vprintf(format, args);
  va_end(args);
  return n;
}

int vsnprintf(char *buffer, size_t size, char const *format, va_list args)
{
  Buffer_sink sink(buffer, size);
  int const n = Libc_minimal::format(sink, format, args);
  if (size) *sink.end() = '\0';
  return n;
}

int snprintf(char *buffer, size_t size, char const *format, ...)
{
  va_list args;
  va_start(args, format);
  int const n = vsnprintf(buffer, size, format, args);
  va_end(args);
  return n;
}

int puts(char const *line)
{
  return printf("%s\n", line);
}

int putchar(int c)
{
  char const text = static_cast<char>(c);
  libc_minimal_log(&text, 1);
  return static_cast<unsigned char>(text);
}

} // extern "C"
