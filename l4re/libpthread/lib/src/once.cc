// SPDX-License-Identifier: MIT
#include <l4/libc/wait.h>

#include <pthread.h>

namespace {
enum Word : unsigned { Not_run = 0, Running = 1, Awaited = 2, Done = 3 };
}

/// The routine must return: one that leaves by pthread_exit() leaves the others waiting.
extern "C" int pthread_once(pthread_once_t *once, void (*routine)())
{
  for (;;) {
    unsigned now = Libc::load(once->__word);
    if (now == Done) return 0;
    if (now == Not_run) {
      if (!Libc::exchange_if(once->__word, now, unsigned{Running})) continue;
      routine();
      if (__atomic_exchange_n(&once->__word, Done, __ATOMIC_ACQ_REL) == Awaited)
        Libc::wake(&once->__word, Libc::All);
      return 0;
    }
    if (now == Running && !Libc::exchange_if(once->__word, now, unsigned{Awaited})) continue;
    Libc::wait(&once->__word, Awaited);
  }
}
