// SPDX-License-Identifier: MIT
#include "tmpfs_tree.h"

#include <errno.h>
#include <string.h>

namespace L4Re::Vfs::Tmpfs {

Node *Tree::walk(char const *path, size_t length, int *error) noexcept
{
  Node *node = _root.get();
  char const *const end = path + length;
  while (path < end) {
    size_t n = strcspn(path, "/");
    if (n > static_cast<size_t>(end - path)) n = static_cast<size_t>(end - path);
    if (!node->is_directory()) {
      *error = -ENOTDIR;
      return nullptr;
    }
    node = as_dir(node)->find(path, n);
    if (!node) {
      *error = -ENOENT;
      return nullptr;
    }
    path += n;
    if (path < end) ++path;
  }
  return node;
}

int Tree::parent(char const *path, Parent *p) noexcept
{
  char const *const slash = strrchr(path, '/');
  int error = 0;
  Node *const node = walk(path, slash ? static_cast<size_t>(slash - path) : 0, &error);
  if (!node) return error;
  if (!node->is_directory()) return -ENOTDIR;
  p->dir = as_dir(node);
  p->name = slash ? slash + 1 : path;
  p->length = strlen(p->name);
  p->node = p->dir->find(p->name, p->length);
  return 0;
}

Node_ref Tree::find(char const *path, int *error) noexcept
{
  Libc::Guard guard(lock);
  return Node_ref(walk(path, strlen(path), error));
}

int Tree::open(char const *path, int flags, mode_t mode, Node_ref *node) noexcept
{
  Libc::Guard guard(lock);
  Parent p = {nullptr, path, 0, _root.get()};
  if (*path)
    if (int e = parent(path, &p); e < 0) return e;
  if (p.node) {
    if ((flags & O_CREAT) && (flags & O_EXCL)) return -EEXIST;
    *node = Node_ref(p.node);
    return 0;
  }
  if (!(flags & O_CREAT)) return -ENOENT;
  *node = Node_ref(new (std::nothrow) Content(S_IFREG | (mode & 07777), new_number()));
  return *node ? p.dir->insert(p.name, p.length, node->get()) : -ENOMEM;
}

int Tree::make_directory(char const *path, mode_t mode) noexcept
{
  Libc::Guard guard(lock);
  Parent p;
  if (int e = parent(path, &p); e < 0) return e;
  if (p.node) return -EEXIST;
  Node_ref const node(new (std::nothrow) Dir(S_IFDIR | (mode & 07777), new_number()));
  if (!node) return -ENOMEM;
  node->links = 2;
  int const e = p.dir->insert(p.name, p.length, node.get());
  if (e >= 0) ++p.dir->links;
  return e;
}

int Tree::remove(char const *path, bool directory) noexcept
{
  Node_ref gone; // dies without the lock
  Libc::Guard guard(lock);
  Parent p;
  if (int e = parent(path, &p); e < 0) return e;
  if (!p.node) return -ENOENT;
  if (directory != p.node->is_directory()) return directory ? -ENOTDIR : -EPERM;
  if (directory && !as_dir(p.node)->empty()) return -ENOTEMPTY;
  gone = Node_ref(p.node);
  gone->links = directory ? 0 : gone->links - 1;
  gone->changed = now();
  if (directory) --p.dir->links;
  p.dir->remove(p.name, p.length);
  return 0;
}

int Tree::rename(char const *from, char const *to) noexcept
{
  Node_ref moved, replaced; // die without the lock
  Libc::Guard guard(lock);
  Parent a, b;
  if (int e = parent(from, &a); e < 0) return e;
  if (!a.node) return -ENOENT;
  if (int e = parent(to, &b); e < 0) return e;
  if (a.node == b.node) return 0;
  bool const directory = a.node->is_directory();
  size_t const length = strlen(from);
  if (directory && !strncmp(from, to, length) && to[length] == '/') return -EINVAL;
  if (b.node) {
    if (directory && !b.node->is_directory()) return -ENOTDIR;
    if (!directory && b.node->is_directory()) return -EISDIR;
    if (directory && !as_dir(b.node)->empty()) return -ENOTEMPTY;
    replaced = Node_ref(b.node);
  }
  moved = Node_ref(a.node);
  // Insert before remove: a failure leaves everything as it was, and there is always room for the
  // name that was just removed.
  if (replaced) {
    replaced->links = directory ? 0 : replaced->links - 1;
    b.dir->remove(b.name, b.length);
  }
  if (int e = b.dir->insert(b.name, b.length, moved.get()); e < 0) return e;
  a.dir->remove(a.name, a.length);
  moved->changed = now();
  if (directory) {
    --a.dir->links;
    if (!replaced) ++b.dir->links;
  }
  return 0;
}

int Tree::link(char const *from, char const *to) noexcept
{
  Libc::Guard guard(lock);
  int error = 0;
  Node *const node = walk(from, strlen(from), &error);
  if (!node) return error;
  if (node->is_directory()) return -EPERM;
  Parent p;
  if (int e = parent(to, &p); e < 0) return e;
  if (p.node) return -EEXIST;
  if (int e = p.dir->insert(p.name, p.length, node); e < 0) return e;
  ++node->links;
  node->changed = now();
  return 0;
}

} // namespace L4Re::Vfs::Tmpfs
