// SPDX-License-Identifier: MIT
// Start-up of a test program that is the root task itself: only the kernel and sigma0 are there.
#include <l4/libtap/objects.h>
#include <l4/libtap/tap.h>

#include <l4/sys/kip.h>
#include <l4/sys/thread.h>

#include "../text.h"

extern "C" char _start[], end[];
extern "C" void (*__init_array_start[])(), (*__init_array_end[])();
extern "C" [[noreturn]] void tap_raw_start();

namespace {

using namespace Tap;

// Requests of the sigma0 protocol (abi/ipc.md section 11).
constexpr l4_umword_t Sigma0_any = 0xffffffffffffff90;
constexpr l4_umword_t Sigma0_kip = 0xffffffffffffffa0;

constexpr l4_addr_t Kip_address = 0x6000000000;
constexpr l4_addr_t Utcb_area = 0x7ffe00000000;
constexpr l4_addr_t Scratch_address = 0x6040000000;
constexpr unsigned Scratch_order = 18;

constexpr l4_umword_t Slots = 1500;
constexpr l4_umword_t First_slot = 32;

[[noreturn]] void give_up(char const *text)
{
  Text line;
  line << "Bail out! " << text << '\n';
  write_log(line.data(), line.length());
  for (;;)
    invoke(Self | L4_SYSF_RECV, 0, Never);
}

/// Let sigma0 map what it answers into the window at `address`.
bool request(l4_umword_t what, l4_umword_t fpage, l4_addr_t address, unsigned order)
{
  bdr() = 0;
  br(0) = L4_ITEM_MAP;
  br(1) = memory_page(address, order, L4_FPAGE_RWX);
  br(2) = 0;
  Result const r = call(L4_BASE_PAGER_CAP, L4_PROTO_SIGMA0, {what, fpage});
  no_buffers();
  return r.checked_label() == 0 && r.items() == 1;
}

/// Touch each page: from now on nothing of the program faults, and child tasks can be given all of
/// it.
void touch(l4_addr_t begin, l4_addr_t end, bool write)
{
  for (l4_addr_t page = begin; page < end; page += L4_PAGESIZE) {
    auto *byte = reinterpret_cast<char volatile *>(page);
    char const content = *byte;
    if (write) *byte = content;
  }
}

/// Takes the exceptions of the main thread: a test that crashes says so at once, instead of
/// hanging until the runner's patience is over.
void watch_over_main(Worker &)
{
  wait(Never);
  l4_exc_regs_t const exc = *l4_utcb_exc();
  Text line;
  line << "Bail out! the test crashed: trap ";
  line.decimal(exc.trapno) << ", error code ";
  line.hex(exc.err) << ", address ";
  line.hex(exc.pfa) << ", ip ";
  line.hex(exc.ip) << '\n';
  write_log(line.data(), line.length());
}

} // namespace

void tap_raw_start()
{
  env = {};
  env.task = L4_BASE_TASK_CAP;
  env.factory = L4_BASE_FACTORY_CAP;
  env.thread = L4_BASE_THREAD_CAP;
  env.log = L4_BASE_LOG_CAP;
  env.icu = L4_BASE_ICU_CAP;
  env.scheduler = L4_BASE_SCHEDULER_CAP;
  env.debugger = L4_BASE_DEBUGGER_CAP;
  env.pager = L4_BASE_PAGER_CAP;
  env.first_slot = First_slot;
  env.slots = Slots;
  env.utcb_area = Utcb_area;
  env.image = l4_addr_t(_start) & L4_PAGEMASK;
  env.image_end = l4_round_page(l4_addr_t(end));
  env.scratch = Scratch_address;

  touch(env.image, env.image_end, false);
  if (!request(Sigma0_kip, 0, Kip_address, L4_PAGESHIFT)) give_up("sigma0 does not map the KIP");
  l4_global_kip = reinterpret_cast<l4_kernel_info_t *>(Kip_address);
  if (!request(Sigma0_any, memory_page(0, Scratch_order, L4_FPAGE_RWX), Scratch_address,
               Scratch_order))
    give_up("sigma0 has no 256 KiB of RAM");
  touch(Scratch_address, Scratch_address + (1UL << Scratch_order), true);

  for (auto *init = __init_array_start; init != __init_array_end; ++init)
    (*init)();
  run_thread(env.thread, Prio_main);
  prepare_workers();
  Worker watcher(watch_over_main);
  watcher.start();
  call(env.thread, L4_PROTO_THREAD, {L4_THREAD_CONTROL_SET_EXC_HANDLER, 0, watcher.cap(), 0, 0, 0});
  run_all();
  for (;;)
    invoke(Self | L4_SYSF_RECV, 0, Never);
}
