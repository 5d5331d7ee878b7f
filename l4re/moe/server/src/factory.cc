// SPDX-License-Identifier: MIT
#include "dataspace.h"
#include "debug.h"
#include "dma_space.h"
#include "factory.h"
#include "log.h"
#include "memory.h"
#include "name_space.h"
#include "rm.h"
#include "sched_proxy.h"
#include "server.h"

#include <l4/re/protocols.h>
#include <l4/sys/debugger.h>
#include <l4/sys/err.h>

#include <stdio.h>
#include <string.h>

namespace Moe {

namespace {

/// Flags of dataspaces (l4re-protocols.md section 5.2).
enum Alloc_flag : l4_umword_t { Continuous = 1, Pinned = 2, Super_pages = 4, Fixed_paddr = 8 };

/// Integer argument, whatever its sign; `otherwise` if it was left out.
bool get_int(L4::Ipc::Varg_list_ref &args, l4_mword_t *value)
{
  L4::Ipc::Varg const a = args.pop_front();
  if (!a.is_of_int()) return false;
  *value = a.value<l4_mword_t>();
  return true;
}

/// Like above for an argument that may be missing. \return false if it is no integer
bool get_optional_int(L4::Ipc::Varg_list_ref &args, l4_mword_t *value, l4_mword_t otherwise)
{
  *value = otherwise;
  L4::Ipc::Varg const a = args.pop_front();
  if (a.is_nil()) return true;
  if (!a.is_of_int()) return false;
  *value = a.value<l4_mword_t>();
  return true;
}

template <typename T> long made(T *object, Object **result)
{
  *result = object;
  return object ? 0 : -L4_ENOMEM;
}

} // namespace

void Factory::drop_objects()
{
  if (!_memory) return;
  Account *const memory = _memory;
  _memory = nullptr;
  memory->set_owner(nullptr);
  if (memory != &root_account) memory->revoke_all();
  memory->unref();
}

Factory::~Factory()
{
  drop_objects();
}

void Factory::revoke()
{
  drop_objects();
  Object::revoke();
}

long Factory::create_dataspace(L4::Ipc::Varg_list_ref &args, Object **object)
{
  l4_mword_t size, flags, align, paddr;
  if (!get_int(args, &size) || !get_optional_int(args, &flags, 0) ||
      !get_optional_int(args, &align, 0) || !get_optional_int(args, &paddr, 0))
    return -L4_EINVAL;
  if ((flags & Fixed_paddr) || paddr) return -L4_EINVAL; // only for systems without an MMU
  if (size == 0) return -L4_ERANGE;

  bool const pinned = flags & (Continuous | Pinned);
  if (size < 0) {
    // All that is there, but for -size bytes.
    if (!(flags & Continuous)) return -L4_ERANGE;
    l4_size_t const left = _memory->left(), block = ram.largest_free();
    l4_size_t const most = left < block ? left : block;
    if (most < static_cast<l4_size_t>(-size) + L4_PAGESIZE) return -L4_ENOMEM;
    size = static_cast<l4_mword_t>(l4_trunc_page(most + static_cast<l4_size_t>(size)));
  }

  unsigned const page_order = flags & Super_pages ? L4_SUPERPAGESHIFT : L4_PAGESHIFT;
  Backing *backing;
  if (pinned) {
    if (align < static_cast<l4_mword_t>(page_order)) align = page_order;
    if (align >= Page_alloc::Max_order) return -L4_EINVAL;
    backing = Static_backing::create(*_memory, static_cast<l4_size_t>(size), L4_FPAGE_RWX,
                                     static_cast<unsigned>(align));
  } else {
    if (l4_round_page(static_cast<l4_addr_t>(size)) > (1UL << 47)) return -L4_ENOMEM;
    backing = make<Paged_backing>(*_memory, static_cast<l4_size_t>(size),
                                  static_cast<unsigned char>(L4_FPAGE_RWX), unsigned{page_order});
  }
  if (!backing) return -L4_ENOMEM;
  return made(make<Dataspace>(*_memory, Ref<Backing>::adopt(backing)), object);
}

long Factory::create_log(L4::Ipc::Varg_list_ref &args, Object **object)
{
  L4::Ipc::Varg const tag = args.pop_front();
  if (!tag.is_of<char const *>()) return -L4_EINVAL;
  int colour = Log_line::Default_colour;
  L4::Ipc::Varg const c = args.pop_front();
  if (c.is_of_int())
    colour = static_cast<int>(c.value<l4_umword_t>() & 15);
  else if (c.is_of<char const *>()) {
    char const *const text = c.value<char const *>();
    int const named = Log_line::colour(text, strlen(text));
    colour = named < 0 ? colour : named;
  }
  char const *const text = tag.value<char const *>();
  return made(make<Log>(*_memory, text, strlen(text), static_cast<unsigned>(colour)), object);
}

long Factory::create_scheduler(L4::Ipc::Varg_list_ref &args, Object **object)
{
  if (!_root) return -L4_ENODEV;
  l4_mword_t limit, base;
  if (!get_int(args, &limit) || !get_int(args, &base)) return -L4_EINVAL;
  if (limit > 255 || base > 255 || limit < 0 || base < 0) return -L4_ERANGE;
  if (limit <= base) return -L4_EINVAL;
  Cpu_mask cpus;
  l4_mword_t word;
  unsigned n = 0;
  for (; n < Cpu_mask::Words && get_int(args, &word); ++n)
    cpus.word[n] = static_cast<l4_umword_t>(word);
  if (!n) cpus = Cpu_mask::all();
  return made(
      make<Sched_proxy>(*_memory, static_cast<unsigned>(limit), static_cast<unsigned>(base), cpus),
      object);
}

long Factory::create_factory(L4::Ipc::Varg_list_ref &args, Object **object)
{
  l4_mword_t quota;
  if (!get_int(args, &quota) || quota <= 0) return -L4_EINVAL;
  Account *const memory = _memory->create(static_cast<l4_size_t>(quota));
  if (!memory) return -L4_ENOMEM;
  auto *const factory = make<Factory>(*_memory, memory, false);
  if (!factory) memory->unref();
  return made(factory, object);
}

long Factory::op_create(L4::Factory::Rights rights, L4::Ipc::Cap<void> &object, l4_mword_t type,
                        L4::Ipc::Varg_list_ref args)
{
  if (!(rights & L4_CAP_FPAGE_S)) return -L4_EPERM;
  if (!_memory) return -L4_ENOMEM;

  Object *o = nullptr;
  long err = -L4_ENODEV;
  switch (type) {
  case L4RE_PROTO_DATASPACE:
    err = create_dataspace(args, &o);
    break;
  case L4RE_PROTO_NAMESPACE:
    err = made(make<Name_space>(*_memory), &o);
    break;
  case L4RE_PROTO_RM:
    err = made(Rm::create(*_memory, nullptr), &o);
    break;
  case L4RE_PROTO_DMA_SPACE:
    err = made(make<Dma_space>(*_memory), &o);
    break;
  case L4_PROTO_LOG:
    err = create_log(args, &o);
    break;
  case L4_PROTO_SCHEDULER:
    err = create_scheduler(args, &o);
    break;
  case L4_PROTO_FACTORY:
    err = create_factory(args, &o);
    break;
  default:
    break;
  }
  if (err >= 0) err = registry.add(o);
  if (err < 0) {
    debug(Dbg_server, "factory: object of type %ld: %s (%ld); limit %zu, used %zu, RAM left %zu",
          type, error_name(err), err, _memory->limit(), _memory->used(), ram.free_bytes());
    return err;
  }
  expect_delivery(o);
  object = L4::Ipc::make_cap(L4::Cap<void>(o->gate()), L4_CAP_FPAGE_RWSD);
  return 0;
}

long Factory::op_info(L4Re::Mem_alloc::Rights, L4Re::Mem_alloc::Stats &stats)
{
  stats.quota = _memory ? _memory->limit() : 0;
  stats.quota_used = _memory ? _memory->used() : 0;
  stats.mem_limit = ram.total_bytes();
  stats.mem_used = ram.total_bytes() - ram.free_bytes();
  stats.mem_free = ram.free_bytes();
  return 0;
}

long Factory::op_debug(L4Re::Debug_obj::Rights, unsigned long)
{
  if (_memory)
    printf("moe: factory: limit %zu bytes, used %zu; RAM %zu KiB, free %zu KiB, largest block %zu "
           "KiB\n",
           _memory->limit(), _memory->used(), ram.total_bytes() >> 10, ram.free_bytes() >> 10,
           ram.largest_free() >> 10);
  return 0;
}

void report_refusal(Account *account)
{
  char name[16] = "";
  if (Object *const owner = account->owner())
    l4_debugger_get_object_name(owner->gate(), name, sizeof(name));
  debug(Dbg_warn,
        "the quota of factory '%s' ran out: %zu bytes, %zu used, %zu more were asked for: at least "
        "%zu would do",
        name, account->limit(), account->used(), account->refused(),
        account->used() + account->refused());
  account->unref();
}

} // namespace Moe
