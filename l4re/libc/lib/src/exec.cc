// SPDX-License-Identifier: MIT
/*
 * Starting other programs: nobody can from here. New ones are started by ned's scripts
 * (docs/ned.md). Programs that would like to are told so by an error, as POSIX allows.
 */
#include "libc_priv.h"

#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace {

bool is_own(pid_t pid) { return pid == 0 || pid == getpid(); }

} // namespace

extern "C" {

pid_t vfork() { return fail(ENOMEM); }

int execv(char const *, char *const *) { return fail(EINVAL); }

int execvp(char const *, char *const *) { return fail(EINVAL); }

int execvpe(char const *, char *const *, char *const *) { return fail(EINVAL); }

int fexecve(int, char *const *, char *const *) { return fail(EINVAL); }

int execl(char const *, char const *, ...) { return fail(EINVAL); }

int execle(char const *, char const *, ...) { return fail(EINVAL); }

int execlp(char const *, char const *, ...) { return fail(EINVAL); }

pid_t waitpid(pid_t, int *, int) { return fail(ECHILD); }

int posix_spawn(pid_t *, char const *, posix_spawn_file_actions_t const *,
                posix_spawnattr_t const *, char *const *, char *const *)
{
  return ENOTSUP;
}

int posix_spawnp(pid_t *, char const *, posix_spawn_file_actions_t const *,
                 posix_spawnattr_t const *, char *const *, char *const *)
{
  return ENOTSUP;
}

int posix_spawnattr_init(posix_spawnattr_t *attributes)
{
  *attributes = nullptr;
  return 0;
}

int posix_spawnattr_destroy(posix_spawnattr_t *) { return 0; }

int posix_spawnattr_setflags(posix_spawnattr_t *, short) { return ENOTSUP; }

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
  *actions = nullptr;
  return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *) { return 0; }

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *, int, char const *, int, mode_t)
{
  return ENOTSUP;
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *, int, int) { return ENOTSUP; }

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *, int) { return ENOTSUP; }

// ---- the group and the session of the one process: its own ----

pid_t getpgid(pid_t pid) { return is_own(pid) ? getpid() : fail(ESRCH); }

pid_t getsid(pid_t pid) { return getpgid(pid); }

int setpgid(pid_t pid, pid_t group)
{
  if (!is_own(pid)) return fail(ESRCH);
  return is_own(group) ? 0 : fail(EPERM);
}

/// Who leads a session cannot begin one.
pid_t setsid() { return fail(EPERM); }

int killpg(pid_t group, int signal) { return kill(is_own(group) ? 0 : group, signal); }

} // extern "C"
