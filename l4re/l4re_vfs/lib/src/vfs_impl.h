// SPDX-License-Identifier: MIT
#pragma once

#include "mount_tree.h"
#include "path.h"

#include <l4/l4re_vfs/backend>

namespace L4Re::Vfs {

/// Descriptors of the process.
class Descriptor_table {
public:
  static constexpr int Max = OPEN_MAX;

  File_ref get(int fd) noexcept;
  int alloc(File_ref const &file, int start, int flags) noexcept;
  int set(int fd, File_ref const &file, int flags) noexcept;
  File_ref remove(int fd) noexcept;
  /// FD_CLOEXEC or 0; EBADF
  int flags(int fd) noexcept;
  int set_flags(int fd, int flags) noexcept;

private:
  static bool in_range(int fd) { return fd >= 0 && fd < Max; }

  Libc::Mutex _lock;
  File_ref _files[Max];
  unsigned char _flags[Max] = {};
};

/// Objects that registered themselves, in a list through themselves.
template <typename T> class Registry {
public:
  template <typename Next> int add(T *object, Next &&next) noexcept
  {
    Libc::Guard guard(_lock);
    for (T *o = _first; o; o = next(o))
      if (o == object) return -EEXIST;
    next(object) = _first;
    _first = object;
    return 0;
  }

  template <typename Next> int remove(T *object, Next &&next) noexcept
  {
    Libc::Guard guard(_lock);
    for (T **at = &_first; *at; at = &next(*at))
      if (*at == object) {
        *at = next(object);
        return 0;
      }
    return -ENOENT;
  }

  template <typename Next, typename Match> T *find(Next &&next, Match &&match) noexcept
  {
    Libc::Guard guard(_lock);
    T *o = _first;
    while (o && !match(o))
      o = next(o);
    return o;
  }

private:
  Libc::Mutex _lock;
  T *_first = nullptr;
};

class Vfs final : public Ops {
public:
  File_ref get_file(int fd) noexcept override { return _descriptors.get(fd); }
  int alloc_fd(File_ref const &file, int start, int flags) noexcept override
  {
    return _descriptors.alloc(file, start, flags);
  }
  int set_fd(int fd, File_ref const &file, int flags) noexcept override
  {
    return _descriptors.set(fd, file, flags);
  }
  File_ref free_fd(int fd) noexcept override { return _descriptors.remove(fd); }
  int get_fd_flags(int fd) noexcept override { return _descriptors.flags(fd); }
  int set_fd_flags(int fd, int flags) noexcept override
  {
    return _descriptors.set_flags(fd, flags);
  }

  int mount(char const *path, File_ref const &dir) noexcept override;
  int unmount(char const *path) noexcept override;
  int mount(char const *source, char const *target, char const *type, unsigned long flags,
            void const *data) noexcept override;

  int register_file_system(File_system *fs) noexcept override;
  int unregister_file_system(File_system *fs) noexcept override;
  File_system *get_file_system(char const *type) noexcept override;
  int register_file_factory(File_factory *factory) noexcept override;
  int unregister_file_factory(File_factory *factory) noexcept override;
  File_factory *get_file_factory(long proto, char const *name) noexcept override;
  int register_socket_factory(Socket_factory *factory) noexcept override;
  int unregister_socket_factory(Socket_factory *factory) noexcept override;
  int socket(int domain, int type, int protocol, File_ref *file) noexcept override;

  void notify() noexcept override;

  int mmap(void *start, size_t size, int prot, int flags, int fd, off_t offset,
           void **result) noexcept override;
  int munmap(void *start, size_t size) noexcept override;
  int mprotect(void const *start, size_t size, int prot) noexcept override;
  int msync(void *start, size_t size, int flags) noexcept override;
  int madvise(void *start, size_t size, int advice) noexcept override;

  // ---- for the functions of POSIX ----

  /// Where a path leads: a mounted directory and the path from there.
  struct Place {
    File_ref dir;
    Path path;        ///< absolute
    char const *rest; ///< in `path`
    bool exact;       ///< a mount point or on the way to one
  };

  /// \param dirfd  directory of a relative path, or AT_FDCWD
  int lookup(int dirfd, char const *path, Place *place) noexcept;
  int open(int dirfd, char const *path, int flags, mode_t mode, File_ref *file) noexcept;
  int stat(int dirfd, char const *path, struct stat *buf) noexcept;
  int access(int dirfd, char const *path, int mode) noexcept;
  int mkdir(int dirfd, char const *path, mode_t mode) noexcept;
  int unlink(int dirfd, char const *path, bool directory) noexcept;
  int rename(int from_fd, char const *from, int to_fd, char const *to) noexcept;
  int link(int from_fd, char const *from, int to_fd, char const *to) noexcept;

  int chdir(char const *path) noexcept;
  int fchdir(int fd) noexcept;
  int getcwd(char *buffer, size_t size) noexcept;

  /// Copy the name of the n-th thing that is mounted directly below a directory.
  bool mounted_name(char const *path, size_t n, char *name, size_t size) noexcept;

  /// Counts notify(); for waiting (Libc::wait).
  unsigned *activity() noexcept { return &_activity; }
  void begin_poll() noexcept { __atomic_fetch_add(&_pollers, 1, __ATOMIC_SEQ_CST); }
  void end_poll() noexcept { __atomic_fetch_sub(&_pollers, 1, __ATOMIC_SEQ_CST); }

private:
  File_system *find_file_system(char const *type) noexcept;
  int directory_status(char const *path) noexcept;
  int absolute(int dirfd, char const *path, Path *result) noexcept;
  int base_of(int dirfd, char const *path, Path *base) noexcept;
  int resolve(Place *place) noexcept;
  int stat_place(Place const &place, struct stat *buf) noexcept;

  Descriptor_table _descriptors;
  Libc::Mutex _tree_lock; ///< guards the tree and the working directory
  Mount_tree_t<File_ref> _tree;
  Path _cwd;
  Registry<File_system> _file_systems;
  Registry<File_factory> _factories;
  Registry<Socket_factory> _sockets;
  unsigned _activity = 0, _pollers = 0;
};

extern Vfs &the_vfs;

/// A file for an object that was found by name: by its interfaces. Owns the slot on success.
int file_of_object(L4::Cap<void> object, File_ref *file) noexcept;

} // namespace L4Re::Vfs
