// SPDX-License-Identifier: MIT
/*
 * The file system "tmpfs": files in memory that live as long as the program.
 */
#include "tmpfs_tree.h"

#include <errno.h>
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace L4Re::Vfs {

namespace {

using namespace Tmpfs;

int describe(Tree &tree, Node &node, struct stat *buf)
{
  Libc::Guard guard(tree.lock);
  node.stat(buf);
  if (!node.is_directory()) {
    auto const &content = static_cast<Content const &>(node);
    buf->st_size = content.size();
    buf->st_blocks = content.blocks();
  }
  return 0;
}

int change_mode(Tree &tree, Node &node, mode_t mode)
{
  Libc::Guard guard(tree.lock);
  node.mode = (node.mode & S_IFMT) | (mode & 07777);
  node.changed = now();
  return 0;
}

int change_times(Tree &tree, Node &node, timespec const times[2])
{
  Libc::Guard guard(tree.lock);
  if (times[0].tv_nsec != UTIME_OMIT) node.accessed = times[0];
  if (times[1].tv_nsec != UTIME_OMIT) node.modified = times[1];
  node.changed = now();
  return 0;
}

/// The figures of memory file systems: what is there is not known, it is what the program may use.
int space(struct statvfs *buf)
{
  *buf = {};
  buf->f_bsize = buf->f_frsize = L4_PAGESIZE;
  buf->f_namemax = NAME_MAX;
  buf->f_fsid = Dev_tmpfs;
  return 0;
}

class Open_file final : public Be_file_pos {
public:
  Open_file(Tree_ref const &tree, Node_ref const &node, int flags) noexcept
      : Be_file_pos(flags), _tree(tree), _node(node)
  {
  }

  int fstat(struct stat *buf) const noexcept override { return describe(*_tree, *_node, buf); }
  int fchmod(mode_t mode) noexcept override { return change_mode(*_tree, *_node, mode); }
  int utimens(timespec const times[2]) noexcept override
  {
    return change_times(*_tree, *_node, times);
  }
  int statvfs(struct statvfs *buf) const noexcept override { return space(buf); }
  int ftruncate(off_t size) noexcept override
  {
    return writable() ? content().truncate(size) : -EINVAL;
  }
  int fsync() const noexcept override { return 0; }
  int data_space_at(off_t offset, Ds_part *part) noexcept override
  {
    return content().part_at(offset, part);
  }
  int ioctl(unsigned long command, va_list args) noexcept override
  {
    if (command != FIONREAD) return -ENOTTY;
    off_t const left = content().size() - lseek(0, SEEK_CUR);
    *va_arg(args, int *) = left > 0 ? static_cast<int>(left) : 0;
    return 0;
  }

protected:
  off_t size() const noexcept override { return content().size(); }
  ssize_t read_at(void *data, size_t n, off_t offset) noexcept override
  {
    return content().read(data, n, offset);
  }
  ssize_t write_at(void const *data, size_t n, off_t offset) noexcept override
  {
    return content().write(data, n, offset);
  }
  ssize_t append(void const *data, size_t n, off_t *offset) noexcept override
  {
    return content().append(data, n, offset);
  }

private:
  Content &content() const noexcept { return static_cast<Content &>(*_node); }

  Tree_ref const _tree;
  Node_ref const _node;
};

class Open_dir final : public Be_file {
public:
  Open_dir(Tree_ref const &tree, Node_ref const &node) noexcept
      : Be_file(O_RDONLY), _tree(tree), _node(node)
  {
  }

  int openat(char const *path, int flags, mode_t mode, File_ref *file) noexcept override
  {
    Node_ref node;
    if (int e = _tree->open(path, flags, mode, &node); e < 0) return e;
    if (node->is_directory())
      *file = File_ref(new (std::nothrow) Open_dir(_tree, node));
    else {
      if ((flags & O_TRUNC) && (flags & O_ACCMODE) != O_RDONLY)
        static_cast<Content &>(*node).truncate(0);
      *file = File_ref(new (std::nothrow) Open_file(_tree, node, flags));
    }
    return *file ? 0 : -ENOMEM;
  }

  int fstatat(char const *path, struct stat *buf) noexcept override
  {
    int error = 0;
    Node_ref const node = *path ? _tree->find(path, &error) : _node;
    return node ? describe(*_tree, *node, buf) : error;
  }

  /// Modes are kept for those who look at them; there is one user, who may everything.
  int faccessat(char const *path, int mode) noexcept override
  {
    int error = 0;
    Node_ref const node = *path ? _tree->find(path, &error) : _node;
    if (!node) return error;
    bool const runs = node->is_directory() || (node->mode & 0111);
    return (mode & X_OK) && !runs ? -EACCES : 0;
  }

  int mkdir(char const *path, mode_t mode) noexcept override
  {
    return _tree->make_directory(path, mode);
  }
  int unlink(char const *path) noexcept override { return _tree->remove(path, false); }
  int rmdir(char const *path) noexcept override { return _tree->remove(path, true); }
  int rename(char const *from, char const *to) noexcept override { return _tree->rename(from, to); }
  int link(char const *from, char const *to) noexcept override { return _tree->link(from, to); }

  int fstat(struct stat *buf) const noexcept override { return describe(*_tree, *_node, buf); }
  int fchmod(mode_t mode) noexcept override { return change_mode(*_tree, *_node, mode); }
  int utimens(timespec const times[2]) noexcept override
  {
    return change_times(*_tree, *_node, times);
  }
  int statvfs(struct statvfs *buf) const noexcept override { return space(buf); }
  int fsync() const noexcept override { return 0; }
  ssize_t getdents(char *buffer, size_t size) noexcept override;
  int rewind_dents() noexcept override
  {
    Libc::Guard guard(_tree->lock);
    _last[0] = '\0';
    return 0;
  }

private:
  Tree_ref const _tree;
  Node_ref const _node;
  /// The name that was listed last: what comes and goes meanwhile confuses nobody.
  char _last[NAME_MAX + 1] = "";
};

ssize_t Open_dir::getdents(char *buffer, size_t size) noexcept
{
  Libc::Guard guard(_tree->lock);
  size_t used = 0;
  while (auto const *entry = as_dir(_node.get())->after(_last)) {
    size_t const length = strlen(entry->name);
    size_t const n = add_dirent(buffer + used, size - used, entry->name, length,
                                entry->node->number, IFTODT(entry->node->mode), 0);
    if (!n) return used ? static_cast<ssize_t>(used) : -EINVAL;
    used += n;
    memcpy(_last, entry->name, length + 1);
  }
  return static_cast<ssize_t>(used);
}

/// The type for mount(): each mount is a new, empty tree.
class Type final : public File_system {
public:
  char const *type() const noexcept override { return "tmpfs"; }
  int mount(char const *, unsigned long, void const *, File_ref *dir) noexcept override
  {
    *dir = make_tmpfs();
    return *dir ? 0 : -ENOMEM;
  }
};

constinit Type type;

} // namespace

File_ref make_tmpfs() noexcept
{
  Tree_ref const tree(new (std::nothrow) Tree);
  if (!tree || !tree->valid()) return nullptr;
  int error = 0;
  return File_ref(new (std::nothrow) Open_dir(tree, tree->find("", &error)));
}

File_system *tmpfs_type() noexcept
{
  return &type;
}

} // namespace L4Re::Vfs
