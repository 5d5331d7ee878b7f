// SPDX-License-Identifier: MIT
/** Layout of the extended vCPU state for VMX (kernel-objects.md section 12). */
#pragma once

#include <l4/sys/vcpu.h>

/** Capability registers in the extended infos. */
enum L4_vm_vmx_caps_regs {
  L4_VM_VMX_BASIC_REG = 0,
  L4_VM_VMX_TRUE_PINBASED_CTLS_REG = 1,
  L4_VM_VMX_TRUE_PROCBASED_CTLS_REG = 2,
  L4_VM_VMX_TRUE_EXIT_CTLS_REG = 3,
  L4_VM_VMX_TRUE_ENTRY_CTLS_REG = 4,
  L4_VM_VMX_MISC_REG = 5,
  L4_VM_VMX_CR0_FIXED0_REG = 6,
  L4_VM_VMX_CR0_FIXED1_REG = 7,
  L4_VM_VMX_CR4_FIXED0_REG = 8,
  L4_VM_VMX_CR4_FIXED1_REG = 9,
  L4_VM_VMX_VMCS_ENUM_REG = 0xa,
  L4_VM_VMX_PROCBASED_CTLS2_REG = 0xb,
  L4_VM_VMX_EPT_VPID_CAP_REG = 0xc,
  L4_VM_VMX_NESTED_REVISION = 0xd,
  L4_VM_VMX_NUM_CAPS_REGS,
};

/** 32-bit "default 1" registers behind the capability registers. */
enum L4_vm_vmx_dfl1_regs {
  L4_VM_VMX_PINBASED_CTLS_DFL1_REG = 0,
  L4_VM_VMX_PROCBASED_CTLS_DFL1_REG = 1,
  L4_VM_VMX_EXIT_CTLS_DFL1_REG = 2,
  L4_VM_VMX_ENTRY_CTLS_DFL1_REG = 3,
  L4_VM_VMX_NUM_DFL1_REGS,
};

/** Fields that hardware does not have. */
enum L4_vm_vmx_sw_fields {
  L4_VM_VMX_VMCS_CR2 = 0x6880,
  L4_VM_VMX_VMCS_NAT_ARG0 = 0x6882,
  L4_VM_VMX_VMCS_NAT_ARG1 = 0x6884,
  L4_VM_VMX_VMCS_NAT_ARG2 = 0x6886,
  L4_VM_VMX_VMCS_NAT_ARG3 = 0x6888,
  L4_VM_VMX_VMCS_XCR0 = 0x2880,
  L4_VM_VMX_VMCS_MSR_SYSCALL_MASK = 0x2882,
  L4_VM_VMX_VMCS_MSR_LSTAR = 0x2884,
  L4_VM_VMX_VMCS_MSR_CSTAR = 0x2886,
  L4_VM_VMX_VMCS_MSR_TSC_AUX = 0x2888,
  L4_VM_VMX_VMCS_MSR_STAR = 0x288a,
  L4_VM_VMX_VMCS_MSR_KERNEL_GS_BASE = 0x288c,
};

/** Sizes of parts of the software VMCS, bytes. */
enum L4_vm_vmx_sizes {
  L4_VM_VMX_VMCS_SIZE_VALUES = 0xa00,
  L4_VM_VMX_VMCS_SIZE_DIRTY_BITMAP = 0x140,
};
