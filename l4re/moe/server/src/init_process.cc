// SPDX-License-Identifier: MIT
#include "debug.h"
#include "dma_space.h"
#include "factory.h"
#include "init_process.h"
#include "rm.h"
#include "server.h"

#include <l4/libloader/elf>
#include <l4/libloader/remote_process>
#include <l4/re/parent>
#include <l4/sys/err.h>
#include <l4/sys/kip.h>

#include <stdio.h>
#include <string.h>

namespace Moe {

namespace {

constexpr char L4re_file[] = "rom/l4re";
constexpr unsigned Utcb_area_order = 13; ///< 8 threads
constexpr l4_size_t Max_stack_image = 4 * L4_PAGESIZE;

/// Task and thread of the init process, and what it tells about its end.
class Init final : public L4::Epiface_t0<Init, L4Re::Parent, Object> {
public:
  Init(l4_cap_idx_t task, l4_cap_idx_t thread, Object *rm) : _task(task), _thread(thread), _rm(rm)
  {
    _rm->ref();
  }

  long op_signal(L4Re::Parent::Rights, unsigned long signal, unsigned long value)
  {
    if (signal != 0) return 0;
    if (value)
      debug(Dbg_warn, "%s ended with exit status %ld", options.init, static_cast<long>(value));
    else
      debug(Dbg_info, "%s ended", options.init);
    if (l4_is_valid_cap(_task)) {
      for (l4_cap_idx_t const slot : {_thread, _task}) {
        l4_task_delete_obj(L4_BASE_TASK_CAP, slot);
        registry.free_slot(slot);
      }
      _task = _thread = L4_INVALID_CAP;
      if (l4_is_valid_cap(_rm->gate())) registry.remove(_rm);
    }
    return -L4_ENOREPLY;
  }

private:
  ~Init() override { _rm->unref(); }

  l4_cap_idx_t _task, _thread;
  Object *_rm;
};

/// Memory model of the loader: dataspace contents and the new task's region map.
class Loader_memory {
public:
  using Dataspace = Ref<Backing>;

  explicit Loader_memory(Rm *rm) : _rm(rm) {}

  long alloc(l4_size_t size, Dataspace *ds)
  {
    *ds = Dataspace::adopt(make<Paged_backing>(
        root_account, size, static_cast<unsigned char>(L4_FPAGE_RWX), unsigned{L4_PAGESHIFT}));
    return *ds ? 0 : -L4_ENOMEM;
  }
  long copy_in(Dataspace const &dst, l4_addr_t dst_offs, Dataspace const &src, l4_addr_t src_offs,
               l4_size_t size)
  {
    return dst->copy_in(dst_offs, *src, src_offs, size);
  }
  long write(Dataspace const &ds, l4_addr_t offset, void const *data, l4_size_t size)
  {
    return ds->write(offset, data, size);
  }
  long attach(Ldr::Region const &r, Dataspace const &ds, char const *name)
  {
    return _rm->attach(r.start, r.size, r.rights | (r.in_area ? l4_uint32_t(Ldr::Map_in_area) : 0),
                       ds, r.offset, name);
  }
  long attach_kernel_memory(l4_addr_t start, l4_size_t size, char const *name)
  {
    return _rm->attach(start, size, L4Re::Rm::F::RW | l4_uint32_t(L4Re::Rm::F::Kernel), Dataspace(),
                       0, name);
  }
  long reserve_area(l4_addr_t *start, l4_size_t size, unsigned char align, bool search)
  {
    return _rm->reserve(start, size, search ? l4_uint32_t(Ldr::Map_search) : 0, align);
  }
  long reserve_never(l4_addr_t start, l4_size_t size)
  {
    return _rm->reserve(&start, size, Ldr::Map_reserved, L4_PAGESHIFT);
  }

private:
  Rm *_rm;
};

/// The named capabilities of the init process (moe-ned-sigma0.md section 2.3).
class Named_caps {
public:
  void add(char const *name, l4_cap_idx_t cap)
  {
    if (l4_is_invalid_cap(cap))
      panic("no memory for the capability '%s' of the init process", name);
    _list[_count++] = {name, strlen(name), Ldr::Grant{cap}};
  }
  void add_if_present(char const *name, l4_cap_idx_t cap)
  {
    if (l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, cap)) > 0) add(name, cap);
  }
  Ldr::Named_grant const *list() const { return _list; }
  unsigned count() const { return _count; }

private:
  Ldr::Named_grant _list[12];
  unsigned _count = 0;
};

l4_cap_idx_t new_gate(Object *object)
{
  if (!object || registry.add(object, true) < 0)
    panic("no memory for the objects of the init process");
  return object->gate();
}

l4_cap_idx_t new_sigma0_session()
{
  l4_cap_idx_t const slot = registry.alloc_slot();
  long const err = l4_error(l4_factory_create(L4_BASE_PAGER_CAP, L4_PROTO_SIGMA0, slot));
  if (err < 0) panic("sigma0 gives no further session: %s (%ld)", error_name(err), err);
  return slot;
}

Dataspace *kip_dataspace()
{
  auto backing = Ref<Backing>::adopt(make<Static_backing>(
      root_account, reinterpret_cast<l4_addr_t>(l4_kip()), l4_size_t(L4_PAGESIZE),
      static_cast<unsigned char>(L4_FPAGE_RX), Static_backing::Permanent));
  return backing ? make<Dataspace>(root_account, std::move(backing)) : nullptr;
}

/// Explain a file that is not there. `path` is what the boot entry should provide.
Dataspace *need_file(Boot_fs const &files, char const *path, char const *purpose)
{
  if (Dataspace *const file = files.find(path)) return file;
  char const *const slash = strrchr(path, '/');
  char const *const name = slash ? slash + 1 : path;
  panic("the boot entry has no module '%s', %s: add the line 'module %s' to the entry", name,
        purpose, name);
}

/// The module that every program needs, and that of the first program.
Dataspace *need_programs(Boot_fs const &files)
{
  Dataspace *const l4re = need_file(files, L4re_file, "which every program needs");
  if (strncmp(options.init, "rom/", 4) != 0 && strncmp(options.init, "rwfs/", 5) != 0)
    panic("--init=%s: the path must start with rom/ or rwfs/, for example --init=rom/hello",
          options.init);
  need_file(files, options.init, "the program to start (see --init=)");
  return l4re;
}

void name_capabilities(Boot_fs const &files, l4_cap_idx_t mem, l4_cap_idx_t kip, Named_caps *named)
{
  named->add("rom", Name_space::gate_of(files.rom()));
  named->add("rwfs", Name_space::gate_of(files.rwfs()));
  named->add_if_present("log", L4_BASE_LOG_CAP);
  named->add("icu", L4_BASE_ICU_CAP);
  named->add("sigma0", new_sigma0_session());
  named->add("mem", mem);
  named->add("kip", kip);
  named->add("dma_mgr", new_gate(make<Dma_mgr>(root_account)));
  named->add_if_present("iommu", L4_BASE_IOMMU_CAP);
  named->add_if_present("jdb", L4_BASE_DEBUGGER_CAP);
}

/// What the init process gets besides its named capabilities, task and thread.
void configure(Ldr::Process_config *c, Rm *rm, l4_cap_idx_t mem, l4_cap_idx_t kip)
{
  alignas(16) static char scratch[Max_stack_image];

  c->factory.cap = L4_BASE_FACTORY_CAP;
  c->scheduler.cap = L4_BASE_SCHEDULER_CAP;
  c->rm.cap = rm->gate();
  c->mem_alloc.cap = mem;
  c->parent.cap = new_gate(make<Init>(root_account, c->task, c->thread, rm));
  c->kip_ds.cap = kip;
  if (l4_error(l4_task_cap_valid(L4_BASE_TASK_CAP, L4_BASE_LOG_CAP)) > 0)
    c->log.cap = L4_BASE_LOG_CAP;
  c->args = {options.args, options.args_size, options.args_count};
  c->dbg_level = options.l4re_debug;
  c->ldr_flags = options.ldr_flags;
  c->utcb_area_log2 = Utcb_area_order;
  c->scratch = scratch;
  c->scratch_size = sizeof(scratch);
}

} // namespace

void start_init(Boot_fs const &files)
{
  Dataspace *const l4re = need_programs(files);
  Ldr::Elf_image elf;
  l4_size_t length;
  auto const start = l4re->backing()->physical(0, &length);
  Ldr::Status status = elf.parse(reinterpret_cast<void const *>(start), l4re->backing()->size());
  bool const elf_ok = status.ok();

  Rm *const rm = Rm::create(root_account, options.init);
  Ldr::Process_config c;
  c.task = registry.alloc_slot();
  c.thread = registry.alloc_slot();
  if (!rm || registry.add(rm) < 0 || l4_is_invalid_cap(c.thread))
    panic("no memory for the init process: give the machine more memory (QEMU: -m)");

  root_account.ref(); // the factory's own reference
  l4_cap_idx_t const mem = new_gate(make<Factory>(root_account, &root_account, true));
  Dataspace *const kip = kip_dataspace();
  l4_cap_idx_t const kip_cap = new_gate(kip);
  Named_caps named;
  name_capabilities(files, mem, kip_cap, &named);
  configure(&c, rm, mem, kip_cap);
  c.named = named.list();
  c.named_count = named.count();

  debug(Dbg_info, "starting %s", options.init);
  Loader_memory memory(rm);
  Ldr::Remote_process<Loader_memory> process(&memory);
  if (status.ok()) status = process.start(c, elf, l4re->backing(), kip->backing());
  if (!status.ok())
    panic("cannot start %s by means of %s: %s (%s, %ld)%s", options.init, L4re_file, status.what,
          error_name(status.err), status.err,
          elf_ok ? "" : "; build the package l4re/itas again and check the module in the entry");
}

} // namespace Moe
