// SPDX-License-Identifier: MIT
#include "jdb/operations.h"

#include "types/msg_tag.h"

namespace jdb {
namespace {

struct Operation {
  i64 protocol;
  Word opcode;
  char const *name;
};

/// Opcodes are in the low 16 bits of MR0; a factory has the negative type of the object there.
constexpr Word Opcode_mask = 0xffff;
constexpr Word of_type(i64 protocol)
{
  return Word(protocol) & Opcode_mask;
}

constexpr Operation Operations[] = {
    {Proto::Factory, 0, "create gate"},
    {Proto::Factory, of_type(Proto::Kobject), "create gate"},
    {Proto::Factory, of_type(Proto::Task), "create task"},
    {Proto::Factory, of_type(Proto::Thread), "create thread"},
    {Proto::Factory, of_type(Proto::Factory), "create factory"},
    {Proto::Factory, of_type(Proto::Vm), "create VM"},
    {Proto::Factory, of_type(Proto::Dma_space), "create DMA space"},
    {Proto::Factory, of_type(Proto::Irq_sender), "create IRQ object"},
    {Proto::Factory, of_type(Proto::Semaphore), "create semaphore"},
    {Proto::Factory, of_type(Proto::Vcpu_context), "create vCPU context"},
    {Proto::Task, 0, "map"},
    {Proto::Task, 1, "unmap"},
    {Proto::Task, 2, "cap_info"},
    {Proto::Task, 3, "add_ku_mem"},
    {Proto::Thread, 0, "control"},
    {Proto::Thread, 1, "ex_regs"},
    {Proto::Thread, 2, "switch"},
    {Proto::Thread, 3, "stats_time"},
    {Proto::Thread, 4, "vcpu_resume"},
    {Proto::Thread, 5, "register_del_irq"},
    {Proto::Thread, 6, "modify_senders"},
    {Proto::Thread, 7, "vcpu_control"},
    {Proto::Thread, 8, "register_doorbell_irq"},
    {Proto::Thread, 9, "pf_tramp_control"},
    {Proto::Thread, 0x10, "gdt_x86"},
    {Proto::Thread, 0x12, "set_segment_base"},
    {Proto::Thread, 0x13, "segment_info"},
    {Proto::Kobject, 0, "dec_refcnt"},
    {Proto::Kobject, 0x10, "bind"},
    {Proto::Kobject, 0x11, "get_info"},
    {Proto::Irq_sender, 1, "detach"},
    {Proto::Irq, 0, "bind"},
    {Proto::Irq, 1, "unbind"},
    {Proto::Irq, 2, "info or trigger"},
    {Proto::Irq, 3, "msi_info"},
    {Proto::Irq, 4, "unmask"},
    {Proto::Irq, 5, "mask"},
    {Proto::Irq, 6, "set_mode"},
    {Proto::Semaphore, 0, "down"},
    {Proto::Scheduler, 0, "info"},
    {Proto::Scheduler, 1, "run_thread"},
    {Proto::Scheduler, 2, "idle_time"},
    {Proto::Log, 0, "write"},
    {Proto::Log, 1, "read"},
    {Proto::Log, 2, "set_attr"},
    {Proto::Log, 3, "get_attr"},
    {Proto::Platform_ctl, 0, "suspend"},
    {Proto::Platform_ctl, 1, "shutdown"},
    {Proto::Platform_ctl, 2, "cpu_allow_shutdown"},
    {Proto::Debugger, 0x100, "set name"},
    {Proto::Debugger, 0x108, "get name"},
};

} // namespace

char const *operation_name(i64 protocol, Word opcode)
{
  for (Operation const &o : Operations)
    if (o.protocol == protocol && o.opcode == (opcode & Opcode_mask)) return o.name;
  return nullptr;
}

} // namespace jdb
