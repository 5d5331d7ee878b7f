// SPDX-License-Identifier: MIT
#include "file.h"
#include "memory.h"
#include "objects.h"

#include <l4/libloader/loader>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/namespace>
#include <l4/sys/err.h>
#include <l4/sys/task.h>

#include <string.h>

namespace Ldso {

namespace {

using L4Re::Env;
using L4Re::Rm;
using Cap_ds = L4::Cap<L4Re::Dataspace>;

/// Libraries lie above programs, stacks and heaps begin elsewhere.
constexpr l4_addr_t Search_from = 1UL << 40;

/// A capability that is given back at the end of the scope.
class Temporary_slot {
public:
  Temporary_slot() : _slot(alloc_slot()) {}
  Temporary_slot(Temporary_slot const &) = delete;
  Temporary_slot &operator=(Temporary_slot const &) = delete;
  ~Temporary_slot() { free_slot(_slot); }

  [[nodiscard]] Cap_ds ds() const { return Cap_ds(_slot); }
  [[nodiscard]] bool ok() const { return l4_is_valid_cap(_slot); }

private:
  l4_cap_idx_t _slot;
};

/// The memory model of the loader for the own address space, through the region map.
class Own_memory {
public:
  using Dataspace = Cap_ds;

  long alloc(l4_size_t size, Dataspace *ds)
  {
    // One writable segment at a time is under construction: attach() gives the slot back.
    *ds = Dataspace(alloc_slot());
    if (!ds->is_valid()) return -L4_ENOMEM;
    _fresh = *ds;
    return Env::env()->mem_alloc()->alloc(static_cast<long>(size), *ds);
  }

  long copy_in(Dataspace dst, l4_addr_t dst_offs, Dataspace src, l4_addr_t src_offs, l4_size_t size)
  {
    return dst->copy_in(dst_offs, L4::Ipc::make_cap_rw(src), src_offs, size);
  }

  long attach(Ldr::Region const &r, Dataspace ds, char const *name)
  {
    l4_addr_t start = r.start;
    Rm::Flags const flags(r.rights | Rm::F::In_area);
    long const e = Env::env()->rm()->attach(
        &start, r.size, flags,
        L4::Ipc::make_cap(ds, r.rights & Ldr::Rw_right ? L4_CAP_FPAGE_RW : L4_CAP_FPAGE_RO), r.offset,
        L4_PAGESHIFT, L4::Cap<L4::Task>(L4_INVALID_CAP), name, r.file_offset);
    if (ds.cap() == _fresh.cap()) free_slot(ds.cap());
    _fresh = Dataspace(L4_INVALID_CAP);
    return e;
  }

  long reserve_area(l4_addr_t *start, l4_size_t size, unsigned char align, bool)
  {
    long const e = Env::env()->rm()->reserve_area(start, size, Rm::F::Search_addr, align);
    if (e >= 0) {
      _area = *start;
      _area_size = size;
    }
    return e;
  }

  /// After an error: what was attached goes.
  void undo() const
  {
    if (_area_size) detach_area(_area, _area_size);
  }

  // Elements that ask for reserved ranges are for programs.
  long reserve_never(l4_addr_t, l4_size_t) { return -L4_EINVAL; }

private:
  Dataspace _fresh = Dataspace(L4_INVALID_CAP);
  l4_addr_t _area = 0;
  l4_size_t _area_size = 0;
};

long find_file(char const *path, Cap_ds ds)
{
  while (*path == '/')
    ++path;
  char const *const slash = strchr(path, '/');
  l4_size_t const length = slash ? static_cast<l4_size_t>(slash - path) : strlen(path);
  l4re_env_cap_entry_t const *const entry = l4re_env_get_cap_l(path, length, l4re_env());
  if (!entry) return -L4_ENOENT;
  if (slash) return L4::Cap<L4Re::Namespace>(entry->cap)->query(slash + 1, ds);
  return l4_error(l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP,
                              l4_obj_fpage(entry->cap, 0, L4_CAP_FPAGE_RWS),
                              ds.cap() | L4_ITEM_MAP));
}

char const *base_name(char const *path)
{
  char const *const slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

Object *fail(char const *path, char const *what, long error)
{
  set_error("%s: %s (%s)", path, what, l4sys_errtostr(error));
  return nullptr;
}

/// The headers are part of the first segment of every library that a linker makes.
Object *make_object(char const *path, l4_addr_t file, Ldr::Loaded const &loaded)
{
  auto const header = reinterpret_cast<Ldr::Elf64_header const *>(file);
  auto const phdrs = reinterpret_cast<Ldr::Elf64_phdr const *>(loaded.start + header->phoff);
  Object *const o = Object::create(path, loaded.load_offset, phdrs, header->phnum);
  if (!o) return fail(path, "no memory to remember the library", -L4_ENOMEM);
  char const *defect = o->defect();
  if (header->type != 3) defect = "it is a program, no library";
  if (!defect) return o;
  set_error("%s cannot be used: %s", path, defect);
  unload_file(*o);
  o->destroy();
  return nullptr;
}

Object *place(char const *path, Cap_ds ds, l4_addr_t file, l4_size_t size)
{
  Ldr::Elf_image elf;
  if (Ldr::Status s = elf.parse(reinterpret_cast<void const *>(file), size); !s.ok())
    return fail(path, s.what, s.err);
  Own_memory memory;
  Ldr::Load_options options;
  options.search_from = Search_from;
  Ldr::Loaded loaded;
  Ldr::Loader<Own_memory> loader(&memory);
  if (Ldr::Status s = loader.load(elf, ds, base_name(path), options, &loaded); !s.ok()) {
    memory.undo();
    return fail(path, s.what, s.err);
  }
  return make_object(path, file, loaded);
}

} // namespace

Object *load_file(char const *path, bool *missing)
{
  Temporary_slot slot;
  if (!slot.ok()) return fail(path, "the dynamic linker is out of capability slots", -L4_ENOMEM);
  long e = find_file(path, slot.ds());
  *missing = e == -L4_ENOENT;
  if (e < 0) return fail(path, "the file cannot be opened", e);

  l4_size_t const size = slot.ds()->size();
  l4_addr_t file = 0;
  if ((e = Env::env()->rm()->attach(&file, size, Rm::F::Search_addr | Rm::F::R,
                                    L4::Ipc::make_cap(slot.ds(), L4_CAP_FPAGE_RO))) < 0)
    return fail(path, "the file cannot be attached", e);
  Object *const o = place(path, slot.ds(), file, size);
  detach(file, l4_round_page(size));
  return o;
}

void unload_file(Object const &object)
{
  detach_area(object.start, object.end - object.start);
}

} // namespace Ldso
