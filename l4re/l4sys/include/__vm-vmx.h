// SPDX-License-Identifier: MIT
/** Layout of the extended vCPU state for VMX (kernel-objects.md section 12). */
#pragma once

#include <l4/sys/err.h>
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

/** Where the values of a field group stand: by size (bits 14..13) and kind (bits 11..10). */
typedef struct l4_vmx_offset_table_t {
  /** Begin of the values of a group, in units of 64 bytes. */
  unsigned char offsets[4][4];
  /** First field index behind the group. */
  unsigned char limits[4][4];
  l4_uint32_t base_size;
  l4_uint32_t _reserved[31];
} l4_vmx_offset_table_t;

/** Capabilities of the hardware, written by the kernel at L4_VCPU_OFFSET_EXT_INFOS. */
typedef struct l4_vm_vmx_vcpu_infos_t {
  l4_uint64_t caps[L4_VM_VMX_NUM_CAPS_REGS];
  l4_uint32_t default1[L4_VM_VMX_NUM_DFL1_REGS];
} l4_vm_vmx_vcpu_infos_t;

/** Software VMCS at L4_VCPU_OFFSET_EXT_STATE: what the guest's hardware VMCS shall hold. */
typedef struct l4_vm_vmx_vcpu_vmcs_t {
  l4_uint64_t _reserved0;
  l4_uint64_t user_data;
  /** Index of the field that holds CR2. */
  l4_uint32_t cr2_index;
  l4_uint32_t _reserved1;
  /** Hardware vCPU context, or an invalid selector. */
  l4_uint64_t hw_vmcs;
  l4_vmx_offset_table_t offset_table;
  unsigned char values[L4_VM_VMX_VMCS_SIZE_VALUES];
  /** One bit for each byte of `values`: set by write, taken and cleared by the kernel. */
  unsigned char dirty_bitmap[L4_VM_VMX_VMCS_SIZE_DIRTY_BITMAP];
} l4_vm_vmx_vcpu_vmcs_t;

/** The whole area of an extended vCPU. */
typedef struct l4_vm_vmx_vcpu_state_t {
  l4_vcpu_state_t vcpu;
  unsigned char _pad0[L4_VCPU_OFFSET_EXT_INFOS - sizeof(l4_vcpu_state_t)];
  l4_vm_vmx_vcpu_infos_t infos;
  unsigned char _pad1[L4_VCPU_OFFSET_EXT_STATE - L4_VCPU_OFFSET_EXT_INFOS -
                      sizeof(l4_vm_vmx_vcpu_infos_t)];
  l4_vm_vmx_vcpu_vmcs_t vmcs;
} l4_vm_vmx_vcpu_state_t;

L4_BEGIN_DECLS

/** Capability register `cap` (L4_vm_vmx_caps_regs) of the vCPU area; 0 if there is none. */
L4_INLINE l4_uint64_t l4_vm_vmx_get_caps(void const *vcpu_state, unsigned cap) L4_NOTHROW
{
  l4_vm_vmx_vcpu_state_t const *s = (l4_vm_vmx_vcpu_state_t const *)vcpu_state;
  return cap < L4_VM_VMX_NUM_CAPS_REGS ? s->infos.caps[cap] : 0;
}

/** Bits that are 1 by default, for register `cap` (L4_vm_vmx_dfl1_regs); 0 if there is none. */
L4_INLINE l4_uint32_t l4_vm_vmx_get_caps_default1(void const *vcpu_state, unsigned cap) L4_NOTHROW
{
  l4_vm_vmx_vcpu_state_t const *s = (l4_vm_vmx_vcpu_state_t const *)vcpu_state;
  return cap < L4_VM_VMX_NUM_DFL1_REGS ? s->infos.default1[cap] : 0;
}

/** log2 of the bytes of a field; the field number tells it. */
L4_INLINE unsigned l4_vm_vmx_field_order(unsigned field) L4_NOTHROW
{
  static unsigned char const order[4] = {1, 3, 2, 3}; /* 16, 64, 32 bits, natural width */
  return order[(field >> 13) & 3];
}

/** Bytes of a field. */
L4_INLINE unsigned l4_vm_vmx_field_len(unsigned field) L4_NOTHROW
{
  return 1U << l4_vm_vmx_field_order(field);
}

/** Offset of a field in the values, or ~0 if it lies outside. */
L4_INLINE unsigned __l4_vm_vmx_field_offset(l4_vm_vmx_vcpu_vmcs_t const *vmcs,
                                            unsigned field) L4_NOTHROW
{
  unsigned const size = (field >> 13) & 3, kind = (field >> 10) & 3;
  unsigned const offset = vmcs->offset_table.offsets[size][kind] * 64U +
                          ((field & 0x3fe) << (l4_vm_vmx_field_order(field) - 1));
  return offset + l4_vm_vmx_field_len(field) <= L4_VM_VMX_VMCS_SIZE_VALUES ? offset : ~0U;
}

/** Address of a field's value in the software VMCS, or a null pointer. */
L4_INLINE void *l4_vm_vmx_field_ptr(void *vmcs, unsigned field) L4_NOTHROW
{
  l4_vm_vmx_vcpu_vmcs_t *v = (l4_vm_vmx_vcpu_vmcs_t *)vmcs;
  unsigned const offset = __l4_vm_vmx_field_offset(v, field);
  return offset == ~0U ? 0 : &v->values[offset];
}

/** Value of a field of any size; 0 if the software VMCS does not hold it. */
L4_INLINE l4_uint64_t l4_vm_vmx_read(void *vmcs, unsigned field) L4_NOTHROW
{
  l4_uint64_t value = 0;
  void const *p = l4_vm_vmx_field_ptr(vmcs, field);
  if (p) __builtin_memcpy(&value, p, l4_vm_vmx_field_len(field));
  return value;
}

/** Set a field of any size, and note that the kernel has to load it. */
L4_INLINE void l4_vm_vmx_write(void *vmcs, unsigned field, l4_uint64_t value) L4_NOTHROW
{
  l4_vm_vmx_vcpu_vmcs_t *v = (l4_vm_vmx_vcpu_vmcs_t *)vmcs;
  unsigned const offset = __l4_vm_vmx_field_offset(v, field);
  if (offset == ~0U) return;
  __builtin_memcpy(&v->values[offset], &value, l4_vm_vmx_field_len(field));
  v->dirty_bitmap[offset / 8] |= (unsigned char)(1U << (offset % 8));
}

/** \name Fields of a size that the program knows */
/**@{*/
L4_INLINE l4_umword_t l4_vm_vmx_read_nat(void *vmcs, unsigned field) L4_NOTHROW
{
  return l4_vm_vmx_read(vmcs, field);
}
L4_INLINE l4_uint16_t l4_vm_vmx_read_16(void *vmcs, unsigned field) L4_NOTHROW
{
  return (l4_uint16_t)l4_vm_vmx_read(vmcs, field);
}
L4_INLINE l4_uint32_t l4_vm_vmx_read_32(void *vmcs, unsigned field) L4_NOTHROW
{
  return (l4_uint32_t)l4_vm_vmx_read(vmcs, field);
}
L4_INLINE l4_uint64_t l4_vm_vmx_read_64(void *vmcs, unsigned field) L4_NOTHROW
{
  return l4_vm_vmx_read(vmcs, field);
}
L4_INLINE void l4_vm_vmx_write_nat(void *vmcs, unsigned field, l4_umword_t value) L4_NOTHROW
{
  l4_vm_vmx_write(vmcs, field, value);
}
L4_INLINE void l4_vm_vmx_write_16(void *vmcs, unsigned field, l4_uint16_t value) L4_NOTHROW
{
  l4_vm_vmx_write(vmcs, field, value);
}
L4_INLINE void l4_vm_vmx_write_32(void *vmcs, unsigned field, l4_uint32_t value) L4_NOTHROW
{
  l4_vm_vmx_write(vmcs, field, value);
}
L4_INLINE void l4_vm_vmx_write_64(void *vmcs, unsigned field, l4_uint64_t value) L4_NOTHROW
{
  l4_vm_vmx_write(vmcs, field, value);
}
/**@}*/

/** Keep the values of `vmcs` in `user_vmcs`, a block of the same type. */
L4_INLINE void l4_vm_vmx_clear(void *vmcs, void *user_vmcs) L4_NOTHROW
{
  l4_vm_vmx_vcpu_vmcs_t const *from = (l4_vm_vmx_vcpu_vmcs_t const *)vmcs;
  __builtin_memcpy(((l4_vm_vmx_vcpu_vmcs_t *)user_vmcs)->values, from->values,
                   sizeof(from->values));
}

/** Take the values of `user_vmcs` over into `vmcs`; all of them will be loaded. */
L4_INLINE void l4_vm_vmx_ptr_load(void *vmcs, void const *user_vmcs) L4_NOTHROW
{
  l4_vm_vmx_vcpu_vmcs_t *to = (l4_vm_vmx_vcpu_vmcs_t *)vmcs;
  __builtin_memcpy(to->values, ((l4_vm_vmx_vcpu_vmcs_t const *)user_vmcs)->values,
                   sizeof(to->values));
  __builtin_memset(to->dirty_bitmap, 0xff, sizeof(to->dirty_bitmap));
}

/** Field that holds CR2, of which the hardware VMCS has none. */
L4_INLINE unsigned l4_vm_vmx_get_cr2_index(void const *vmcs) L4_NOTHROW
{
  return ((l4_vm_vmx_vcpu_vmcs_t const *)vmcs)->cr2_index;
}

/** The vCPU context object that keeps the hardware state. */
L4_INLINE void l4_vm_vmx_set_hw_vmcs(void *vmcs, l4_cap_idx_t vcpu_context) L4_NOTHROW
{
  ((l4_vm_vmx_vcpu_vmcs_t *)vmcs)->hw_vmcs = vcpu_context;
}
L4_INLINE l4_cap_idx_t l4_vm_vmx_get_hw_vmcs(void const *vmcs) L4_NOTHROW
{
  return ((l4_vm_vmx_vcpu_vmcs_t const *)vmcs)->hw_vmcs;
}

L4_END_DECLS
