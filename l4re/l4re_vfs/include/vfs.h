// SPDX-License-Identifier: MIT
#pragma once

#include <l4/cxx/ref_ptr>
#include <l4/re/dataspace>
#include <l4/sys/capability>

#include <fcntl.h>
#include <new>
#include <stdarg.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <sys/uio.h>

/**
 * \file
 * The virtual file system: what a file is, and what holds files together (c-api-l4re.md section 6).
 *
 * Unless stated otherwise a function returns 0 or a count, or a negated errno number. Paths that an
 * object gets are relative to it and canonical: components separated by one '/', none of them
 * empty,
 * "." or "..", no '/' at the ends; the empty path is the object itself. All objects are used by
 * several threads at once.
 */
namespace L4Re::Vfs {

class File;
using File_ref = cxx::Ref_ptr<File>;

/// What every file has.
class Generic_file {
public:
  /// Give up the POSIX record locks of this process.
  virtual int unlock_all_locks() noexcept = 0;
  virtual int fstat(struct stat *buf) const noexcept = 0;
  virtual int fchmod(mode_t mode) noexcept = 0;
  /// O_RDONLY ... O_RDWR with O_APPEND, O_NONBLOCK.
  virtual int get_status_flags() const noexcept = 0;
  /// Only O_APPEND and O_NONBLOCK change.
  virtual int set_status_flags(long flags) noexcept = 0;
  /// \param times  access, modification; UTIME_NOW and UTIME_OMIT are resolved by the caller
  virtual int utimens(struct timespec const times[2]) noexcept = 0;
  /// Space of the file system; ENOSYS if it has no such notion.
  virtual int statvfs(struct statvfs *buf) const noexcept = 0;

protected:
  ~Generic_file() = default;
};

class Directory {
public:
  /// Open what is at `path`; flags and mode as of open().
  virtual int openat(char const *path, int flags, mode_t mode, File_ref *file) noexcept = 0;
  virtual int fstatat(char const *path, struct stat *buf) noexcept = 0;
  /// \param mode  R_OK, W_OK, X_OK or F_OK
  virtual int faccessat(char const *path, int mode) noexcept = 0;
  virtual int mkdir(char const *path, mode_t mode) noexcept = 0;
  virtual int unlink(char const *path) noexcept = 0;
  virtual int rmdir(char const *path) noexcept = 0;
  /// Both paths are of this directory.
  virtual int rename(char const *from, char const *to) noexcept = 0;
  virtual int link(char const *from, char const *to) noexcept = 0;
  /// Records of type `struct dirent`, the next ones with each call; 0 at the end.
  virtual ssize_t getdents(char *buffer, size_t size) noexcept = 0;
  /// Begin again.
  virtual int rewind_dents() noexcept = 0;

protected:
  ~Directory() = default;
};

/// A part of a file in memory, for mmap().
struct Ds_part {
  L4::Cap<L4Re::Dataspace> ds;
  l4_uint64_t ds_offset; ///< where the wanted offset is in `ds`
  l4_uint64_t size;      ///< bytes from there on
};

class Regular_file {
public:
  /// The dataspace with the whole content; invalid if there is none.
  virtual L4::Cap<L4Re::Dataspace> data_space() noexcept = 0;
  /// The dataspace with the content at `offset` (page aligned); ENODEV: cannot be mapped.
  virtual int data_space_at(off_t offset, Ds_part *part) noexcept = 0;
  /// At the file's position, which moves. Blocks unless O_NONBLOCK (EAGAIN).
  virtual ssize_t readv(struct iovec const *iov, int count) noexcept = 0;
  virtual ssize_t writev(struct iovec const *iov, int count) noexcept = 0;
  virtual ssize_t preadv(struct iovec const *iov, int count, off_t offset) noexcept = 0;
  virtual ssize_t pwritev(struct iovec const *iov, int count, off_t offset) noexcept = 0;
  virtual off_t lseek(off_t offset, int whence) noexcept = 0;
  virtual int ftruncate(off_t size) noexcept = 0;
  virtual int fsync() const noexcept = 0;
  virtual int fdatasync() const noexcept = 0;
  virtual int get_lock(struct flock *lock) noexcept = 0;
  virtual int set_lock(struct flock *lock, bool wait) noexcept = 0;

protected:
  ~Regular_file() = default;
};

/// For a network back end; everything else answers ENOTSOCK.
class Socket {
public:
  virtual int bind(sockaddr const *addr, socklen_t length) noexcept = 0;
  virtual int connect(sockaddr const *addr, socklen_t length) noexcept = 0;
  virtual ssize_t send(void const *data, size_t size, int flags) noexcept = 0;
  virtual ssize_t recv(void *data, size_t size, int flags) noexcept = 0;
  virtual ssize_t sendto(void const *data, size_t size, int flags, sockaddr const *to,
                         socklen_t length) noexcept = 0;
  virtual ssize_t recvfrom(void *data, size_t size, int flags, sockaddr *from,
                           socklen_t *length) noexcept = 0;
  virtual ssize_t sendmsg(msghdr const *message, int flags) noexcept = 0;
  virtual ssize_t recvmsg(msghdr *message, int flags) noexcept = 0;
  virtual int getsockopt(int level, int option, void *value, socklen_t *length) noexcept = 0;
  virtual int setsockopt(int level, int option, void const *value, socklen_t length) noexcept = 0;
  virtual int listen(int backlog) noexcept = 0;
  virtual int accept(sockaddr *addr, socklen_t *length, File_ref *file) noexcept = 0;
  virtual int shutdown(int how) noexcept = 0;
  virtual int getsockname(sockaddr *addr, socklen_t *length) noexcept = 0;
  virtual int getpeername(sockaddr *addr, socklen_t *length) noexcept = 0;

protected:
  ~Socket() = default;
};

class Special_file {
public:
  virtual int ioctl(unsigned long command, va_list args) noexcept = 0;

protected:
  ~Special_file() = default;
};

/// An open file; counted by descriptors and users.
class File : public Generic_file,
             public Regular_file,
             public Directory,
             public Special_file,
             public Socket {
public:
  /**
   * What of `events` (POLLIN, POLLOUT ...) would not block; POLLERR and POLLHUP besides.
   *
   * Who makes a file ready afterwards calls Fs::notify(). A file whose events come by an interrupt
   * returns true from bind_wakeup().
   */
  virtual short check_ready(short events) noexcept = 0;

  /**
   * Bind the source of events to a semaphore, which goes up when the file may have become ready,
   * until the next call. \return false if this file makes its changes known by Fs::notify()
   */
  virtual bool bind_wakeup(l4_cap_idx_t semaphore) noexcept = 0;

  void add_ref() noexcept { __atomic_fetch_add(&_references, 1, __ATOMIC_RELAXED); }
  int remove_ref() noexcept { return __atomic_sub_fetch(&_references, 1, __ATOMIC_ACQ_REL); }

  /// Absolute path of a directory that Fs opened, for openat(); null for other files.
  char const *path() const noexcept { return _path; }
  /// Takes over memory of malloc().
  void set_path(char *path) noexcept;

  virtual ~File() noexcept = 0;

private:
  int _references = 0;
  char *_path = nullptr;
};

/// Opens objects of a type: turns the capability found by a path into a file.
class File_factory {
public:
  /// \param proto      protocol number of the objects, 0 for none
  /// \param proto_name name of their interface, may be null
  constexpr File_factory(long proto, char const *proto_name) noexcept
      : _proto(proto), _name(proto_name)
  {
  }
  long proto() const noexcept { return _proto; }
  char const *proto_name() const noexcept { return _name; }
  /// \return a file that owns the capability's slot; null without memory
  virtual File_ref create(L4::Cap<void> object) noexcept = 0;

protected:
  ~File_factory() = default;

private:
  friend class Fs;
  long _proto;
  char const *_name;
  File_factory *_next = nullptr;
};

/// The usual factory: objects with interface IFACE become files IMPL(cap).
template <typename IFACE, typename IMPL> class File_factory_t final : public File_factory {
public:
  explicit constexpr File_factory_t(char const *name = nullptr) noexcept
      : File_factory(L4::kobject_proto<IFACE>(), name)
  {
  }
  File_ref create(L4::Cap<void> object) noexcept override
  {
    return File_ref(new (std::nothrow) IMPL(L4::cap_cast<IFACE>(object)));
  }
};

/// A type of file system that mount() can make.
class File_system {
public:
  virtual char const *type() const noexcept = 0;
  /**
   * \param source, flags, data  as of mount()
   * \param[out] dir             root of what was mounted
   */
  virtual int mount(char const *source, unsigned long flags, void const *data,
                    File_ref *dir) noexcept = 0;

protected:
  ~File_system() = default;

private:
  friend class Fs;
  File_system *_next = nullptr;
};

/// Makes sockets of some domains.
class Socket_factory {
public:
  /// EAFNOSUPPORT: not this factory's domain, others are asked.
  virtual int socket(int domain, int type, int protocol, File_ref *file) noexcept = 0;

protected:
  ~Socket_factory() = default;

private:
  friend class Fs;
  Socket_factory *_next = nullptr;
};

/// Descriptors, the tree of names, and what can be mounted.
class Fs {
public:
  /// Null for a descriptor that is not open.
  virtual File_ref get_file(int fd) noexcept = 0;
  /// The lowest free descriptor from `start` on; EMFILE. \param flags  FD_CLOEXEC or 0
  virtual int alloc_fd(File_ref const &file, int start = 0, int flags = 0) noexcept = 0;
  /// Put a file at a descriptor, whatever was there before; EBADF out of range.
  virtual int set_fd(int fd, File_ref const &file, int flags = 0) noexcept = 0;
  /// \return what was there; null: nothing
  virtual File_ref free_fd(int fd) noexcept = 0;
  virtual int get_fd_flags(int fd) noexcept = 0;
  virtual int set_fd_flags(int fd, int flags) noexcept = 0;

  /// Make `dir` visible at `path`, which is made as needed; EEXIST: something is mounted there.
  virtual int mount(char const *path, File_ref const &dir) noexcept = 0;
  virtual int unmount(char const *path) noexcept = 0;
  /// By type. One that nobody registered is looked for in the library libl4revfs-fs-TYPE.so, in
  /// programs with shared libraries; ENODEV.
  virtual int mount(char const *source, char const *target, char const *type, unsigned long flags,
                    void const *data) noexcept = 0;

  /// Objects must live as long as they are registered. \return EEXIST, ENOENT
  virtual int register_file_system(File_system *fs) noexcept = 0;
  virtual int unregister_file_system(File_system *fs) noexcept = 0;
  virtual File_system *get_file_system(char const *type) noexcept = 0;
  virtual int register_file_factory(File_factory *factory) noexcept = 0;
  virtual int unregister_file_factory(File_factory *factory) noexcept = 0;
  virtual File_factory *get_file_factory(long proto, char const *name = nullptr) noexcept = 0;
  virtual int register_socket_factory(Socket_factory *factory) noexcept = 0;
  virtual int unregister_socket_factory(Socket_factory *factory) noexcept = 0;
  /// EAFNOSUPPORT without a factory for the domain.
  virtual int socket(int domain, int type, int protocol, File_ref *file) noexcept = 0;

  /// Some file became ready: whoever polls looks again.
  virtual void notify() noexcept = 0;

protected:
  ~Fs() = default;
  // Links of registered objects, for the implementation.
  static File_system *&next(File_system *o) noexcept { return o->_next; }
  static File_factory *&next(File_factory *o) noexcept { return o->_next; }
  static Socket_factory *&next(Socket_factory *o) noexcept { return o->_next; }
};

/// Memory by files.
class Mman {
public:
  virtual int mmap(void *start, size_t size, int prot, int flags, int fd, off_t offset,
                   void **result) noexcept = 0;
  virtual int munmap(void *start, size_t size) noexcept = 0;
  virtual int mprotect(void const *start, size_t size, int prot) noexcept = 0;
  virtual int msync(void *start, size_t size, int flags) noexcept = 0;
  virtual int madvise(void *start, size_t size, int advice) noexcept = 0;

protected:
  ~Mman() = default;
};

class Ops : public Fs, public Mman {
protected:
  ~Ops() = default;
};

/// The one of this program; ready before all constructors.
extern Ops *vfs_ops;

} // namespace L4Re::Vfs
