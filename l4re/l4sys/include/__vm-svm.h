// SPDX-License-Identifier: MIT
/**
 * Virtual machine control block of AMD SVM: the extended state of a vCPU on such machines
 * (kernel-objects.md section 12). The layout is that of the AMD64 Architecture Programmer's Manual,
 * volume 2, appendix B; only what lies between the named members is reserved.
 */
#pragma once

#include <l4/sys/l4int.h>

/** What the guest traps on, and what the last exit was; offset 0. */
typedef struct __attribute__((packed)) l4_vm_svm_vmcb_control_area {
  l4_uint16_t intercept_rd_crX;
  l4_uint16_t intercept_wr_crX;
  l4_uint16_t intercept_rd_drX;
  l4_uint16_t intercept_wr_drX;
  l4_uint32_t intercept_exceptions;
  l4_uint32_t intercept_instruction0;
  l4_uint32_t intercept_instruction1;
  l4_uint8_t _reserved0[40];
  l4_uint16_t pause_filter_threshold;
  l4_uint16_t pause_filter_count;
  l4_uint64_t iopm_base_pa;
  l4_uint64_t msrpm_base_pa;
  l4_uint64_t tsc_offset;
  l4_uint64_t guest_asid_tlb_ctl;
  l4_uint64_t interrupt_ctl;
  l4_uint64_t interrupt_shadow;
  l4_uint64_t exitcode;
  l4_uint64_t exitinfo1;
  l4_uint64_t exitinfo2;
  l4_uint64_t exitintinfo;
  l4_uint64_t np_enable;
  l4_uint8_t _reserved1[16];
  l4_uint64_t eventinj;
  l4_uint64_t n_cr3;
  l4_uint64_t lbr_virtualization_enable;
  l4_uint64_t clean_bits;
  l4_uint64_t n_rip;
  l4_uint8_t num_bytes_fetched;
  l4_uint8_t guest_instruction_bytes[15];
  l4_uint8_t _reserved2[800];
} l4_vm_svm_vmcb_control_area_t;

typedef struct __attribute__((packed)) l4_vm_svm_vmcb_state_save_area_seg {
  l4_uint16_t selector;
  l4_uint16_t attrib;
  l4_uint32_t limit;
  l4_uint64_t base;
} l4_vm_svm_vmcb_state_save_area_seg_t;

/** Registers of the guest; offset 0x400. */
typedef struct __attribute__((packed)) l4_vm_svm_vmcb_state_save_area {
  l4_vm_svm_vmcb_state_save_area_seg_t es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
  l4_uint8_t _reserved0[43];
  l4_uint8_t cpl;
  l4_uint32_t _reserved1;
  l4_uint64_t efer;
  l4_uint8_t _reserved2[112];
  l4_uint64_t cr4;
  l4_uint64_t cr3;
  l4_uint64_t cr0;
  l4_uint64_t dr7;
  l4_uint64_t dr6;
  l4_uint64_t rflags;
  l4_uint64_t rip;
  l4_uint8_t _reserved3[88];
  l4_uint64_t rsp;
  l4_uint8_t _reserved4[24];
  l4_uint64_t rax;
  l4_uint64_t star;
  l4_uint64_t lstar;
  l4_uint64_t cstar;
  l4_uint64_t sfmask;
  l4_uint64_t kernelgsbase;
  l4_uint64_t sysenter_cs;
  l4_uint64_t sysenter_esp;
  l4_uint64_t sysenter_eip;
  l4_uint64_t cr2;
  l4_uint8_t _reserved5[32];
  l4_uint64_t g_pat;
  l4_uint64_t dbgctl;
  l4_uint64_t br_from;
  l4_uint64_t br_to;
  l4_uint64_t lastexcpfrom;
  l4_uint64_t lastexcpto;
  l4_uint8_t _reserved6[2408];
} l4_vm_svm_vmcb_state_save_area_t;

typedef struct __attribute__((packed)) l4_vm_svm_vmcb {
  l4_vm_svm_vmcb_control_area_t control_area;
  l4_vm_svm_vmcb_state_save_area_t state_save_area;
} l4_vm_svm_vmcb_t;
