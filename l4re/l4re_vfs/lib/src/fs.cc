// SPDX-License-Identifier: MIT
/*
 * The one virtual file system of a program: registered parts, mounting, the working directory.
 */
#include "vfs_impl.h"

#include <l4/libc/wait.h>

#include <dlfcn.h>
#include <errno.h>

// Only there in programs with shared libraries.
#pragma weak dlopen
#pragma weak dlclose

namespace L4Re::Vfs {

// ---- registered parts ------------------------------------------------------------------------

int Vfs::register_file_system(File_system *fs) noexcept
{
  return _file_systems.add(fs, [](File_system *o) -> auto & { return next(o); });
}

int Vfs::unregister_file_system(File_system *fs) noexcept
{
  return _file_systems.remove(fs, [](File_system *o) -> auto & { return next(o); });
}

File_system *Vfs::get_file_system(char const *type) noexcept
{
  return _file_systems.find([](File_system *o) { return next(o); },
                            [type](File_system *o) { return !strcmp(o->type(), type); });
}

int Vfs::register_file_factory(File_factory *factory) noexcept
{
  return _factories.add(factory, [](File_factory *o) -> auto & { return next(o); });
}

int Vfs::unregister_file_factory(File_factory *factory) noexcept
{
  return _factories.remove(factory, [](File_factory *o) -> auto & { return next(o); });
}

File_factory *Vfs::get_file_factory(long proto, char const *name) noexcept
{
  return _factories.find([](File_factory *o) { return next(o); },
                         [=](File_factory *o) {
                           if (proto && o->proto() == proto) return true;
                           return name && o->proto_name() && !strcmp(o->proto_name(), name);
                         });
}

int Vfs::register_socket_factory(Socket_factory *factory) noexcept
{
  return _sockets.add(factory, [](Socket_factory *o) -> auto & { return next(o); });
}

int Vfs::unregister_socket_factory(Socket_factory *factory) noexcept
{
  return _sockets.remove(factory, [](Socket_factory *o) -> auto & { return next(o); });
}

int Vfs::socket(int domain, int type, int protocol, File_ref *file) noexcept
{
  int result = -EAFNOSUPPORT;
  _sockets.find([](Socket_factory *o) { return next(o); },
                [&](Socket_factory *o) {
                  result = o->socket(domain, type, protocol, file);
                  return result != -EAFNOSUPPORT;
                });
  return result;
}

void Vfs::notify() noexcept
{
  __atomic_fetch_add(&_activity, 1, __ATOMIC_SEQ_CST);
  if (__atomic_load_n(&_pollers, __ATOMIC_SEQ_CST)) Libc::wake(&_activity, Libc::All);
}

// ---- mounting --------------------------------------------------------------------------------

int Vfs::mount(char const *path, File_ref const &dir) noexcept
{
  Path where;
  if (int e = absolute(AT_FDCWD, path, &where); e < 0) return e;
  Libc::Guard guard(_tree_lock);
  return _tree.mount(where.c_str(), dir);
}

int Vfs::unmount(char const *path) noexcept
{
  Place place;
  if (int e = lookup(AT_FDCWD, path, &place); e < 0) return e;
  File_ref was; // dies without the lock
  Libc::Guard guard(_tree_lock);
  return _tree.unmount(place.path.c_str(), &was);
}

/**
 * A type that nobody registered comes from its library (process-environment.md section 10), whose
 * constructor registers it. Then the library stays: who knows how long its files are open?
 */
File_system *Vfs::find_file_system(char const *type) noexcept
{
  File_system *fs = get_file_system(type);
  constexpr char Begin[] = "libl4revfs-fs-", End[] = ".so";
  constexpr size_t Room = 64;
  if (fs || !dlopen || strlen(type) >= Room || strchr(type, '/')) return fs;
  char name[sizeof(Begin) + Room + sizeof(End)];
  strcpy(stpcpy(stpcpy(name, Begin), type), End);
  void *const library = dlopen(name, RTLD_NOW);
  if (!library) return nullptr;
  fs = get_file_system(type);
  if (fs) dlopen(name, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
  dlclose(library);
  return fs;
}

int Vfs::mount(char const *source, char const *target, char const *type, unsigned long flags,
               void const *data) noexcept
{
  File_system *const fs = find_file_system(type);
  if (!fs) return -ENODEV;
  File_ref dir;
  if (int e = fs->mount(source, flags, data, &dir); e < 0) return e;
  return mount(target, dir);
}

bool Vfs::mounted_name(char const *path, size_t n, char *name, size_t size) noexcept
{
  Libc::Guard guard(_tree_lock);
  char const *const found = _tree.child_name(path, n);
  if (!found) return false;
  strncpy(name, found, size - 1);
  name[size - 1] = '\0';
  return true;
}

// ---- the working directory -------------------------------------------------------------------

int Vfs::chdir(char const *path) noexcept
{
  Place place;
  if (int e = lookup(AT_FDCWD, path, &place); e < 0) return e;
  if (int e = directory_status(place.path.c_str()); e < 0) return e;
  Libc::Guard guard(_tree_lock);
  return _cwd.assign(place.path.c_str());
}

int Vfs::fchdir(int fd) noexcept
{
  File_ref const file = get_file(fd);
  if (!file) return -EBADF;
  return file->path() ? chdir(file->path()) : -ENOTDIR;
}

int Vfs::getcwd(char *buffer, size_t size) noexcept
{
  Libc::Guard guard(_tree_lock);
  if (_cwd.length() >= size) return -ERANGE;
  memcpy(buffer, _cwd.c_str(), _cwd.length() + 1);
  return 0;
}

} // namespace L4Re::Vfs
