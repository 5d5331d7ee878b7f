// SPDX-License-Identifier: MIT
#include "app.h"
#include "ipc_watch.h"

#include <l4/re/consts.h>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/namespace>
#include <l4/sys/factory.h>
#include <l4/sys/kip.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/thread.h>

#include <stdio.h>
#include <string.h>

namespace Itas {

namespace {

using Rm = L4Re::Rm;
using Ds = L4Re::Dataspace;

constexpr l4_umword_t Aux_end = 0, Aux_l4re = 0xf0;
constexpr l4_uint32_t Search = 0x20000, In_area = 0x40000, Reserved = 0x800, R = 4, Rw = 6;
constexpr l4_addr_t Stack_search = 0x80000000, Pie_search = 0x200000, Interp_search = 0x400000;
constexpr l4_size_t Stack_size = 0x200000, Guard_size = 64 << 10;
constexpr unsigned char Interp_align = 21;
constexpr l4_addr_t Choose = Ldr::Load_options::Choose;

/// Bits of the debug level in the loader's record.
enum Debug_level : l4_umword_t { Dbg_info = 1, Dbg_loader = 0x80 };

enum Ldr_flags : l4_umword_t { Eager_map = 1, All_segs_cow = 2, Pinned_segs = 4 };

/// The memory model of the loader for our own address space.
class Local_memory {
public:
  using Dataspace = L4::Cap<L4Re::Dataspace>;

  /// \param flags  of the loader: Eager_map, Pinned_segs
  Local_memory(Address_space *space, l4_umword_t flags)
      : _space(space), _eager(flags & Eager_map),
        _memory(flags & Pinned_segs ? L4Re::Mem_alloc::Pinned : 0)
  {
  }

  long alloc(l4_size_t size, Dataspace *ds) { return alloc_dataspace(size, ds, _memory); }

  long copy_in(Dataspace dst, l4_addr_t dst_offs, Dataspace src, l4_addr_t src_offs, l4_size_t size)
  {
    return dst->copy_in(dst_offs, L4::Ipc::make_cap_rw(src), src_offs, size);
  }

  long attach(Ldr::Region const &r, Dataspace ds, char const *name)
  {
    // The region owns its reference; the file's own one serves several segments.
    Dataspace const own = cap_slots.alloc<Ds>();
    if (!own.is_valid()) return -L4_ENOMEM;
    l4_task_map(L4_BASE_TASK_CAP, L4_BASE_TASK_CAP, l4_obj_fpage(ds.cap(), 0, L4_CAP_FPAGE_RWSD),
                own.cap() | L4_ITEM_MAP);

    Address_space::Attach a;
    a.start = r.start;
    a.size = r.size;
    a.flags = r.rights | (r.in_area ? In_area : 0);
    a.ds = own;
    a.offset = r.offset;
    a.name = name;
    a.name_length = strlen(name);
    a.backing_offset = r.file_offset;
    l4_addr_t start;
    long const e = _space->attach(a, &start);
    if (e < 0)
      cap_slots.release(own.cap());
    else if (_eager)
      _space->page_in(start, start + r.size - 1, r.rights);
    return e;
  }

  long reserve_area(l4_addr_t *start, l4_size_t size, unsigned char align, bool search)
  {
    return _space->map().reserve_area(start, size, search ? Search : 0, align);
  }

  long reserve_never(l4_addr_t start, l4_size_t size)
  {
    return _space->map().reserve_area(&start, size, Reserved, L4_PAGESHIFT);
  }

private:
  Address_space *_space;
  bool _eager;
  unsigned long _memory;
};

char const *base_name(char const *path)
{
  char const *slash = strrchr(path, '/');
  return slash ? slash + 1 : path;
}

} // namespace

Start_data Start_data::from_main(int argc, char **argv, char **envp)
{
  Start_data s;
  s.argc = argc;
  s.argv = argv;
  s.envp = envp;
  while (*envp)
    ++envp;
  for (auto a = reinterpret_cast<l4_umword_t const *>(envp + 1); a[0] != Aux_end; a += 2)
    if (a[0] == Aux_l4re) s.aux = reinterpret_cast<l4re_aux_t const *>(a[1]);
  return s;
}

char const *Start_data::program_name() const
{
  return argc ? base_name(argv[0]) : "l4re";
}

long App::fail(long error, char const *what) const
{
  printf("l4re: cannot start '%s': %s (%s)\n", _start.argc ? _start.argv[0] : "", what,
         l4sys_errtostr(error));
  return error;
}

long App::start(l4_cap_idx_t gate)
{
  _gate = gate;
  _thread = cap_slots.alloc();
  if (!_start.argc || !_start.aux) return fail(-L4_EINVAL, "the loader gave no program name");

  File file;
  if (long e = open(_start.argv[0], &file); e < 0) return e;

  Ldr::Load_options options;
  options.base = _start.aux->ldr_base;
  options.search_from = Pie_search;
  options.all_segs_cow = _start.aux->ldr_flags & All_segs_cow;
  Ldr::Loaded loaded;
  long e = load(&file, _start.program_name(), options, &loaded);
  if (e < 0) return e;
  _entry = loaded.entry;
  _aux.phdrs = loaded.phdrs;
  _aux.phdr_num = file.elf.phdr_num();
  _aux.phdr_size = file.elf.phdr_size();
  _requests = file.elf.requests();

  if (file.elf.interpreter() && (e = load_interpreter(file)) < 0) return e;
  close(&file);
  if (_start.aux->dbg_lvl & (Dbg_info | Dbg_loader))
    printf("l4re: %s: loaded at 0x%lx, entry 0x%lx\n", _start.argv[0], loaded.start, _entry);

  if ((e = attach_kip()) < 0 || (e = make_stack()) < 0) return e;
  return start_thread();
}

long App::lookup(char const *path, Dataspace *ds) const
{
  while (*path == '/')
    ++path;
  char const *const slash = strchr(path, '/');
  int const length = static_cast<int>(slash ? slash - path : static_cast<long>(strlen(path)));
  long const e = find_file(path, ds);
  if (e == -L4_ENXIO)
    printf("l4re: cannot start '%s': the program was given no capability named '%.*s'\n",
           _start.argv[0], length, path);
  else if (e == -L4_ENOENT)
    printf("l4re: cannot start '%s': there is no file '%s' in '%.*s'. Does the boot entry list it "
           "as a module?\n",
           _start.argv[0], slash ? slash + 1 : "", length, path);
  else if (e < 0)
    fail(e, ds->is_valid() ? "the name cannot be resolved" : "out of capability slots");
  return e;
}

long App::open(char const *path, File *file)
{
  if (long e = lookup(path, &file->ds); e < 0) return e;

  file->size = file->ds->size();
  if (!file->size) return fail(-L4_EINVAL, "the file is empty, or no file at all");

  // Through the outer region map: while we read, its page faults are ours.
  long const e =
      L4Re::Env::env()->rm()->attach(&file->address, file->size, Rm::F::Search_addr | Rm::F::R,
                                     L4::Ipc::make_cap(file->ds, L4_CAP_FPAGE_RO));
  if (e < 0) return fail(e, "the file cannot be attached");

  Ldr::Status s = file->elf.parse(reinterpret_cast<void const *>(file->address), file->size);
  if (s.ok() && file->elf.is_library()) s = {-L4_EINVAL, "the file is a library, no program"};
  return s.ok() ? 0 : fail(s.err, s.what);
}

void App::close(File *file)
{
  L4Re::Env::env()->rm()->detach(file->address, nullptr);
  cap_slots.release(file->ds.cap());
}

long App::load(File *file, char const *name, Ldr::Load_options const &options, Ldr::Loaded *loaded)
{
  Local_memory memory(_space, _start.aux->ldr_flags);
  Ldr::Loader<Local_memory> loader(&memory);
  Ldr::Status const s = loader.load(file->elf, file->ds, name, options, loaded);
  return s.ok() ? 0 : fail(s.err, s.what);
}

long App::load_interpreter(File const &program)
{
  char const *const path = program.elf.interpreter();
  File file;
  if (long e = open(path, &file); e < 0) return e;
  Ldr::Load_options options;
  options.search_from = l4_round_size(Interp_search, Interp_align);
  Ldr::Loaded loaded;
  if (long e = load(&file, base_name(path), options, &loaded); e < 0) return e;
  _aux.interpreted = true;
  _aux.interp_base = loaded.load_offset;
  _aux.entry = _entry;
  _entry = loaded.entry;
  close(&file);
  return 0;
}

/// The loader mapped the page for us; the program gets another one only if it wants it elsewhere.
long App::attach_kip()
{
  l4_addr_t const ours = reinterpret_cast<l4_addr_t>(l4_kip());
  _kip = _requests.kip_addr == Ldr::Elf_requests::Not_given ? ours : _requests.kip_addr;
  _aux.kip = _kip;
  if (_kip == ours) return 0;
  Local_memory memory(_space, 0);
  Ldr::Region r;
  r.start = _kip;
  r.size = L4_PAGESIZE;
  r.rights = Ldr::Rr_right | Ldr::Rx_right;
  long const e = memory.attach(r, Dataspace(_start.aux->kip_ds), "[kip]");
  return e < 0 ? fail(e, "the kernel information page cannot be attached where the program asks")
               : 0;
}

/// A stack, and below it a range that nobody can use, so that an overflow is noticed.
long App::make_stack()
{
  bool const fixed = _requests.stack_addr != Ldr::Elf_requests::Not_given;
  bool const sized = _requests.stack_size != Ldr::Elf_requests::Not_given;
  l4_size_t const size = l4_round_page(sized ? _requests.stack_size : Stack_size);

  Address_space::Attach a;
  l4_addr_t guard = 0;
  a.start = fixed ? _requests.stack_addr - Guard_size : Stack_search;
  a.size = Guard_size + size;
  a.flags = Reserved | (fixed ? 0 : Search);
  static char const guard_name[] = "[stack guard]", stack_name[] = "[stack]";
  a.name = guard_name;
  a.name_length = sizeof(guard_name) - 1;
  long e = _space->attach(a, &guard);
  if (e < 0) return fail(e, "no room for the stack");

  Address_space::Detached gone;
  _space->detach(guard + Guard_size, size, Ldr::Detach_exact, &gone);
  if ((e = alloc_dataspace(size, &a.ds)) < 0) return fail(e, "no memory for the stack");
  a.start = guard + Guard_size;
  a.size = size;
  a.flags = Rw;
  a.name = stack_name;
  a.name_length = sizeof(stack_name) - 1;
  l4_addr_t stack;
  if ((e = _space->attach(a, &stack)) < 0) return fail(e, "the stack cannot be attached");
  return write_stack(stack + size);
}

/// The stack is in our own address space: written in place, its page is there for the program.
long App::write_stack(l4_addr_t top)
{
  unsigned envs = 0;
  while (_start.envp[envs])
    ++envs;
  // Pointers and the fixed part; strings and named capabilities stay on our own stack.
  constexpr l4_size_t Fixed = 1024;
  l4_size_t const size =
      l4_round_size(Fixed + (static_cast<unsigned>(_start.argc) + envs) * sizeof(char *), 4);
  l4_addr_t const base = top - size;
  _space->page_in(base, top - 1, Rw);
  if (!_space->readable(base, size)) return fail(-L4_ENOMEM, "no memory for the initial stack");

  Ldr::Stack_image image(reinterpret_cast<void *>(base), size, base);
  image.l4re_aux(*_start.aux);
  image.env(app_environment());
  image.finish(_aux, Ldr::String_pointers{_start.argv, static_cast<unsigned>(_start.argc)},
               Ldr::String_pointers{_start.envp, envs});
  _sp = image.sp();
  return image.overflow() ? fail(-L4_E2BIG, "too many arguments") : 0;
}

l4re_env_t App::app_environment() const
{
  l4re_env_t e = *l4re_env();
  e.rm = _gate;
  e.main_thread = _thread;
  e.itas = _gate;
  e.first_free_cap += Cap_slots::Count;
  e.first_free_utcb += L4_UTCB_OFFSET;
  return e;
}

long App::start_thread()
{
  l4_addr_t const utcb = l4re_env()->first_free_utcb;
  long e = l4_error(l4_factory_create_thread(l4re_env()->factory, _thread));
  if (e < 0) return fail(e, "no memory for the first thread");

  l4_thread_control_start();
  l4_thread_control_pager(_gate);
  l4_thread_control_exc_handler(_gate);
  l4_thread_control_bind(reinterpret_cast<l4_utcb_t *>(utcb), L4_BASE_TASK_CAP);
  if (Ipc_watch::wanted(_start.envp)) l4_thread_control_alien(1);
  if ((e = l4_error(l4_thread_control_commit(_thread))) < 0)
    return fail(e, "the first thread cannot be set up");

  l4_sched_param_t param = l4_sched_param(L4RE_MAIN_THREAD_PRIO, 0);
  if ((e = l4_error(l4_scheduler_run_thread(l4re_env()->scheduler, _thread, &param))) < 0 ||
      (e = l4_error(l4_thread_ex_regs(_thread, _entry, _sp, 0))) < 0)
    return fail(e, "the first thread cannot be started");
  return 0;
}

} // namespace Itas
