// SPDX-License-Identifier: MIT
/*
 * Messages of programs with their name in front: <err.h> and <syslog.h>. Both go to stderr, which
 * is the program's log.
 */
#include "libc_priv.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

namespace {

constexpr int All_priorities = 0xff;
constexpr size_t Line_size = 1024;

char const *log_name;
int log_options, log_mask = All_priorities;

/// `NAME: text`, and the error's text unless `error` is 0; one line, whoever else writes.
void message(int error, char const *format, va_list args)
{
  flockfile(stderr);
  fprintf(stderr, "%s: ", libc_program_name);
  if (format) vfprintf(stderr, format, args);
  if (error) fprintf(stderr, "%s%s", format ? ": " : "", strerror(error));
  fputc('\n', stderr);
  funlockfile(stderr);
}

/// The format with each %m replaced by the text of an error, of which each % is doubled.
void insert_error(char *out, size_t size, char const *format, char const *error)
{
  char *const end = out + size - 2;
  while (*format && out < end) {
    if (format[0] == '%' && format[1] == 'm') {
      for (char const *e = error; *e && out < end; ++e) {
        if (*e == '%') *out++ = '%';
        *out++ = *e;
      }
      format += 2;
      continue;
    }
    if (format[0] == '%' && format[1]) *out++ = *format++;
    *out++ = *format++;
  }
  *out = 0;
}

} // namespace

extern "C" {

void vwarn(char const *format, va_list args) { message(errno, format, args); }

void vwarnx(char const *format, va_list args) { message(0, format, args); }

void verr(int status, char const *format, va_list args)
{
  message(errno, format, args);
  exit(status);
}

void verrx(int status, char const *format, va_list args)
{
  message(0, format, args);
  exit(status);
}

void warn(char const *format, ...)
{
  va_list args;
  va_start(args, format);
  vwarn(format, args);
  va_end(args);
}

void warnx(char const *format, ...)
{
  va_list args;
  va_start(args, format);
  vwarnx(format, args);
  va_end(args);
}

void err(int status, char const *format, ...)
{
  va_list args;
  va_start(args, format);
  verr(status, format, args);
}

void errx(int status, char const *format, ...)
{
  va_list args;
  va_start(args, format);
  verrx(status, format, args);
}

void openlog(char const *name, int options, int)
{
  log_name = name;
  log_options = options;
}

void closelog()
{
  log_name = nullptr;
  log_options = 0;
}

int setlogmask(int mask)
{
  int const old = log_mask;
  if (mask) log_mask = mask;
  return old;
}

void vsyslog(int priority, char const *format, va_list args)
{
  int const error = errno;
  if (!(log_mask & LOG_MASK(priority & LOG_PRIMASK))) return;
  char plain[Line_size];
  insert_error(plain, sizeof(plain), format, strerror(error));
  flockfile(stderr);
  fputs(log_name ? log_name : libc_program_name, stderr);
  if (log_options & LOG_PID) fprintf(stderr, "[%d]", getpid());
  fputs(": ", stderr);
  vfprintf(stderr, plain, args);
  fputc('\n', stderr);
  funlockfile(stderr);
}

void syslog(int priority, char const *format, ...)
{
  va_list args;
  va_start(args, format);
  vsyslog(priority, format, args);
  va_end(args);
}

} // extern "C"
