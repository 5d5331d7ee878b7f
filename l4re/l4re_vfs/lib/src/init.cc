// SPDX-License-Identifier: MIT
/*
 * What the file system of a program has before its first constructor: the log at the descriptors 0
 * to 2, "/", "/dev" and "/tmp". A named capability is not hidden by a directory of that name.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <l4/re/env>

#include <errno.h>
#include <sys/stat.h>

// read(), write() and the like of the C library call these if they are there (libc, files.cc), which
// does not make the linker look for them: this does.
extern "C" ssize_t l4re_vfs_read(int fd, void *data, size_t size);
[[gnu::used]] static auto *const take_io = &l4re_vfs_read;

namespace L4Re::Vfs {

File_system *tmpfs_type() noexcept;

namespace {

/// Never destroyed: what is written at the very end of a program needs its descriptors.
union Storage {
  constexpr Storage() : vfs() {}
  ~Storage() {}
  Vfs vfs;
};

constinit Storage storage;

} // namespace

constinit Vfs &the_vfs = storage.vfs;
constinit Ops *vfs_ops = &storage.vfs;

namespace {

mode_t mask = 022;

void mount_unless_named(char const *name, char const *path, File_ref const &dir)
{
  if (dir && !L4Re::Env::env()->get(name, static_cast<unsigned>(strlen(name))))
    vfs_ops->mount(path, dir);
}

void open_streams()
{
  auto const log = L4Re::Env::env()->log();
  if (!log.is_valid()) return;
  File_ref const stream(new (std::nothrow) Vcon_stream(L4::cap_cast<L4::Vcon>(log), false));
  for (int fd = 0; stream && fd < 3; ++fd)
    vfs_ops->set_fd(fd, stream);
}

void init_vfs()
{
  open_streams();
  vfs_ops->mount("/", File_ref(new (std::nothrow) Root_dir));
  mount_unless_named("dev", "/dev", make_device_directory());
  mount_unless_named("tmp", "/tmp", make_tmpfs());
  vfs_ops->register_file_system(tmpfs_type());
}

L4_DECLARE_CONSTRUCTOR(init_vfs, 400)

} // namespace

mode_t current_umask() noexcept
{
  return __atomic_load_n(&mask, __ATOMIC_RELAXED);
}

} // namespace L4Re::Vfs

extern "C" mode_t umask(mode_t wanted)
{
  return __atomic_exchange_n(&L4Re::Vfs::mask, wanted & 0777, __ATOMIC_RELAXED);
}
