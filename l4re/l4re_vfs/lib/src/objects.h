// SPDX-License-Identifier: MIT
#pragma once

#include <l4/l4re_vfs/backend>

#include <l4/re/dataspace>
#include <l4/re/log>
#include <l4/re/namespace>
#include <l4/re/util/cap_alloc>
#include <l4/sys/vcon>

#include <stdint.h>

namespace L4Re::Vfs {

/// A slot of the program's allocator with the capability in it.
class Slot {
public:
  Slot() noexcept : _cap(L4Re::Util::cap_alloc.alloc<void>()) {}
  explicit Slot(L4::Cap<void> cap) noexcept : _cap(cap) {}
  ~Slot() noexcept
  {
    if (_cap.is_valid()) L4Re::Util::cap_alloc.free(_cap);
  }
  Slot(Slot const &) = delete;
  Slot &operator=(Slot const &) = delete;

  bool is_valid() const noexcept { return _cap.is_valid(); }
  L4::Cap<void> cap() const noexcept { return _cap; }
  L4::Cap<void> release() noexcept
  {
    L4::Cap<void> const cap = _cap;
    _cap = L4::Cap<void>::Invalid;
    return cap;
  }

private:
  L4::Cap<void> _cap;
};

/// Numbers for files that have none: equal paths, equal numbers.
ino_t path_number(char const *path, size_t length, ino_t seed = 0) noexcept;

/// st_dev of the built-in file systems.
enum Device : dev_t { Dev_root = 1, Dev_objects = 2, Dev_devices = 3, Dev_pipes = 4, Dev_tmpfs = 5 };

/// A dataspace as a file of fixed size; it can be written to if the dataspace can.
class Ds_file final : public Be_file_pos {
public:
  explicit Ds_file(L4::Cap<L4Re::Dataspace> ds) noexcept : Be_file_pos(O_RDWR), _slot(ds) {}
  ~Ds_file() noexcept;

  int fstat(struct stat *buf) const noexcept override;
  L4::Cap<L4Re::Dataspace> data_space() noexcept override;
  int ioctl(unsigned long command, va_list args) noexcept override;
  int fsync() const noexcept override { return 0; }

protected:
  off_t size() const noexcept override;
  ssize_t read_at(void *data, size_t size, off_t offset) noexcept override;
  ssize_t write_at(void const *data, size_t size, off_t offset) noexcept override;
  ssize_t append(void const *data, size_t size, off_t *offset) noexcept override;

private:
  L4::Cap<L4Re::Dataspace> ds() const noexcept
  {
    return L4::cap_cast<L4Re::Dataspace>(_slot.cap());
  }
  int attach() noexcept;

  Slot _slot;
  Libc::Mutex _attach_lock;
  char *_content = nullptr;
  size_t _size = 0;
  bool _writable = false;
};

/// A name space as a directory. Only those that moe makes of boot modules can be listed.
class Ns_dir final : public Be_file {
public:
  explicit Ns_dir(L4::Cap<L4Re::Namespace> ns) noexcept : Be_file(O_RDONLY), _slot(ns) {}
  ~Ns_dir() noexcept;

  int openat(char const *path, int flags, mode_t mode, File_ref *file) noexcept override;
  int fstatat(char const *path, struct stat *buf) noexcept override;
  int faccessat(char const *path, int mode) noexcept override;
  int fstat(struct stat *buf) const noexcept override;
  ssize_t getdents(char *buffer, size_t size) noexcept override;
  int rewind_dents() noexcept override;

private:
  L4::Cap<L4Re::Namespace> ns() const noexcept
  {
    return L4::cap_cast<L4Re::Namespace>(_slot.cap());
  }
  int load_listing() noexcept;

  Slot _slot;
  Libc::Mutex _listing_lock;
  char *_listing = nullptr; ///< content of .dirinfo
  size_t _length = 0, _at = 0;
};

/// A virtual console as a terminal.
class Vcon_stream final : public Be_file_stream {
public:
  /// \param owned  the slot is freed with the file
  explicit Vcon_stream(L4::Cap<L4::Vcon> vcon, bool owned = true) noexcept
      : Be_file_stream(O_RDWR), _vcon(vcon), _owned(owned)
  {
  }
  ~Vcon_stream() noexcept;

  int fstat(struct stat *buf) const noexcept override;
  int ioctl(unsigned long command, va_list args) noexcept override;
  short check_ready(short events) noexcept override;
  bool bind_wakeup(l4_cap_idx_t semaphore) noexcept override;

protected:
  ssize_t read(void *data, size_t size) noexcept override;
  ssize_t write(void const *data, size_t size) noexcept override;

private:
  ssize_t take(void *data, size_t size) noexcept;
  ssize_t fetch(void *data, size_t size) noexcept;

  L4::Cap<L4::Vcon> _vcon;
  bool _owned;
  Libc::Mutex _lock;
  char _ahead = 0; ///< a byte that check_ready() read
  bool _has_ahead = false;
  l4_cap_idx_t _bound = L4_INVALID_CAP;
};

/// The directory "/": the named capabilities of the program.
class Root_dir final : public Be_file {
public:
  Root_dir() noexcept : Be_file(O_RDONLY) {}

  int openat(char const *path, int flags, mode_t mode, File_ref *file) noexcept override;
  int fstatat(char const *path, struct stat *buf) noexcept override;
  int faccessat(char const *path, int mode) noexcept override;
  int fstat(struct stat *buf) const noexcept override;
  ssize_t getdents(char *buffer, size_t size) noexcept override;
  int rewind_dents() noexcept override;

private:
  size_t _next = 0;
};

/// A name that exists only because something is mounted below it.
class Pseudo_dir final : public Be_file {
public:
  Pseudo_dir() noexcept : Be_file(O_RDONLY) {}

  static void describe(struct stat *buf) noexcept;
  int fstat(struct stat *buf) const noexcept override
  {
    describe(buf);
    return 0;
  }
  ssize_t getdents(char *, size_t) noexcept override { return 0; }
  int rewind_dents() noexcept override { return 0; }
};

/// The directory "/dev".
File_ref make_device_directory() noexcept;
/// A new empty file system in memory.
File_ref make_tmpfs() noexcept;
/// Both ends of a pipe.
int make_pipe(File_ref *reader, File_ref *writer, int flags) noexcept;

} // namespace L4Re::Vfs
