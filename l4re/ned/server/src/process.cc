// SPDX-License-Identifier: MIT
#include "process.h"

#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/rm>
#include <l4/re/util/cap_alloc>
#include <l4/sys/debugger.h>
#include <l4/sys/err.h>
#include <l4/sys/factory>
#include <l4/sys/ipc_gate.h>
#include <l4/sys/task.h>
#include <l4/sys/thread>

#include <string.h>

namespace Ned {

namespace {

using L4Re::Rm;
using L4Re::Util::cap_alloc;

Rm *own_rm()
{
  return L4Re::Env::env()->rm().operator->();
}

/// Memory model of the loader: messages to the region map of the new task.
class Loader_memory {
public:
  using Dataspace = L4::Cap<L4Re::Dataspace>;

  Loader_memory(L4::Cap<Rm> rm, L4::Cap<L4Re::Mem_alloc> mem) : _rm(rm), _mem(mem) {}
  Loader_memory(Loader_memory const &) = delete;
  /// The region map keeps what was attached; ned's own references go.
  ~Loader_memory()
  {
    while (_count)
      cap_alloc.free(_allocated[--_count], L4_BASE_TASK_CAP);
  }

  long alloc(l4_size_t size, Dataspace *ds)
  {
    if (_count == Max_dataspaces) return -L4_E2BIG;
    *ds = cap_alloc.alloc<L4Re::Dataspace>();
    if (!ds->is_valid()) return -L4_ENOMEM;
    _allocated[_count++] = *ds;
    return _mem->alloc(static_cast<long>(size), *ds);
  }
  long copy_in(Dataspace dst, l4_addr_t dst_offs, Dataspace src, l4_addr_t src_offs, l4_size_t size)
  {
    return dst->copy_in(dst_offs, L4::Ipc::make_cap(src, L4_CAP_FPAGE_RO), src_offs, size);
  }
  /// Only the pages concerned are mapped here.
  long write(Dataspace ds, l4_addr_t offset, void const *data, l4_size_t size)
  {
    l4_addr_t const first = l4_trunc_page(offset);
    l4_size_t const length = l4_round_page(offset + size) - first;
    Rm::Unique_region<char *> window;
    long const r = own_rm()->attach(&window, length, Rm::F::Search_addr | Rm::F::RW,
                                    L4::Ipc::make_cap_rw(ds), first);
    if (r < 0) return r;
    memcpy(window.get() + (offset - first), data, size);
    return 0;
  }
  long attach(Ldr::Region const &r, Dataspace ds, char const *name)
  {
    l4_addr_t start = r.start;
    Rm::Flags const flags(r.rights | (r.in_area ? l4_uint32_t(Rm::F::In_area) : 0));
    return _rm->attach(&start, r.size, flags, L4::Ipc::make_cap(ds, L4_CAP_FPAGE_RW), r.offset,
                       L4_PAGESHIFT, L4::Cap<L4::Task>::Invalid, name, r.file_offset);
  }
  long attach_kernel_memory(l4_addr_t start, l4_size_t size, char const *name)
  {
    return _rm->attach(&start, size, Rm::Flags(Rm::F::RW | l4_uint32_t(Rm::F::Kernel)),
                       L4::Ipc::Cap<L4Re::Dataspace>(), 0, L4_PAGESHIFT, L4::Cap<L4::Task>::Invalid,
                       name);
  }
  long reserve_area(l4_addr_t *start, l4_size_t size, unsigned char align, bool search)
  {
    return _rm->reserve_area(start, size, Rm::Flags(search ? l4_uint32_t(Rm::F::Search_addr) : 0),
                             align);
  }
  long reserve_never(l4_addr_t start, l4_size_t size)
  {
    return _rm->reserve_area(&start, size, Rm::Flags(Rm::F::Reserved));
  }

private:
  static constexpr unsigned Max_dataspaces = 32; ///< writable segments of l4re, and its stack

  L4::Cap<Rm> _rm;
  L4::Cap<L4Re::Mem_alloc> _mem;
  Dataspace _allocated[Max_dataspaces];
  unsigned _count = 0;
};

} // namespace

Ldr::Status Process::prepare(l4_cap_idx_t rm_factory)
{
  for (auto &slot : _slots) {
    slot = cap_alloc.alloc<void>();
    if (!slot.is_valid()) return {-L4_ENOMEM, "ned has no capability slot left"};
  }
  L4::Cap<L4::Factory> const factory(rm_factory);
  Ldr::Status s =
      Ldr::check(l4_error(l4_msgtag_t(factory->create(_slots[Region_map], L4RE_PROTO_RM))),
                 "cannot create the region map");
  if (!s.ok()) return s;

  auto const *const env = L4Re::Env::env();
  return Ldr::check(l4_error(env->factory()->create_gate(
                        _slots[Gate], env->main_thread(),
                        reinterpret_cast<l4_umword_t>(static_cast<L4::Epiface *>(this)))),
                    "cannot create the gate for the program's exit");
}

Ldr::Status Process::start(Ldr::Process_config *c, l4_cap_idx_t l4re, l4_cap_idx_t mem,
                           char const *name)
{
  L4::Cap<L4Re::Dataspace> const file(l4re);
  Rm::Unique_region<char *> image;
  l4_size_t const size = file->size();
  Ldr::Status s = Ldr::check(size ? own_rm()->attach(&image, size, Rm::F::Search_addr | Rm::F::R,
                                                     L4::Ipc::make_cap(file, L4_CAP_FPAGE_RO))
                                  : -L4_ENOENT,
                             "cannot read the program l4re");
  Ldr::Elf_image elf;
  if (s.ok()) s = elf.parse(image.get(), size);
  if (!s.ok()) return s;

  c->task = _slots[Task].cap();
  c->thread = _slots[Thread].cap();
  c->rm.cap = _slots[Region_map].cap();
  c->parent.cap = _slots[Gate].cap();

  Loader_memory memory(L4::Cap<Rm>(c->rm.cap), L4::Cap<L4Re::Mem_alloc>(mem));
  Ldr::Remote_process<Loader_memory> process(&memory);
  s = process.start(*c, elf, file, L4::Cap<L4Re::Dataspace>(c->kip_ds.cap));
  if (!s.ok()) return s;
  _state = State::Running;
  l4_debugger_set_object_name(c->task, name);
  l4_debugger_set_object_name(c->thread, name);
  return s;
}

bool Process::memory(l4_umword_t *present, l4_umword_t *attached) const
{
  constexpr l4_umword_t Usage = 0x80; // ours, of moe's region maps: l4re/moe/server/src/rm.h
  if (!_slots[Region_map].is_valid()) return false;
  l4_msg_regs_t *const m = l4_utcb_mr();
  m->mr[0] = Usage;
  l4_msgtag_t const tag = l4_ipc_call(_slots[Region_map].cap(), l4_utcb(),
                                      l4_msgtag(L4RE_PROTO_RM, 1, 0, 0), L4_IPC_NEVER);
  if (l4_error(tag) < 0) return false;
  *present = m->mr[0];
  *attached = m->mr[1];
  return true;
}

void Process::supervise(l4_cap_idx_t gate)
{
  if (_num_gates < Max_gates) _gates[_num_gates++] = gate;
}

void Process::reclaim()
{
  // Before the thread dies: a caller must never find a gate whose server is gone.
  while (_num_gates)
    l4_ipc_gate_unbind(_gates[--_num_gates]);
  // The thread first: nothing of the program runs while its parts go.
  for (Slot const n : {Thread, Task, Region_map, Gate}) {
    if (_slots[n].is_valid()) cap_alloc.free(_slots[n], L4_BASE_TASK_CAP, L4_FP_DELETE_OBJ);
    _slots[n] = L4::Cap<void>();
  }
}

void Process::kill()
{
  if (_state != State::Running) return;
  _state = State::Killed;
  reclaim();
}

long Process::op_signal(L4Re::Parent::Rights, unsigned long signal, unsigned long value)
{
  if (signal != 0 || _state != State::Running) return 0;
  _state = State::Exited;
  _exit_code = static_cast<long>(value);
  reclaim();
  return -L4_ENOREPLY;
}

} // namespace Ned
