// SPDX-License-Identifier: MIT
/*
 * mmap() and its relatives on the region map.
 */
#include "objects.h"
#include "vfs_impl.h"

#include <l4/re/env>
#include <l4/re/rm>

#include <errno.h>
#include <sys/mman.h>

namespace L4Re::Vfs {

namespace {

using L4Re::Rm;
using F = Rm::F;

L4::Cap<Rm> rm()
{
  return L4Re::Env::env()->rm();
}

Rm::Flags rights_of(int prot)
{
  Rm::Flags flags(0);
  if (prot & PROT_READ) flags |= F::R;
  if (prot & PROT_WRITE) flags |= F::RW;
  if (prot & PROT_EXEC) flags |= F::RX;
  return flags;
}

/// Detach all regions in a range. \return the number of regions, or a negated errno
int detach_all(l4_addr_t start, l4_size_t size)
{
  for (int count = 0;; ++count) {
    L4::Cap<L4Re::Dataspace> ds;
    long const r = rm()->detach(start, size, &ds, L4Re::This_task, Rm::Detach_exact);
    if (r == -L4_ENOENT) return count;
    if (r < 0) return -EINVAL;
    if (!(r & Rm::Detach_again)) return count + 1;
  }
}

/// The address range of a mapping that is being made: an area, given back when it is done or failed.
class Range {
public:
  int reserve(void *hint, size_t size, bool fixed)
  {
    _start = reinterpret_cast<l4_addr_t>(hint);
    _size = size;
    if (fixed && detach_all(_start, size) < 0) return -EINVAL;
    Rm::Flags const flags = fixed ? Rm::Flags(0) : Rm::Flags(F::Search_addr);
    long e = rm()->reserve_area(&_start, size, flags);
    if (e < 0 && !fixed && hint) { // a hint is a wish
      _start = 0;
      e = rm()->reserve_area(&_start, size, flags);
    }
    _reserved = e >= 0;
    return _reserved ? 0 : fixed ? -EEXIST : -ENOMEM;
  }

  /// Leave the area: PROT_NONE.
  void keep() { _reserved = false; }
  /// What was attached in it stays.
  void done()
  {
    rm()->free_area(_start);
    _reserved = false;
  }

  ~Range()
  {
    if (!_reserved) return;
    detach_all(_start, _size);
    rm()->free_area(_start);
  }

  l4_addr_t start() const { return _start; }

private:
  l4_addr_t _start = 0;
  l4_size_t _size = 0;
  bool _reserved = false;
};

int attach_anonymous(l4_addr_t at, size_t size, int prot, bool is_private)
{
  Rm::Flags flags = F::In_area | F::Anonymous | rights_of(prot).region_flags();
  if (is_private) flags |= F::Private;
  auto const none = L4::Ipc::make_cap(L4::Cap<L4Re::Dataspace>(L4_INVALID_CAP), 0);
  long const e = rm()->attach(&at, size, flags, none, 0, L4_PAGESHIFT,
                              L4::Cap<L4::Task>::Invalid, "[anon]");
  return e < 0 ? -ENOMEM : 0;
}

/// A file may lie in several dataspaces.
int attach_file(File &file, l4_addr_t at, size_t size, int prot, bool is_private, off_t offset)
{
  Rm::Flags flags = F::In_area | rights_of(prot).region_flags();
  if (is_private) flags |= F::Private;
  for (size_t done = 0; done < size;) {
    Ds_part part;
    if (int e = file.data_space_at(offset + static_cast<off_t>(done), &part); e < 0)
      return done && e == -EINVAL ? -EINVAL : e;
    size_t n = size - done;
    if (n > part.size) n = part.size;
    bool const writes = (prot & PROT_WRITE) && !is_private;
    l4_addr_t start = at + done;
    long const e =
        rm()->attach(&start, n, flags,
                     L4::Ipc::make_cap(part.ds, writes ? L4_CAP_FPAGE_RW : L4_CAP_FPAGE_RO),
                     part.ds_offset, L4_PAGESHIFT, L4::Cap<L4::Task>::Invalid, "[file]",
                     static_cast<Rm::Offset>(offset) + done);
    if (e < 0) return e == -L4_EACCESS ? -EACCES : -ENOMEM;
    done += n;
  }
  return 0;
}

int check_file(File_ref const &file, int prot, bool is_private)
{
  if (!file) return -EBADF;
  int const mode = file->get_status_flags() & O_ACCMODE;
  if (mode == O_WRONLY) return -EACCES;
  return (prot & PROT_WRITE) && !is_private && mode != O_RDWR ? -EACCES : 0;
}

} // namespace

int Vfs::mmap(void *start, size_t size, int prot, int flags, int fd, off_t offset,
              void **result) noexcept
{
  bool const is_private = flags & MAP_PRIVATE, fixed = flags & MAP_FIXED;
  bool const anonymous = flags & MAP_ANONYMOUS;
  l4_addr_t const at = reinterpret_cast<l4_addr_t>(start);
  if (!size || offset < 0 || (offset & (L4_PAGESIZE - 1))) return -EINVAL;
  if (is_private == bool(flags & MAP_SHARED)) return -EINVAL;
  if (fixed && (at & (L4_PAGESIZE - 1))) return -EINVAL;
  if (size > ~size_t{0} - L4_PAGESIZE) return -ENOMEM;
  size = l4_round_page(size);
  File_ref file;
  if (!anonymous) {
    file = get_file(fd);
    if (int e = check_file(file, prot, is_private); e < 0) return e;
  }

  Range range;
  if (int e = range.reserve(fixed ? start : reinterpret_cast<void *>(l4_trunc_page(at)), size,
                            fixed);
      e < 0)
    return e;
  *result = reinterpret_cast<void *>(range.start());
  if (prot == PROT_NONE) {
    range.keep();
    return 0;
  }
  int const e = anonymous ? attach_anonymous(range.start(), size, prot, is_private)
                          : attach_file(*file, range.start(), size, prot, is_private, offset);
  if (e < 0) return e;
  range.done();
  if (flags & MAP_POPULATE)
    rm()->page_in(range.start(), size, rights_of(prot).region_flags());
  return 0;
}

int Vfs::munmap(void *start, size_t size) noexcept
{
  l4_addr_t const at = reinterpret_cast<l4_addr_t>(start);
  if (!size || (at & (L4_PAGESIZE - 1)) || at + size < at) return -EINVAL;
  size = l4_round_page(size);
  l4_addr_t found = at;
  unsigned long found_size = 1;
  Rm::Offset offset;
  Rm::Flags flags;
  L4::Cap<L4Re::Dataspace> ds;
  bool const is_area = rm()->find(&found, &found_size, &offset, &flags, &ds) >= 0 &&
                       (flags.raw & F::In_area) && found == at && found_size == size;
  if (is_area) rm()->free_area(at);
  int const e = detach_all(at, size);
  return e < 0 ? e : 0;
}

/// Regions keep the rights with which they were made: more than those cannot be had, less is granted
/// without effect (process-environment.md section 13).
int Vfs::mprotect(void const *start, size_t size, int prot) noexcept
{
  l4_addr_t at = reinterpret_cast<l4_addr_t>(start);
  if (at & (L4_PAGESIZE - 1)) return -EINVAL;
  l4_addr_t const end = at + l4_round_page(size);
  while (at < end) {
    l4_addr_t found = at;
    unsigned long found_size = 1;
    Rm::Offset offset;
    Rm::Flags flags;
    L4::Cap<L4Re::Dataspace> ds;
    if (rm()->find(&found, &found_size, &offset, &flags, &ds) < 0) return -ENOMEM;
    bool const reserved = (flags.raw & F::In_area) || (flags.raw & F::Reserved);
    if ((prot & PROT_WRITE) && (reserved || !flags.w())) return -ENOSYS;
    if ((prot & PROT_EXEC) && (reserved || !flags.x())) return -ENOSYS;
    at = found + found_size;
  }
  return 0;
}

/// What is written is in the file at once.
int Vfs::msync(void *start, size_t, int flags) noexcept
{
  constexpr int Known = MS_ASYNC | MS_SYNC | MS_INVALIDATE;
  if (reinterpret_cast<l4_addr_t>(start) & (L4_PAGESIZE - 1)) return -EINVAL;
  bool const both = (flags & MS_ASYNC) && (flags & MS_SYNC);
  return (flags & ~Known) || both ? -EINVAL : 0;
}

int Vfs::madvise(void *start, size_t, int) noexcept
{
  return reinterpret_cast<l4_addr_t>(start) & (L4_PAGESIZE - 1) ? -EINVAL : 0;
}

} // namespace L4Re::Vfs
