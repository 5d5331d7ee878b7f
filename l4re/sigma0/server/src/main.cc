// SPDX-License-Identifier: MIT
#include "protocol.h"

#include <l4/libc_minimal/crt.h>
#include <l4/sys/debugger.h>
#include <l4/sys/ipc.h>
#include <l4/sys/scheduler.h>

#include <cpuid.h>
#include <stdio.h>

namespace {

/// sigma0 answers before everybody but the root task (255), which needs no pager once it runs.
constexpr unsigned Priority = 254;
/// Major version of the kernel interface, bits 31..24 of the KIP's version word.
constexpr unsigned Kip_major = 0x87;

Memory_map memory;
Clients clients(memory);

/// End of the physical address space: bits in it according to CPUID 0x80000008.
l4_uint64_t physical_limit()
{
  unsigned eax = 0, ebx, ecx, edx;
  unsigned bits = 36;
  if (__get_cpuid(0x80000008, &eax, &ebx, &ecx, &edx)) bits = eax & 0xff;
  return l4_uint64_t(1) << (bits < 52 ? bits : 52);
}

bool init(l4_kernel_info_t const *kip)
{
  if (kip->version >> 24 != Kip_major) {
    printf("sigma0: kernel interface version 0x%x, expected 0x%xxxxxxx: wrong kernel image\n",
           kip->version, Kip_major);
    return false;
  }
  if (!memory.init(l4_kernel_info_get_mem_descs(kip), l4_kernel_info_get_num_mem_descs(kip),
                   physical_limit())) {
    printf("sigma0: the machine has more memory ranges than sigma0's tables hold\n");
    return false;
  }
  l4_debugger_set_object_name(L4_BASE_TASK_CAP, "sigma0");
  l4_debugger_set_object_name(L4_BASE_THREAD_CAP, "sigma0");
  l4_sched_param_t const param = l4_sched_param(Priority);
  l4_scheduler_run_thread(L4_BASE_SCHEDULER_CAP, L4_BASE_THREAD_CAP, &param);
  clients.init();
  return true;
}

[[noreturn]] void serve(Protocol &protocol)
{
  l4_utcb_t *const utcb = l4_utcb();
  // No typed items are expected; without buffers a client that sends some gets an error.
  l4_utcb_br_u(utcb)->bdr = 0;
  l4_utcb_br_u(utcb)->br[0] = 0;

  l4_umword_t label;
  l4_msgtag_t tag = l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
  for (;;) {
    if (l4_msgtag_has_error(tag)) {
      tag = l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
    } else if (label == Clients::Deletion_label) {
      clients.collect();
      l4_utcb_br_u(utcb)->br[0] = 0;
      tag = l4_ipc_wait(utcb, &label, L4_IPC_NEVER);
    } else {
      l4_msgtag_t const reply = protocol.dispatch(label, tag, utcb);
      // Creating a gate uses the buffer registers.
      l4_utcb_br_u(utcb)->br[0] = 0;
      tag = l4_ipc_reply_and_wait(utcb, reply, &label, L4_IPC_SEND_TIMEOUT_0);
    }
  }
}

} // namespace

int main()
{
  auto const kip = reinterpret_cast<l4_kernel_info_t const *>(libc_minimal_entry_arg);
  if (!init(kip)) return 1;
  static Protocol protocol(memory, clients, kip);
  serve(protocol);
}
