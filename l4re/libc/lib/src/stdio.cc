// SPDX-License-Identifier: MIT
/*
 * What newlib's stdio has under other names, or would need processes for.
 */
#include <errno.h>
#include <reent.h>
#include <stdio.h>
#include <sys/lock.h>

extern "C" {

/// newlib: makes stdin, stdout and stderr, and their locks, unless they are there.
void __sinit(_reent *);

ssize_t getdelim(char **line, size_t *size, int delimiter, FILE *file)
{
  return __getdelim(line, size, delimiter, file);
}

ssize_t getline(char **line, size_t *size, FILE *file)
{
  return __getdelim(line, size, '\n', file);
}

void flockfile(FILE *file)
{
  __sinit(_REENT);
  __lock_acquire_recursive(file->_lock);
}

int ftrylockfile(FILE *file)
{
  __sinit(_REENT);
  return __lock_try_acquire_recursive(file->_lock) ? 0 : 1;
}

void funlockfile(FILE *file) { __lock_release_recursive(file->_lock); }

/// There are no other processes.
FILE *popen(char const *, char const *)
{
  errno = ENOMEM;
  return nullptr;
}

int pclose(FILE *)
{
  errno = ECHILD;
  return -1;
}

} // extern "C"
