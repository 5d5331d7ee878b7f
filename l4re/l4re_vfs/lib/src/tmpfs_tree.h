// SPDX-License-Identifier: MIT
#pragma once

#include "tmpfs_node.h"

namespace L4Re::Vfs::Tmpfs {

inline Dir *as_dir(Node *node) noexcept
{
  return static_cast<Dir *>(node);
}

/// One mounted file system; lives as long as its root directory is mounted or a file is open.
class Tree {
public:
  Tree() noexcept : _root(new (std::nothrow) Dir(S_IFDIR | 0777, 1)) {}
  bool valid() const noexcept { return bool(_root); }

  void add_ref() noexcept { __atomic_fetch_add(&_references, 1, __ATOMIC_RELAXED); }
  int remove_ref() noexcept { return __atomic_sub_fetch(&_references, 1, __ATOMIC_ACQ_REL); }

  Node_ref find(char const *path, int *error) noexcept;
  int open(char const *path, int flags, mode_t mode, Node_ref *node) noexcept;
  int make_directory(char const *path, mode_t mode) noexcept;
  int remove(char const *path, bool directory) noexcept;
  int rename(char const *from, char const *to) noexcept;
  int link(char const *from, char const *to) noexcept;

  Libc::Mutex lock;

private:
  /// The directory that holds the last component of a path.
  struct Parent {
    Dir *dir;
    char const *name;
    size_t length;
    Node *node; ///< what is there; null: nothing
  };

  Node *walk(char const *path, size_t length, int *error) noexcept;
  int parent(char const *path, Parent *p) noexcept;
  ino_t new_number() noexcept { return ++_last_number; }

  int _references = 0;
  Node_ref _root;
  ino_t _last_number = 1;
};

using Tree_ref = cxx::Ref_ptr<Tree>;

} // namespace L4Re::Vfs::Tmpfs
