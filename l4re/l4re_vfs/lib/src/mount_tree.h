// SPDX-License-Identifier: MIT
#pragma once

#include <errno.h>
#include <new>
#include <stddef.h>
#include <string.h>

namespace L4Re::Vfs {

/**
 * What is mounted where: a tree of path components, some of which carry a directory.
 *
 * Paths are canonical (path.h). Callers hold a lock.
 *
 * \tparam Dir  reference to a directory; converts to bool, false for none
 */
template <typename Dir> class Mount_tree_t {
public:
  constexpr Mount_tree_t() = default;
  Mount_tree_t(Mount_tree_t const &) = delete;
  Mount_tree_t &operator=(Mount_tree_t const &) = delete;

  /// Where a path leads.
  struct Place {
    Dir dir;          ///< the innermost directory that is mounted on the way; none: no such thing
    char const *rest; ///< the path from there on, without a '/' at its begin
    bool exact;       ///< the path is that of a node: a mount point or a name on the way to one
  };

  Place find(char const *path) const
  {
    Place place = {_root.dir, relative(path), false};
    Node const *node = &_root;
    for (char const *p = relative(path); node; p = next(p)) {
      if (node->dir) place = {node->dir, p, false};
      place.exact = !*p;
      if (!*p) break;
      node = child(node, p, length(p));
      if (!node) place.exact = false;
    }
    return place;
  }

  /// \return 0; EEXIST: something is mounted there; ENOMEM; negated
  int mount(char const *path, Dir const &dir)
  {
    Node *node = &_root;
    for (char const *p = relative(path); *p; p = next(p)) {
      Node *below = child(node, p, length(p));
      if (!below && !(below = add(node, p, length(p)))) {
        prune(&_root);
        return -ENOMEM;
      }
      node = below;
    }
    if (node->dir) return -EEXIST;
    node->dir = dir;
    return 0;
  }

  /// \return 0; EINVAL: nothing is mounted there; EBUSY: something is mounted below
  int unmount(char const *path, Dir *was)
  {
    Node *node = &_root;
    for (char const *p = relative(path); node && *p; p = next(p))
      node = child(node, p, length(p));
    if (!node || !node->dir) return -EINVAL;
    if (node->first) return -EBUSY;
    *was = static_cast<Dir &&>(node->dir);
    node->dir = Dir();
    prune(&_root);
    return 0;
  }

  /// Name of the n-th child of the node at a path; null: no more.
  char const *child_name(char const *path, size_t n) const
  {
    Node const *node = &_root;
    for (char const *p = relative(path); node && *p; p = next(p))
      node = child(node, p, length(p));
    Node const *c = node ? node->first : nullptr;
    while (c && n--)
      c = c->next;
    return c ? c->name : nullptr;
  }

  ~Mount_tree_t() { clear(&_root); }

private:
  struct Node {
    Node *next = nullptr, *first = nullptr;
    Dir dir = {};
    char *name = nullptr;
  };

  static char const *relative(char const *path) { return *path == '/' ? path + 1 : path; }
  static size_t length(char const *p) { return strcspn(p, "/"); }
  static char const *next(char const *p)
  {
    p += length(p);
    return *p ? p + 1 : p;
  }

  static Node *child(Node const *node, char const *name, size_t length)
  {
    for (Node *c = node->first; c; c = c->next)
      if (!strncmp(c->name, name, length) && !c->name[length]) return c;
    return nullptr;
  }

  static Node *add(Node *parent, char const *name, size_t length)
  {
    auto const node = new (std::nothrow) Node;
    if (!node) return nullptr;
    node->name = new (std::nothrow) char[length + 1];
    if (!node->name) {
      delete node;
      return nullptr;
    }
    memcpy(node->name, name, length);
    node->name[length] = '\0';
    node->next = parent->first;
    return parent->first = node;
  }

  /// Remove nodes that neither carry nor lead to a directory.
  static void prune(Node *node)
  {
    for (Node **at = &node->first; *at;) {
      Node *const c = *at;
      prune(c);
      if (c->first || c->dir) {
        at = &c->next;
        continue;
      }
      *at = c->next;
      delete[] c->name;
      delete c;
    }
  }

  static void clear(Node *node)
  {
    while (Node *const c = node->first) {
      node->first = c->next;
      clear(c);
      delete[] c->name;
      delete c;
    }
  }

  Node _root;
};

} // namespace L4Re::Vfs
