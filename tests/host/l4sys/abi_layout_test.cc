// SPDX-License-Identifier: MIT
// Layouts in memory: exception frame, kernel info page, vCPU state, UTCB, module list
// (constants-check.md).
#define L4API_l4f
#include "abi_check.h"

#include <l4/sys/icu.h>
#include <l4/sys/kip.h>
#include <l4/sys/memdesc.h>
#include <l4/sys/pf_trampoline.h>
#include <l4/sys/scheduler.h>
#include <l4/sys/types.h>
#include <l4/sys/utcb.h>
#include <l4/sys/vcon.h>
#include <l4/sys/vcpu.h>
#include <l4/util/l4mod.h>

// KIP
CHECK(L4_KIP_VERSION_FIASCO, 0x87004444);
CHECK(L4_KIP_VERSION_FIASCO_MASK, 0xff00ffff);
CHECK(L4_KIP_OFFS_READ_US, 0x900);
CHECK(L4_KIP_OFFS_READ_NS, 0x980);
CHECK(L4_KERNEL_INFO_MAGIC, 0x4be6344c);

// memory descriptors
CHECK(l4_mem_type_undefined, 0);
CHECK(l4_mem_type_conventional, 1);
CHECK(l4_mem_type_reserved, 2);
CHECK(l4_mem_type_dedicated, 3);
CHECK(l4_mem_type_shared, 4);
CHECK(l4_mem_type_info, 0xd);
CHECK(l4_mem_type_bootloader, 0xe);
CHECK(l4_mem_type_archspecific, 0xf);
CHECK(l4_mem_info_acpi_rsdp, 0);
CHECK(l4_mem_reserved_kernel, 0);
CHECK(l4_mem_reserved_heap, 1);
CHECK(l4_mem_reserved_mmio, 2);
CHECK(l4_mem_archspecific_acpi_tables, 3);
CHECK(l4_mem_archspecific_acpi_nvs, 4);

// vCPU arch
CHECK(L4_VCPU_STATE_VERSION, 0x26);
CHECK(L4_VCPU_STATE_SIZE, 0x200);
CHECK(L4_VCPU_STATE_EXT_SIZE, 0x1000);
CHECK(L4_VCPU_OFFSET_EXT_STATE, 0x400);
CHECK(L4_VCPU_OFFSET_EXT_INFOS, 0x200);

// vCPU flags
CHECK(L4_VCPU_F_IRQ, 1);
CHECK(L4_VCPU_F_PAGE_FAULTS, 2);
CHECK(L4_VCPU_F_EXCEPTIONS, 4);
CHECK(L4_VCPU_F_USER_MODE, 0x20);
CHECK(L4_VCPU_F_FPU_ENABLED, 0x80);
CHECK(L4_VCPU_SF_IRQ_PENDING, 1);

// module info, sigma0
CHECK(L4util_l4mod_mod_flag_unspec, 0);
CHECK(L4util_l4mod_mod_flag_kernel, 1);
CHECK(L4util_l4mod_mod_flag_sigma0, 2);
CHECK(L4util_l4mod_mod_flag_roottask, 3);
CHECK(L4util_l4mod_mod_flag_mask, 7);

// structure layout
CHECK_OFFSET(l4_exc_regs_t, r15, 0x0);
CHECK_OFFSET(l4_exc_regs_t, r8, 0x38);
CHECK_OFFSET(l4_exc_regs_t, rdi, 0x40);
CHECK_OFFSET(l4_exc_regs_t, pfa, 0x58);
CHECK_OFFSET(l4_exc_regs_t, rax, 0x78);
CHECK_OFFSET(l4_exc_regs_t, trapno, 0x80);
CHECK_OFFSET(l4_exc_regs_t, err, 0x88);
CHECK_OFFSET(l4_exc_regs_t, ip, 0x90);
CHECK_OFFSET(l4_exc_regs_t, dummy1, 0x98);
CHECK_OFFSET(l4_exc_regs_t, flags, 0xa0);
CHECK_OFFSET(l4_exc_regs_t, sp, 0xa8);
CHECK_OFFSET(l4_exc_regs_t, ss, 0xb0);
CHECK_OFFSET(l4_exc_regs_t, fs_base, 0xb8);
CHECK_OFFSET(l4_exc_regs_t, gs_base, 0xc0);
CHECK_OFFSET(l4_exc_regs_t, ds, 0xc8);
CHECK_SIZE(l4_exc_regs_t, 0xd0);
CHECK_OFFSET(l4_kernel_info_t, magic, 0x0);
CHECK_OFFSET(l4_kernel_info_t, version, 0x4);
CHECK_OFFSET(l4_kernel_info_t, offset_version_strings, 0x8);
CHECK_OFFSET(l4_kernel_info_t, kip_sys_calls, 0xc);
CHECK_OFFSET(l4_kernel_info_t, node, 0xd);
CHECK_OFFSET(l4_kernel_info_t, sigma0_ip, 0x10);
CHECK_OFFSET(l4_kernel_info_t, root_ip, 0x18);
CHECK_OFFSET(l4_kernel_info_t, _clock_val, 0x20);
CHECK_OFFSET(l4_kernel_info_t, frequency_cpu, 0x28);
CHECK_OFFSET(l4_kernel_info_t, acpi_rsdp_addr, 0x30);
CHECK_OFFSET(l4_kernel_info_t, dt_addr, 0x38);
CHECK_OFFSET(l4_kernel_info_t, user_ptr, 0x40);
CHECK_OFFSET(l4_kernel_info_t, _res0, 0x48);
CHECK_OFFSET(l4_kernel_info_t, scheduler_granularity, 0x50);
CHECK_OFFSET(l4_kernel_info_t, mem_descs, 0x54);
CHECK_OFFSET(l4_kernel_info_t, mem_descs_num, 0x58);
CHECK_OFFSET(l4_kernel_info_t, _res2, 0x60);
CHECK_OFFSET(l4_kernel_info_t, platform_info, 0x70);
CHECK_SIZE(l4_kernel_info_t, 0x88);
CHECK_SIZE(l4_kip_platform_info, 0x18);
CHECK_OFFSET(l4_vcpu_state_t, version, 0x0);
CHECK_OFFSET(l4_vcpu_state_t, user_data, 0x8);
CHECK_OFFSET(l4_vcpu_state_t, r, 0x40);
CHECK_OFFSET(l4_vcpu_state_t, i, 0x110);
CHECK_OFFSET(l4_vcpu_state_t, state, 0x150);
CHECK_OFFSET(l4_vcpu_state_t, saved_state, 0x152);
CHECK_OFFSET(l4_vcpu_state_t, sticky_flags, 0x154);
CHECK_OFFSET(l4_vcpu_state_t, user_task, 0x158);
CHECK_OFFSET(l4_vcpu_state_t, entry_sp, 0x160);
CHECK_OFFSET(l4_vcpu_state_t, entry_ip, 0x168);
CHECK_OFFSET(l4_vcpu_state_t, reserved_sp, 0x170);
CHECK_OFFSET(l4_vcpu_state_t, arch_state, 0x178);
CHECK_SIZE(l4_vcpu_state_t, 0x198);
CHECK_SIZE(l4_vcpu_regs_t, 0xd0);
CHECK_SIZE(l4_vcpu_ipc_regs_t, 0x40);
CHECK_OFFSET(l4_vcpu_ipc_regs_t, label, 0x8);
CHECK_OFFSET(l4_vcpu_ipc_regs_t, tag, 0x38);
CHECK_SIZE(l4_vcpu_arch_state_t, 0x20);
CHECK_OFFSET(l4_vcpu_arch_state_t, host_fs_base, 0x0);
CHECK_OFFSET(l4_vcpu_arch_state_t, host_gs_base, 0x8);
CHECK_OFFSET(l4_vcpu_arch_state_t, host_ds, 0x10);
CHECK_OFFSET(l4_vcpu_arch_state_t, user_ds32, 0x18);
CHECK_OFFSET(l4_vcpu_arch_state_t, user_cs64, 0x1a);
CHECK_OFFSET(l4_vcpu_arch_state_t, user_cs32, 0x1c);
CHECK_OFFSET(l4_buf_regs_t, br, 0x8);
CHECK_SIZE(l4_buf_regs_t, 0x1d8);
CHECK_OFFSET(l4_thread_regs_t, error, 0x0);
CHECK_OFFSET(l4_thread_regs_t, free_marker, 0x8);
CHECK_OFFSET(l4_thread_regs_t, user, 0x10);
CHECK_SIZE(l4_thread_regs_t, 0x28);
CHECK_SIZE(l4_msg_regs_t, 0x1f8);
CHECK_SIZE(l4_icu_info_t, 0xc);
CHECK_SIZE(l4_icu_msi_info_t, 0x10);
CHECK_SIZE(l4_sched_param_t, 0x20);
CHECK_SIZE(l4_sched_cpu_set_t, 0x10);
CHECK_SIZE(l4_vcon_attr_t, 0x18);
CHECK_SIZE(l4util_l4mod_mod, 0x20);
CHECK_SIZE(l4util_l4mod_info, 0x30);
CHECK_OFFSET(l4util_l4mod_info, mods_addr, 0x10);
CHECK_OFFSET(l4util_l4mod_info, mods_count, 0x18);
CHECK_OFFSET(l4util_l4mod_info, vbe_ctrl_info, 0x20);
CHECK_OFFSET(l4util_l4mod_info, vbe_mode_info, 0x28);
CHECK_OFFSET(l4util_l4mod_info, cmdline, 0x8);

// kernel side: the numbers without a public name that user headers depend on
CHECK_SIZE(l4_pf_trampoline_regs_t, 23 * 8);
CHECK_OFFSET(l4_pf_trampoline_t, handler_ip, 0x0);
CHECK_OFFSET(l4_pf_trampoline_t, user_data, 0x8);
CHECK_OFFSET(l4_pf_trampoline_t, saved_mr0, 0x18);
CHECK_OFFSET(l4_pf_trampoline_t, flags, 0x20);
CHECK_OFFSET(l4_pf_trampoline_t, state, 0x28);
CHECK(L4_PF_TRAMPOLINE_F_IN_PROGRESS, 1);
CHECK(L4_PF_TRAMPOLINE_F_TRIGGER_EXCEPTION, 2);
CHECK(l4_fpage_all().raw, 0xfc0);
