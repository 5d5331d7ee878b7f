// SPDX-License-Identifier: MIT
#include "tmpfs_node.h"

#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/rm>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

namespace L4Re::Vfs::Tmpfs {

timespec now() noexcept
{
  timespec t;
  clock_gettime(CLOCK_REALTIME, &t);
  return t;
}

Node::Node(mode_t m, ino_t n) noexcept
    : mode(m), number(n), accessed(now()), modified(accessed), changed(accessed)
{
}

void Node::stat(struct stat *buf) const noexcept
{
  *buf = {};
  buf->st_dev = Dev_tmpfs;
  buf->st_ino = number;
  buf->st_mode = mode;
  buf->st_nlink = links;
  buf->st_atim = accessed;
  buf->st_mtim = modified;
  buf->st_ctim = changed;
  buf->st_blksize = L4_PAGESIZE;
}

// ---- content of a file -----------------------------------------------------------------------

Content::~Content() noexcept
{
  for (unsigned i = 0; i < Num_extents; ++i)
    drop(i);
}

unsigned Content::extent_of(off_t offset) noexcept
{
  unsigned long const units = static_cast<unsigned long>(offset) >> First_shift;
  return units ? 64 - static_cast<unsigned>(__builtin_clzl(units)) : 0;
}

off_t Content::start_of(unsigned extent) noexcept
{
  return extent ? off_t{1} << (First_shift + extent - 1) : 0;
}

size_t Content::size_of(unsigned extent) noexcept
{
  return size_t{1} << (First_shift + (extent ? extent - 1 : 0));
}

int Content::provide(unsigned extent) noexcept
{
  Extent &e = _extents[extent];
  if (e.memory) return 0;
  auto const *env = L4Re::Env::env();
  Slot slot;
  if (!slot.is_valid()) return -ENOSPC;
  auto const ds = L4::cap_cast<L4Re::Dataspace>(slot.cap());
  size_t const size = size_of(extent);
  if (env->mem_alloc()->alloc(static_cast<long>(size), ds) < 0) return -ENOSPC;
  using F = L4Re::Rm::F;
  char *memory = nullptr;
  if (env->rm()->attach(&memory, size, F::Search_addr | F::RW, L4::Ipc::make_cap_rw(ds), 0,
                        L4_PAGESHIFT, L4::Cap<L4::Task>::Invalid, "[tmpfs]") < 0)
    return -ENOSPC;
  e = {slot.release(), memory};
  return 0;
}

void Content::drop(unsigned extent) noexcept
{
  Extent &e = _extents[extent];
  if (!e.memory) return;
  L4Re::Env::env()->rm()->detach(e.memory, nullptr);
  L4Re::Util::cap_alloc.free(e.ds);
  e = {};
}

ssize_t Content::read(void *data, size_t size, off_t offset) noexcept
{
  Libc::Guard guard(_lock);
  if (offset >= _size) return 0;
  if (size > static_cast<size_t>(_size - offset)) size = static_cast<size_t>(_size - offset);
  char *out = static_cast<char *>(data);
  for (size_t left = size; left;) {
    unsigned const extent = extent_of(offset);
    size_t const at = static_cast<size_t>(offset - start_of(extent));
    size_t const room = size_of(extent) - at;
    size_t const n = left < room ? left : room;
    if (_extents[extent].memory)
      memcpy(out, _extents[extent].memory + at, n);
    else
      memset(out, 0, n);
    out += n;
    left -= n;
    offset += static_cast<off_t>(n);
  }
  return static_cast<ssize_t>(size);
}

ssize_t Content::write_locked(char const *data, size_t size, off_t offset) noexcept
{
  if (offset >= Max_size) return -EFBIG;
  if (size > static_cast<size_t>(Max_size - offset)) size = static_cast<size_t>(Max_size - offset);
  size_t done = 0;
  while (done < size) {
    unsigned const extent = extent_of(offset);
    if (int e = provide(extent); e < 0) {
      if (!done) return e;
      break;
    }
    size_t const at = static_cast<size_t>(offset - start_of(extent));
    size_t const room = size_of(extent) - at;
    size_t const n = size - done < room ? size - done : room;
    memcpy(_extents[extent].memory + at, data + done, n);
    done += n;
    offset += static_cast<off_t>(n);
  }
  if (offset > _size) __atomic_store_n(&_size, offset, __ATOMIC_RELEASE);
  if (done) modified = changed = now();
  return static_cast<ssize_t>(done);
}

ssize_t Content::write(void const *data, size_t size, off_t offset) noexcept
{
  Libc::Guard guard(_lock);
  return write_locked(static_cast<char const *>(data), size, offset);
}

ssize_t Content::append(void const *data, size_t size, off_t *offset) noexcept
{
  Libc::Guard guard(_lock);
  *offset = _size;
  return write_locked(static_cast<char const *>(data), size, _size);
}

int Content::truncate(off_t size) noexcept
{
  if (size < 0) return -EINVAL;
  if (size > Max_size) return -EFBIG;
  Libc::Guard guard(_lock);
  // What comes back when the file grows again must be zeros.
  for (unsigned i = 0; size < _size && i < Num_extents; ++i) {
    off_t const start = start_of(i);
    if (!_extents[i].memory || start + static_cast<off_t>(size_of(i)) <= size) continue;
    if (start >= size) {
      drop(i);
      continue;
    }
    size_t const keep = static_cast<size_t>(size - start);
    off_t const end = start + static_cast<off_t>(size_of(i));
    off_t const used = _size < end ? _size : end;
    memset(_extents[i].memory + keep, 0, static_cast<size_t>(used - size));
  }
  __atomic_store_n(&_size, size, __ATOMIC_RELEASE);
  modified = changed = now();
  return 0;
}

int Content::part_at(off_t offset, Ds_part *part) noexcept
{
  Libc::Guard guard(_lock);
  if (offset >= static_cast<off_t>(l4_round_page(static_cast<l4_addr_t>(_size)))) return -EINVAL;
  unsigned const extent = extent_of(offset);
  if (provide(extent) < 0) return -ENOMEM;
  auto const at = static_cast<l4_uint64_t>(offset - start_of(extent));
  *part = {L4::cap_cast<L4Re::Dataspace>(_extents[extent].ds), at, size_of(extent) - at};
  return 0;
}

blkcnt_t Content::blocks() const noexcept
{
  constexpr off_t Unit = 512;
  return static_cast<blkcnt_t>((size() + Unit - 1) / Unit);
}

// ---- directories -----------------------------------------------------------------------------

Dir::~Dir() noexcept
{
  for (unsigned i = 0; i < _count; ++i) {
    Node_ref(_entries[i].node, true); // the entry's reference ends
    free(_entries[i].name);
  }
  free(_entries);
}

unsigned Dir::position(char const *name, size_t length, bool *found) const noexcept
{
  unsigned low = 0, high = _count;
  while (low < high) {
    unsigned const middle = (low + high) / 2;
    char const *const other = _entries[middle].name;
    int order = strncmp(other, name, length);
    if (!order && other[length]) order = 1;
    if (!order) {
      *found = true;
      return middle;
    }
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  *found = false;
  return low;
}

Node *Dir::find(char const *name, size_t length) const noexcept
{
  bool found;
  unsigned const i = position(name, length, &found);
  return found ? _entries[i].node : nullptr;
}

int Dir::insert(char const *name, size_t length, Node *node) noexcept
{
  if (_count == _capacity) {
    unsigned const capacity = _capacity ? 2 * _capacity : 8;
    auto const entries = static_cast<Entry *>(realloc(_entries, capacity * sizeof(Entry)));
    if (!entries) return -ENOMEM;
    _entries = entries;
    _capacity = capacity;
  }
  char *const copy = strndup(name, length);
  if (!copy) return -ENOMEM;
  bool found;
  unsigned const at = position(name, length, &found);
  memmove(_entries + at + 1, _entries + at, (_count++ - at) * sizeof(Entry));
  _entries[at] = {copy, node};
  node->add_ref();
  modified = changed = now();
  return 0;
}

void Dir::remove(char const *name, size_t length) noexcept
{
  bool found;
  unsigned const at = position(name, length, &found);
  if (!found) return;
  Entry const old = _entries[at];
  memmove(_entries + at, _entries + at + 1, (--_count - at) * sizeof(Entry));
  free(old.name);
  modified = changed = now();
  Node_ref(old.node, true);
}

Dir::Entry const *Dir::after(char const *name) const noexcept
{
  bool found;
  unsigned const at = position(name, strlen(name), &found) + (found ? 1 : 0);
  return at < _count ? _entries + at : nullptr;
}

} // namespace L4Re::Vfs::Tmpfs
