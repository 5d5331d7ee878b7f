// SPDX-License-Identifier: MIT
/*
 * What a started program finds: `ned_child COMMAND ARGUMENTS...` ends with status 0 if the
 * command's claim holds, with 1 if it does not, and with a positive error number if the system
 * refuses.
 */
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/namespace>
#include <l4/re/util/cap_alloc>
#include <l4/sys/ipc.h>
#include <l4/sys/task.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

namespace {

L4Re::Env const *env()
{
  return L4Re::Env::env();
}

bool has_cap(char const *name)
{
  auto const c = env()->get_cap<void>(name);
  return c.is_valid() && l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, c.cap())) > 0;
}

/// argc N LAST: number of words, and the last one
int check_args(int argc, char **argv)
{
  return argc == atoi(argv[2]) && !strcmp(argv[argc - 1], argv[3]) ? 0 : 1;
}

/// register SPACE NAME: enter an object into a name space
int register_name(char **argv)
{
  auto const space = env()->get_cap<L4Re::Namespace>(argv[2]);
  return -static_cast<int>(space->register_obj(
      argv[3], L4::Ipc::make_cap(L4::Cap<void>(env()->log().cap()), L4_CAP_FPAGE_RO)));
}

/// promise SPACE NAME [MS]: enter a name without an object; with MS, that much later the log as
/// object
int promise(int argc, char **argv)
{
  auto const space = env()->get_cap<L4Re::Namespace>(argv[2]);
  long error = space->register_obj(argv[3], L4::Ipc::Cap<void>(), L4Re::Namespace::Ro);
  if (error >= 0 && argc > 4) {
    l4_ipc_sleep_ms(static_cast<l4_uint32_t>(atoi(argv[4])));
    error = space->register_obj(
        argv[3], L4::Ipc::make_cap(L4::Cap<void>(env()->log().cap()), L4_CAP_FPAGE_RO),
        L4Re::Namespace::Ro | L4Re::Namespace::Overwrite);
  }
  return static_cast<int>(-error);
}

/// query SPACE PATH: look a name up
int query(char **argv)
{
  auto const space = env()->get_cap<L4Re::Namespace>(argv[2]);
  auto const slot = L4Re::Util::cap_alloc.alloc<void>();
  return -static_cast<int>(space->query(argv[3], slot, L4Re::Namespace::To_non_blocking));
}

/// alloc BYTES: memory from the user factory
int alloc(char **argv)
{
  auto const slot = L4Re::Util::cap_alloc.alloc<L4Re::Dataspace>();
  return -static_cast<int>(
      env()->mem_alloc()->alloc(atol(argv[2]), slot, L4Re::Mem_alloc::Continuous));
}

} // namespace

int main(int argc, char **argv)
{
  if (argc < 2) return 0;
  char const *const command = argv[1];
  if (!strcmp(command, "exit")) return atoi(argv[2]);
  if (!strcmp(command, "argc")) return check_args(argc, argv);
  if (!strcmp(command, "getenv")) {
    char const *const value = getenv(argv[2]);
    return value && !strcmp(value, argv[3]) ? 0 : 1;
  }
  if (!strcmp(command, "noenv")) return getenv(argv[2]) ? 1 : 0;
  if (!strcmp(command, "cap")) return has_cap(argv[2]) ? 0 : 1;
  if (!strcmp(command, "nocap")) return has_cap(argv[2]) ? 1 : 0;
  if (!strcmp(command, "register")) return register_name(argv);
  if (!strcmp(command, "query")) return query(argv);
  if (!strcmp(command, "promise")) return promise(argc, argv);
  if (!strcmp(command, "alloc")) return alloc(argv);
  if (!strcmp(command, "print")) return puts(argv[2]) < 0;
  if (!strcmp(command, "forever")) {
    for (;;)
      sleep(1000);
  }
  return 99;
}
