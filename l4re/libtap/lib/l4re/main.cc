// SPDX-License-Identifier: MIT
// Start-up of a test that is an ordinary L4Re program: what moe or ned gave to it is in its
// environment. Objects come from the program's factory, so their quota is what its script says.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/re/dataspace>
#include <l4/re/env>
#include <l4/re/mem_alloc>
#include <l4/re/rm>

namespace {

using namespace Tap;

/// Far above the slots that the program's capability allocator hands out.
constexpr l4_umword_t First_slot = 0x1800;
constexpr l4_umword_t Slots = 1500;
constexpr unsigned Scratch_order = 18;

/// 256 KiB of present memory, aligned to their size; 0 if there is none.
l4_addr_t make_scratch()
{
  auto const *env = L4Re::Env::env();
  L4::Cap<L4Re::Dataspace> const ds((First_slot - 1) << L4_CAP_SHIFT);
  if (env->mem_alloc()->alloc(1L << Scratch_order, ds) < 0) return 0;
  l4_addr_t address = 0;
  if (env->rm()->attach(&address, 1UL << Scratch_order,
                        L4Re::Rm::F::Search_addr | L4Re::Rm::F::Eager_map | L4Re::Rm::F::RW,
                        L4::Ipc::make_cap_rw(ds), 0, Scratch_order) < 0)
    return 0;
  for (l4_addr_t page = address; page < address + (1UL << Scratch_order); page += L4_PAGESIZE)
    *reinterpret_cast<char volatile *>(page) = 0;
  return address;
}

} // namespace

int main()
{
  l4re_env_t const *re = l4re_env();
  env = {};
  env.task = L4_BASE_TASK_CAP;
  env.factory = re->factory;
  env.thread = re->main_thread;
  env.log = re->log;
  env.scheduler = re->scheduler;
  env.debugger = L4_BASE_DEBUGGER_CAP;
  env.pager = re->rm;
  env.first_slot = First_slot;
  env.slots = Slots;
  env.utcb_area = re->first_free_utcb;
  env.utcbs = unsigned((l4_fpage_memaddr(re->utcb_area) + (1UL << l4_fpage_size(re->utcb_area))
                        - re->first_free_utcb)
                       / L4_UTCB_OFFSET);
  env.scratch = make_scratch();
  run_thread(env.thread, Prio_main);
  return run_all() ? 1 : 0;
}
