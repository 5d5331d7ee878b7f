// SPDX-License-Identifier: MIT
#pragma once

#include "objects.h"

#include <l4/libc/park.h>

#include <sys/stat.h>
#include <time.h>

namespace L4Re::Vfs::Tmpfs {

/// What files and directories have in common. The members are guarded by the lock of the file
/// system, contents of files by their own.
class Node {
public:
  Node(mode_t mode, ino_t number) noexcept;
  virtual ~Node() noexcept = default;
  Node(Node const &) = delete;
  Node &operator=(Node const &) = delete;

  void add_ref() noexcept { __atomic_fetch_add(&_references, 1, __ATOMIC_RELAXED); }
  int remove_ref() noexcept { return __atomic_sub_fetch(&_references, 1, __ATOMIC_ACQ_REL); }

  bool is_directory() const noexcept { return S_ISDIR(mode); }
  void stat(struct stat *buf) const noexcept;

  mode_t mode;
  ino_t const number;
  nlink_t links = 1;
  timespec accessed, modified, changed;

private:
  int _references = 0;
};

using Node_ref = cxx::Ref_ptr<Node>;

timespec now() noexcept;

/**
 * Content of a file: extents of growing size, each a dataspace, made when it is first written to or
 * mapped. What has no extent reads as zeros.
 */
class Content final : public Node {
public:
  using Node::Node;
  ~Content() noexcept override;

  off_t size() const noexcept { return __atomic_load_n(&_size, __ATOMIC_ACQUIRE); }
  ssize_t read(void *data, size_t size, off_t offset) noexcept;
  ssize_t write(void const *data, size_t size, off_t offset) noexcept;
  ssize_t append(void const *data, size_t size, off_t *offset) noexcept;
  int truncate(off_t size) noexcept;
  int part_at(off_t offset, Ds_part *part) noexcept;
  blkcnt_t blocks() const noexcept;

private:
  /// Extent 0 has the first bytes, extent n > 0 begins where all before it end and is as large as
  /// they are together.
  static constexpr unsigned First_shift = 16, Num_extents = 24;
  static constexpr off_t Max_size = off_t{1} << (First_shift + Num_extents - 1);

  struct Extent {
    L4::Cap<void> ds = L4::Cap<void>(L4::Cap<void>::Invalid);
    char *memory = nullptr;
  };

  static unsigned extent_of(off_t offset) noexcept;
  static off_t start_of(unsigned extent) noexcept;
  static size_t size_of(unsigned extent) noexcept;
  int provide(unsigned extent) noexcept;
  void drop(unsigned extent) noexcept;
  ssize_t write_locked(char const *data, size_t size, off_t offset) noexcept;

  Libc::Mutex _lock;
  off_t _size = 0;
  Extent _extents[Num_extents];
};

/// Entries of a directory, sorted by name.
class Dir final : public Node {
public:
  using Node::Node;
  ~Dir() noexcept override;

  Node *find(char const *name, size_t length) const noexcept;
  /// The name must not be there. \return ENOMEM, negated
  int insert(char const *name, size_t length, Node *node) noexcept;
  /// The name must be there.
  void remove(char const *name, size_t length) noexcept;
  bool empty() const noexcept { return !_count; }

  struct Entry {
    char *name;
    Node *node;
  };
  /// The first entry whose name is greater than `name`; null: none.
  Entry const *after(char const *name) const noexcept;

private:
  unsigned position(char const *name, size_t length, bool *found) const noexcept;

  Entry *_entries = nullptr;
  unsigned _count = 0, _capacity = 0;
};

} // namespace L4Re::Vfs::Tmpfs
