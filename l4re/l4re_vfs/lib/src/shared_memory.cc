// SPDX-License-Identifier: MIT
/*
 * Memory with a name. A file of its own: who only maps memory shall not carry files in memory.
 */
#include "result.h"

#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <unistd.h>

using namespace L4Re::Vfs;

namespace {

/// Where objects of shm_open() are: files in memory, of this process like all others.
constexpr char Shared_memory[] = "/dev/shm";

/// 0 and the path of an object "/NAME", or what is wrong with the name.
int shared_memory_path(char (&path)[sizeof(Shared_memory) + NAME_MAX], char const *name)
{
  size_t const size = strlen(name);
  if (size < 2 || name[0] != '/' || strchr(name + 1, '/')) return EINVAL;
  if (size > NAME_MAX) return ENAMETOOLONG;
  strcpy(stpcpy(path, Shared_memory), name);
  return 0;
}

} // namespace

extern "C" {

int shm_open(char const *name, int flags, mode_t mode)
{
  char path[sizeof(Shared_memory) + NAME_MAX];
  if (int const error = shared_memory_path(path, name)) return result(-error);
  if (mount("", Shared_memory, "tmpfs", 0, nullptr) < 0 && errno != EEXIST) return -1;
  return open(path, flags | O_CLOEXEC, mode);
}

int shm_unlink(char const *name)
{
  char path[sizeof(Shared_memory) + NAME_MAX];
  if (int const error = shared_memory_path(path, name)) return result(-error);
  return unlink(path);
}

} // extern "C"
